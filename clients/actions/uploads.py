"""Uploaded portfolios that nobody needs any more: personal data that must not stay."""

import datetime as dt
import logging
from pathlib import PurePosixPath

from django.utils import timezone

from clients.actions.import_portfolio import discard_import, forget_upload
from clients.models import ImportBatch

log = logging.getLogger(__name__)

# So long a file waits for its check to be answered, in days.
PATIENCE = 14
# A file without a batch may belong to an upload that is going on, for so many days.
GRACE = 1
State = ImportBatch.State


def sweep_uploads() -> None:
    """Discard what nobody has answered; delete the files of finished batches and those of no batch."""
    now = timezone.now()
    waiting = ImportBatch.objects.filter(
        state__in=[State.UPLOADED, State.CHECKED, State.CONFIRMED],
        created_at__lt=now - dt.timedelta(days=PATIENCE),
    )
    for batch in waiting.defer("report"):
        discard_import(batch=batch, by=None, unanswered_for_days=(now - batch.created_at).days)
    finished = ImportBatch.objects.filter(state__in=[State.DONE, State.REFUSED, State.DISCARDED])
    for batch in finished.exclude(upload="").defer("report"):
        forget_upload(batch)
    forget_strays(now - dt.timedelta(days=GRACE))


def forget_strays(before: dt.datetime) -> None:
    """Files whose batch was never written, as when the process died in between."""
    field = ImportBatch._meta.get_field("upload")
    storage, folder = field.storage, PurePosixPath(field.upload_to)
    if not storage.exists(str(folder)):
        return
    _folders, files = storage.listdir(str(folder))
    kept = set(ImportBatch.objects.exclude(upload="").values_list("upload", flat=True))
    for name in (str(folder / file) for file in files):
        if name not in kept and storage.get_modified_time(name) < before:
            storage.delete(name)
            log.warning("The upload %s belonged to no import and is deleted.", name)
