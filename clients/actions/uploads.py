"""What imports leave behind and nobody needs any more: personal data that must not stay."""

import datetime as dt
import logging
from pathlib import PurePosixPath

from django.utils import timezone

from clients.actions.import_portfolio import discard_import, forget_upload
from clients.models import BeforeImage, ChangeSet, ImportBatch

log = logging.getLogger(__name__)

# So long a file waits for its check to be answered, in days.
PATIENCE = 14
# A file without a batch may belong to an upload that is going on, for so many days.
GRACE = 1
# So long an import can be taken back, in days; then how things stood before it is forgotten.
UNDO_DAYS = 30
State = ImportBatch.State


def sweep_uploads() -> None:
    """Discard what nobody has answered; delete what finished imports, and uploads of no import, have left."""
    now = timezone.now()
    waiting = ImportBatch.objects.filter(
        state__in=[State.UNMAPPED, State.UPLOADED, State.CHECKED, State.CONFIRMED],
        created_at__lt=now - dt.timedelta(days=PATIENCE),
    )
    for batch in waiting.defer("report"):
        discard_import(batch=batch, by=None, unanswered_for_days=(now - batch.created_at).days)
    finished = ImportBatch.objects.filter(state__in=[State.DONE, State.REFUSED, State.DISCARDED])
    for batch in finished.exclude(upload="").defer("report"):
        forget_upload(batch)
    forget_images(now - dt.timedelta(days=UNDO_DAYS))
    forget_strays(now - dt.timedelta(days=GRACE))


def forget_images(before: dt.datetime) -> None:
    """How records stood before an old import: personal data that only undoing it would need."""
    old = ChangeSet.objects.filter(is_final=False, batch__finished_at__lt=before)
    numbers = list(old.values_list("pk", flat=True))
    BeforeImage.objects.filter(changes__in=numbers).delete()
    ChangeSet.objects.filter(pk__in=numbers).update(is_final=True)


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
