"""Stops an upload that is too large while it arrives, before it fills the disk of the server.

It works for every route, signed in or not. The gate for what has arrived is ``spm.uploads``.
"""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

# Names, other fields and the lines between the parts.
AROUND_FILES = 1 << 20


class UploadLimit(FileUploadHandler):
    """Counts the bytes of all files of one request; beyond the limit nothing more is read or kept.

    The request then has ``upload_stopped`` and no file that did not arrive whole.
    """

    def __init__(self, request=None):
        super().__init__(request)
        self.arrived = 0
        self.announced = 0

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803
        self.announced = content_length

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        if self.announced > settings.MAX_UPLOAD_BYTES + AROUND_FILES:
            self.stop()

    def receive_data_chunk(self, raw_data, start):
        self.arrived += len(raw_data)
        if self.arrived > settings.MAX_UPLOAD_BYTES:
            self.stop()
        return raw_data

    def file_complete(self, file_size):
        """The next handler has the file."""

    def stop(self):
        self.request.upload_stopped = True
        raise StopUpload(connection_reset=True)


def was_stopped(request) -> bool:
    return getattr(request, "upload_stopped", False)


def words() -> str:
    limit = filesizeformat(settings.MAX_UPLOAD_BYTES)
    return _("Together the files are larger than %(limit)s, the most that we take at once. Split them.") % {
        "limit": limit
    }
