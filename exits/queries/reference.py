"""The institution's own lists as they are offered: types of leavers, and reasons under their heads."""

import datetime as dt
from dataclasses import dataclass

from exits.models import LeaverType, Reason

OTHER = "other"
"""The code of the reason that the client says in own words."""
RESTING, DIED = "resting", "death"
"""Codes of two types of leavers."""
OF_ANOTHER_LENDER = frozenset({"competition", "other_lender"})
"""Codes of the reasons that name another lender."""


@dataclass(frozen=True)
class Group:
    """The reasons under a head; ``head`` is None for a reason that stands alone."""

    head: Reason | None
    reasons: list[Reason]


def leaver_types(day: dt.date) -> list[LeaverType]:
    """The types in force on ``day``, in their order."""
    return list(LeaverType.objects.in_force(day))


def reasons_by_head(day: dt.date) -> list[Group]:
    """The reasons in force on ``day`` as they are chosen from: a head without any under it is one itself."""
    rows = list(Reason.objects.in_force(day))
    under: dict[str, list[Reason]] = {}
    for row in rows:
        if row.head:
            under.setdefault(row.head, []).append(row)
    heads = [row for row in rows if not row.head]
    groups = [Group(head, under[head.code]) if head.code in under else Group(None, [head]) for head in heads]
    known = {head.code for head in heads}
    # A head that has ended leaves its reasons to stand alone.
    return groups + [Group(None, [row]) for row in rows if row.head and row.head not in known]
