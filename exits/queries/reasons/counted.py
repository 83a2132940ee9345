"""Why clients leave: reasons counted by their code, under the head and in the words of today."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone

from clients.methods import fold
from exits.models import GivenReason, LeaverType, Reason
from exits.queries.reasons.asked import AGAIN, with_young
from spm.worded import Words, in_language

PRIMARY, ANY, FIRST = "primary", "any", "first"
PARTS = (PRIMARY, ANY, FIRST)
"""Which mentions count: the main reason, every reason given, what happened first."""

TOO_MANY_OTHERS = 0.10
"""A share of "other" above this says that the list of reasons does not fit."""

GROUPS = {
    "leaver_type": "confirmed__leaver_type__code",
    "product": "stay__product__code",
    "office": "stay__office__code",
    "sex": "stay__sex",
    "age": "stay__age",
}
"""What reasons can be broken down by, and where each value is found."""


@dataclass(frozen=True)
class Listed:
    """A reason as it is worded today, and the code of the head that it stands under (its own for a head)."""

    code: str
    head: str
    words: Words
    position: int

    @property
    def label(self) -> str:
        return in_language(self.words) or self.code


type List = Mapping[str, Listed]
type Pairs = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Named:
    """In how many interviews a head was named, and each reason under it."""

    head: str
    n: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Competitor:
    """Another lender, what clients took there, what was better, and how many said so."""

    name: str
    product: str
    better: str
    n: int


def listed_reasons() -> dict[str, Listed]:
    """Each code that ever was in the list, as in force today; else as it was worded last."""
    today, found = timezone.localdate(), {}
    for row in Reason.objects.order_by("starts_on", "pk"):
        if row.starts_on <= today or row.code not in found:
            found[row.code] = Listed(row.code, row.head or row.code, row.words, row.position)
    return found


def leaver_types() -> dict[str, str]:
    """The types of leavers by code, in their order, in the page's language."""
    today, found = timezone.localdate(), {}
    for row in LeaverType.objects.order_by("starts_on", "pk"):
        if row.starts_on <= today or row.code not in found:
            found[row.code] = row
    return {row.code: str(row) for row in sorted(found.values(), key=lambda row: (row.position, row.code))}


def by_reason(rows: QuerySet, part: str, listed: List) -> list[Named]:
    """Heads with the reasons beneath, most named first. An interview counts once for each that it names."""
    if not listed:
        return []
    rows = _naming(rows, part)
    codes = dict(rows.values_list("reasons__reason__code").annotate(n=_interviews(part)))
    heads, under = Counter(), defaultdict(list)
    for code, n in codes.items():
        heads[listed[code].head] += n
        if listed[code].head != code:
            under[listed[code].head].append((code, n))
    if part == ANY:  # an interview may name several under one head
        heads = dict(rows.values_list(_head(listed)).annotate(n=_interviews(part)))
    found = [Named(head, n, tuple(sorted(under[head], key=_most_first))) for head, n in heads.items()]
    return sorted(found, key=lambda named: _most_first((named.head, named.n)))


def by_group(rows: QuerySet, part: str, listed: List, dimension: str) -> dict[str, dict[str, int]]:
    """By group ("": not recorded) the interviews in which each head is named, and under "" all of them."""
    path, found = GROUPS[dimension], defaultdict(Counter)
    for group, n in rows.values_list(path).annotate(n=Count("pk")):
        found[group or ""][""] += n
    if part == ANY:
        named = _naming(rows, part).annotate(head=_head(listed)).values_list(path, "head")
        for group, head, n in named.annotate(n=_interviews(part)):
            found[group or ""][head] += n
    else:
        named = _naming(rows, part).values_list(path, "reasons__reason__code")
        for group, code, n in named.annotate(n=_interviews(part)):
            found[group or ""][listed[code].head] += n
    return {group: dict(counts) for group, counts in found.items()}


def by_office_sex_age(rows: QuerySet) -> dict[tuple[str, str], Counter]:
    """By code and name of the office, how many were asked of each sex and age on leaving."""
    found = defaultdict(Counter)
    keys = ("stay__office__code", "stay__office__name", "stay__sex", "young")
    for code, name, sex, young, n in with_young(rows).values_list(*keys).annotate(n=Count("pk")):
        found[code, name][sex, young] += n
    return dict(found)


def as_staff_see_it(rows: QuerySet, listed: List) -> Pairs:
    """How often each head of the client's main reason meets each of the main reason as staff see it."""
    known = _naming(rows, PRIMARY).filter(confirmed__staff_reason__isnull=False)
    return _pairs(known.values_list("reasons__reason__code", "confirmed__staff_reason__code"), listed)


def as_told_again(rows: QuerySet, listed: List) -> Pairs:
    """How often each head of the main reason meets each that was told the second interviewer."""
    again = GivenReason.objects.filter(
        part=PRIMARY,
        interview__client=OuterRef("client"),
        interview__start=OuterRef("start"),
        interview__round=AGAIN,
        interview__consent=True,
    )
    told = Subquery(again.order_by("interview__at", "interview").values("reason__code")[:1])
    known = _naming(rows, PRIMARY).annotate(told=told).exclude(told=None)
    return _pairs(known.values_list("reasons__reason__code", "told"), listed)


def competitors(rows: QuerySet) -> list[Competitor]:
    """Other lenders as clients name them, most named first; case and accents make no difference."""
    found, spelt = Counter(), {}
    said = ("competitor", "competitor_product", "competitor_better")
    for *texts, n in rows.exclude(competitor="").values_list(*said).annotate(n=Count("pk")).order_by(*said):
        key = tuple(map(fold, texts))
        found[key] += n
        spelt.setdefault(key, texts)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [Competitor(*spelt[key], n) for key, n in ordered]


def _interviews(part):
    """How many there are, of rows that stand once for each mention: of these, one interview has one main
    reason, and one that came first.
    """
    return Count("pk", distinct=part == ANY)


def _naming(rows, part):
    """The interviews once for each mention that counts."""
    return rows.filter(reasons__isnull=False) if part == ANY else rows.filter(reasons__part=part)


def _head(listed):
    """The head of the reason, in SQL."""
    under = defaultdict(list)
    for code, reason in listed.items():
        under[reason.head].append(code)
    whens = [When(reasons__reason__code__in=codes, then=Value(head)) for head, codes in under.items()]
    return Case(*whens, default=Value(""), output_field=CharField())


def _pairs(rows, listed):
    found = Counter()
    for one, other, n in rows.annotate(n=Count("pk")):
        found[listed[one].head, listed[other].head] += n
    return found


def _most_first(item):
    return -item[1], item[0]
