"""Types of leavers and reasons for leaving: which are offered, and how often each was used."""

import datetime as dt
from collections import Counter

from django.db.models import Case, Count, F, Q, When

from exits.models import GivenReason, LeaverType, RegisteredExit

OTHER = "other"
"""The code of the reason that the client says in own words."""
RESTING, DIED = "resting", "death"
"""Codes of two types of leavers."""
OF_ANOTHER_LENDER = frozenset({"competition", "other_lender"})
"""Codes of the reasons that name another lender."""


def leaver_types(day: dt.date) -> list[LeaverType]:
    """The types in force on ``day``, in their order."""
    return list(LeaverType.objects.in_force(day))


def confirmations(user) -> dict[str, int]:
    """In how many confirmed exits of the user's reach each type of leaver stands, by code."""
    rows = RegisteredExit.objects.visible_to(user).order_by()
    return dict(_counted(rows, "leaver_type__code", "pk"))


def named_by_staff(user) -> dict[str, int]:
    """For how many confirmed exits staff name each reason, as the main one or as what happened first; each
    head, any reason under it.
    """
    rows = RegisteredExit.objects.visible_to(user).order_by()
    found = {}
    for key in (_code, _head):
        main, first = key("staff_reason"), key("staff_first")
        rows_named = rows.annotate(main=main, first=first)
        named = Counter(dict(_counted(rows_named.exclude(staff_reason=None), "main", "pk")))
        others = rows_named.exclude(staff_first=None).filter(Q(staff_reason=None) | ~Q(main=F("first")))
        found |= named + Counter(dict(_counted(others, "first", "pk")))
    return found


def named_by_clients(user) -> dict[str, int]:
    """In how many interviews of the user's reach each reason is named, in any place; each head, any reason
    under it.
    """
    rows = GivenReason.objects.visible_to(user).order_by()
    keys = (_code("reason"), _head("reason"))
    return dict(pair for key in keys for pair in _counted(rows.annotate(key=key), "key", "interview"))


def _counted(rows, key: str, what: str):
    return rows.values_list(key).annotate(n=Count(what, distinct=True))


def _code(path: str):
    return F(f"{path}__code")


def _head(path: str):
    """The code of the head that the reason stands under; its own, of a head."""
    return Case(When(**{f"{path}__head": ""}, then=F(f"{path}__code")), default=F(f"{path}__head"))
