"""What an import has changed, and what keeps it from being taken back, in words."""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import BeforeImage, ImportBatch

# In the order of the sheets.
RECORDS = {
    "office": gettext_lazy("Offices"),
    "product": gettext_lazy("Products"),
    "officer": gettext_lazy("Officers"),
    "group": gettext_lazy("Groups"),
    "client": gettext_lazy("Clients"),
    "loan": gettext_lazy("Loans"),
    "repayment": gettext_lazy("Repayments"),
    "savingsaccount": gettext_lazy("Savings accounts"),
    "savingsmovement": gettext_lazy("Savings movements"),
    "attendance": gettext_lazy("Attendance"),
    "clientposting": gettext_lazy("Moves of clients"),
    "clientalias": gettext_lazy("Numbers of merged clients"),
}


def of_records(model: str) -> str:
    """What records of this model are called; of other apps' models what these call themselves."""
    if model in RECORDS:
        return str(RECORDS[model])
    named = [found for found in apps.get_models() if found._meta.model_name == model]
    return str(named[0]._meta.verbose_name_plural) if named else model


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


def obstacles_at_first_sight(batch: ImportBatch) -> list[str]:
    """Why the import cannot be taken back, as far as that is known without reading all its records."""
    changes = batch.changes
    if changes is None:
        return [_("This import changed nothing, or what it changed was not noted.")]
    if changes.is_final:
        return [_("What stood before this import is not kept (any more).")]
    overtook = BeforeImage.objects.filter(was=changes, changes=OuterRef("changes")).order_by()
    newer = ImportBatch.objects.filter(Exists(overtook), pk__gt=batch.pk).order_by("pk")
    return [
        _("“%(file)s”, imported later, has changed some of the same records. Take that one back first.")
        % {"file": batch.source}
        for batch in newer
    ]


def may_be_undone(batch: ImportBatch) -> bool:
    return batch.state == ImportBatch.State.DONE and not obstacles_at_first_sight(batch)
