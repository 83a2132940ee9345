"""Whether the records have changed since the figures were counted, and whether a recount is under way."""

from dataclasses import dataclass

from django.db.models import Count, Max

from clients.models import ChangeSet
from exits.models import SpellBuild
from exits.queries.definitions import rebuild_job


@dataclass(frozen=True)
class Behind:
    """Figures that lag behind: numbers are those of `made`, lists lose or win clients with the records."""

    made: SpellBuild
    under_way: bool


def behind(made: SpellBuild) -> Behind | None:
    """None where no import, merge or taking back has come in since `made`: numbers and lists agree then, even
    while they are counted anew for another reason.
    """
    if not _has_changed(made.basis):
        return None
    job = rebuild_job()
    return Behind(made, under_way=job is not None and not job.is_finished)


def _has_changed(basis: dict) -> bool:
    if not basis:
        return False  # counted before builds knew it
    undone = Count("undone_at")
    now = ChangeSet.objects.aggregate(changes=Max("pk", default=0), sets=Count("pk"), undone=undone)
    return any(basis[name] != number for name, number in now.items())
