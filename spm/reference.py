"""Lists that an institution keeps as its own (``spm.models.reference``), as they are offered and kept."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, TextChoices, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy

from spm.models.reference import Headed, Reference


@dataclass(frozen=True)
class Group:
    """The entries under a head; ``head`` is None for an entry that stands alone."""

    head: Headed | None
    entries: list[Headed]


def by_head(kind: type[Headed], day: dt.date) -> list[Group]:
    """The entries in force on ``day`` as they are chosen from: a head without any under it is one itself."""
    rows = list(kind.objects.in_force(day))
    beneath: dict[str, list[Headed]] = {}
    for row in rows:
        if row.head:
            beneath.setdefault(row.head, []).append(row)
    heads = [row for row in rows if not row.head]
    groups = [
        Group(head, beneath[head.code]) if head.code in beneath else Group(None, [head]) for head in heads
    ]
    known = {head.code for head in heads}
    # A head that has ended leaves its entries to stand alone.
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
    """From the first to the last, those of one code from the earliest; what has a head, beneath it."""
    if not issubclass(rows.model, Headed):
        return rows.order_by("position", "code", "starts_on", "pk")
    heads = rows.model.objects.filter(code=OuterRef("head")).order_by("-starts_on", "-pk")
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
    """Of these those on the same level: heads, those under the same head, or all of a list without heads."""
    rows = counting(type(entry))
    return rows.filter(head=entry.head) if isinstance(entry, Headed) else rows


def under(entry: Reference):
    """What stands under a head, now or later."""
    rows = counting(type(entry))
    is_head = isinstance(entry, Headed) and not entry.head
    return rows.filter(head=entry.code) if is_head else rows.none()


def wordings(entry: Reference):
    """All that was ever said under its code, the latest first."""
    return type(entry).objects.filter(code=entry.code).select_related("by").order_by("-starts_on", "-pk")


def is_latest(entry: Reference) -> bool:
    return wordings(entry).first() == entry


def languages_of(kind: type[Reference]) -> list[str]:
    """Every language that an entry in force is worded in."""
    found = {code for words in counting(kind).values_list("words", flat=True) for code in words}
    return sorted(found)
