"""What an import has changed, and what keeps it from being taken back, in words."""

from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from clients.models import BeforeImage, ImportBatch

# In the order of the sheets.
RECORDS = {
    "office": _("Offices"),
    "product": _("Products"),
    "officer": _("Officers"),
    "group": _("Groups"),
    "client": _("Clients"),
    "loan": _("Loans"),
    "repayment": _("Repayments"),
    "savingsaccount": _("Savings accounts"),
    "savingsmovement": _("Savings movements"),
    "attendance": _("Attendance"),
    "clientposting": _("Moves of clients"),
    "clientalias": _("Numbers of merged clients"),
}


def of_records(model: str) -> str:
    """What records of this model are called, lazily; of other apps' models what these call themselves."""
    if model in RECORDS:
        return RECORDS[model]
    named = [found for found in apps.get_models() if found._meta.model_name == model]
    return named[0]._meta.verbose_name_plural if named else model


@dataclass(frozen=True)
class Undoing:
    """What taking an import back does to one kind of record."""

    records: str
    removed: int
    put_back: int


def what_undo_does(batch: ImportBatch) -> list[Undoing]:
    """By kind of record, in the order of the sheets; empty where the import changed nothing."""
    counts = batch.changes.counts if batch.changes else {}
    return [
        Undoing(str(words), counts[model]["created"], counts[model]["changed"] + counts[model]["removed"])
        for model, words in RECORDS.items()
        if model in counts
    ]


def obstacles_at_first_sight(batch: ImportBatch) -> list[ValidationError]:
    """Why the import cannot be taken back, as far as that is known without reading all its records."""
    changes = batch.changes
    if changes is None:
        return [ValidationError(_("This import changed nothing, or what it changed was not noted."))]
    if changes.is_final:
        return [ValidationError(_("What stood before this import is not kept (any more)."))]
    overtook = BeforeImage.objects.filter(was=changes, changes=OuterRef("changes")).order_by()
    newer = ImportBatch.objects.filter(Exists(overtook), pk__gt=batch.pk).order_by("pk")
    words = _("“%(file)s”, imported later, has changed some of the same records. Take that one back first.")
    return [ValidationError(words, params={"file": batch.source}) for batch in newer]


def may_be_undone(batch: ImportBatch) -> bool:
    return batch.state == ImportBatch.State.DONE and not obstacles_at_first_sight(batch)
