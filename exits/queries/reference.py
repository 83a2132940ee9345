"""The institution's own lists, as they are offered and kept: types of leavers, and reasons under heads."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy

from exits.models import GivenReason, LeaverType, Reason, RegisteredExit
from exits.models.reference import Reference

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


class Standing(TextChoices):
    """What an entry is on a day."""

    IN_FORCE = "in_force", gettext_lazy("in force")
    PLANNED = "planned", gettext_lazy("planned")
    WITHDRAWN = "withdrawn", gettext_lazy("withdrawn")
    EARLIER = "earlier", gettext_lazy("earlier words")


def with_standing(rows, day: dt.date):
    """Each entry with its ``standing`` on ``day``."""
    over = Q(ends_on__lte=day) | Q(ends_on__lte=F("starts_on"))
    newer = Q(starts_on__gt=OuterRef("starts_on")) | Q(starts_on=OuterRef("starts_on"), pk__gt=OuterRef("pk"))
    followed = Exists(rows.model.objects.filter(newer, code=OuterRef("code")))
    standing = Case(
        When(over & followed, then=Value(Standing.EARLIER.value)),
        When(over, then=Value(Standing.WITHDRAWN.value)),
        When(starts_on__gt=day, then=Value(Standing.PLANNED.value)),
        default=Value(Standing.IN_FORCE.value),
        output_field=CharField(),
    )
    return rows.annotate(standing=standing)


def in_list_order(rows):
    """From the first to the last, those of one code from the earliest; reasons beneath their heads."""
    if rows.model is not Reason:
        return rows.order_by("position", "code", "starts_on", "pk")
    heads = Reason.objects.filter(code=OuterRef("head")).order_by("-starts_on", "-pk")
    of_head = Case(When(head="", then=F("position")), default=Subquery(heads.values("position")[:1]))
    group = Case(When(head="", then=F("code")), default=F("head"))
    rows = rows.annotate(head_position=of_head, group=group)
    is_under = Case(When(head="", then=Value(0)), default=Value(1))
    return rows.order_by("head_position", "group", is_under, "position", "code", "starts_on", "pk")


def counting(kind: type[Reference]):
    """The entries in force today or later."""
    today = timezone.localdate()
    return kind.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today) & Q(ends_on__gt=F("starts_on")))


def level(entry: Reference):
    """Of these those on the same level: of a reason, those under the same head."""
    rows = counting(type(entry))
    return rows.filter(head=entry.head) if isinstance(entry, Reason) else rows


def under(entry: Reference):
    """The reasons that stand under a head, now or later."""
    is_head = isinstance(entry, Reason) and not entry.head
    return counting(Reason).filter(head=entry.code) if is_head else Reason.objects.none()


def wordings(entry: Reference):
    """All that was ever said under its code, the latest first."""
    return type(entry).objects.filter(code=entry.code).select_related("by").order_by("-starts_on", "-pk")


def is_latest(entry: Reference) -> bool:
    return wordings(entry).first() == entry


def languages_of(kind: type[Reference]) -> list[str]:
    """Every language that an entry in force is worded in."""
    found = {code for words in counting(kind).values_list("words", flat=True) for code in words}
    return sorted(found)


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
