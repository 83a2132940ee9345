"""Taking an import back, while nothing newer has touched what it wrote."""

from collections.abc import Callable, Iterator

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients.actions.changes import RECORDED, is_made_anew, links_to, put_back, remove_created
from clients.actions.import_portfolio import still
from clients.models import BeforeImage, ChangeSet, ImportBatch, Recorded
from clients.queries.changes import obstacles_at_first_sight, of_records
from spm import jobs
from spm.jobs.progress import Quiet
from spm.models import AuditEvent

State = ImportBatch.State


@transaction.atomic
def ask_undo_import(*, batch: ImportBatch, by) -> bool:
    """The user's word to take the import back, which is then asked for; False if that cannot be now."""
    if not still(batch, State.DONE) or (batch.undo_job and not batch.undo_job.is_finished):
        return False
    if obstacles_at_first_sight(batch):
        return False
    batch.undo_job = jobs.enqueue("clients.undo_import", by=by, batch_id=batch.pk)
    batch.save(update_fields=["undo_job"])
    AuditEvent.record("import.undo_asked", batch, by=by, source=batch.source)
    return True


def undo_import(
    *, batch: ImportBatch, by, progress=None, then: Callable[[], None] | None = None
) -> ImportBatch:
    """Make the records what they were before the import; ``then`` is called within the transaction.

    Once: an import taken back already stays as it is. ValidationError where something newer stands on it.
    """
    progress = progress or Quiet()
    try:
        with progress.effect("import undone") as is_first:
            if is_first and still(batch, State.DONE):
                _undo(batch, by, progress)
                if then:
                    then()
    except IntegrityError:
        raise ValidationError(_("What these records referred to before is not there any more.")) from None
    return batch


def _undo(batch: ImportBatch, by, progress) -> None:
    obstacles = obstacles_at_first_sight(batch) or obstacles_in_records(batch.changes)
    if obstacles:
        raise ValidationError(obstacles)
    counts = batch.changes.counts
    take_back(batch.changes, progress)
    batch.state = State.UNDONE
    batch.save(update_fields=["state"])
    AuditEvent.record("import.undone", batch, by=by, source=batch.source, records=counts)


def made_by(changes: ChangeSet, model: type[Recorded]):
    """The rows that the change set made, and nothing has changed since."""
    images = BeforeImage.objects.filter(
        changes=changes, model=model._meta.model_name, row=OuterRef("pk")
    ).order_by()
    return model._base_manager.filter(~Exists(images), changed_in=changes).order_by()


def hanging(changes: ChangeSet, model: type[Recorded]) -> Iterator[QuerySet]:
    """Querysets of the rows of other origin that refer to rows which the change set made."""
    made = made_by(changes, model).values("pk")
    for other, name in links_to(model):
        rows = other._base_manager.filter(**{f"{name}__in": made}).order_by()
        if issubclass(other, Recorded):
            rows = rows.filter(Q(changed_in=None) | ~Q(changed_in=changes))
        yield rows


def obstacles_in_records(changes: ChangeSet) -> list[ValidationError]:
    """Why the change set cannot be taken back: it reads every record that it may have written."""
    models = [(RECORDED[name], changes.counts[name]) for name in RECORDED if name in changes.counts]
    return [
        *(why for model, counts in models for why in touched_since(changes, model, counts)),
        *(why for model, counts in models if counts["created"] for why in stood_upon(changes, model)),
    ]


def touched_since(changes: ChangeSet, model: type[Recorded], counts: dict) -> Iterator[ValidationError]:
    now = model._base_manager.filter(changed_in=changes).count()
    touched = counts["created"] + counts["changed"] - now
    if touched:
        records = of_records(model._meta.model_name)
        words = _("Changed since in another way: %(records)s (%(count)s).")
        yield ValidationError(words, params={"records": records, "count": touched})


def stood_upon(changes: ChangeSet, model: type[Recorded]) -> Iterator[ValidationError]:
    records = of_records(model._meta.model_name)
    for rows in hanging(changes, model):
        if not is_made_anew(rows.model) and rows.exists():
            others = of_records(rows.model._meta.model_name)
            words = _("Something newer refers to what this import made (%(records)s): %(others)s.")
            yield ValidationError(words, params={"records": records, "others": others})


def take_back(changes: ChangeSet, progress) -> None:
    """Remove what was made, put back what was changed or removed, and forget how it stood."""
    models = [RECORDED[name] for name in RECORDED if name in changes.counts]
    steps = [
        *((forget_counted, model) for model in models),
        *((remove_created, model) for model in reversed(models)),
        *((put_back, model) for model in models),
    ]
    for number, (step, model) in enumerate(steps, start=1):
        step(changes, model)
        progress.step(number, len(steps), gettext_noop("Putting the records back"))
    changes.images.all().delete()
    changes.undone_at = timezone.now()
    changes.save(update_fields=["undone_at"])


def forget_counted(changes: ChangeSet, model: type[Recorded]) -> None:
    """What was counted from records that go, goes before them."""
    for rows in hanging(changes, model):
        if is_made_anew(rows.model):
            rows.delete()
