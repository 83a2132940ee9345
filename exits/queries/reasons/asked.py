"""Whose reasons count: each stay once, by the earlier of two first interviews, joined to what the spell says.

An interview is of a stay (client and first day); its facts and the day of leaving are the spell's.
"""

from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.lookups import LessThan

from exits.methods import CAUSES
from exits.models import ExitInterview, SampledLeaver, Spell, SpellBuild
from exits.models.spell import of_clients_in_reach
from exits.queries.conditions import conditions, period, within_data
from exits.queries.figures import ExitFilter

UNDER, OVER = "under", "over"
YEARS = 30
"""The age on the day of leaving that tells the young from the others."""

FIRST, AGAIN = ExitInterview.Round.FIRST, ExitInterview.Round.AGAIN


@dataclass(frozen=True)
class LeaverFilter:
    """Who left: as for all figures of exits, and besides by age on leaving and type of leaver.

    `only.causes` are the causes of exit that count. `young` is UNDER or OVER `YEARS`; `leaver_type` a code.
    Of both "" is what is not recorded, None everything.
    """

    only: ExitFilter
    young: str | None = None
    leaver_type: str | None = None


DRAWN = (SampledLeaver.State.DRAWN, SampledLeaver.State.REPLACED)
"""Everybody who was to be asked, those among them who were replaced since."""


@dataclass(frozen=True)
class Response:
    """How many left, how many of these were drawn or asked (``approached``), and how many of those agreed."""

    exits: int
    approached: int
    interviews: int
    by_own_officer: int
    refusals: int

    @property
    def rate(self) -> float | None:
        """The response rate, here and in the report: interviews per stay that was drawn or asked about."""
        return self.interviews / self.approached if self.approached else None


def interviews(user, kept: LeaverFilter, *, made: SpellBuild) -> QuerySet:
    """The interviews that count: one a stay that the filter keeps, with consent.

    Joined to `stay` (the spell) and `confirmed` (what staff know of it, if anything). Raises
    PeriodError for a period beyond the data.
    """
    return _asked(user, kept, made).filter(round=FIRST, consent=True).filter(~Exists(_earlier()))


def with_young(rows: QuerySet) -> QuerySet:
    """Interviews with the age on leaving: UNDER, OVER, or "" where no birth date is recorded."""
    return rows.annotate(young=_young("stay__"))


def response(user, kept: LeaverFilter, *, made: SpellBuild) -> Response:
    """How far the interviews speak for those who left."""
    counted = interviews(user, kept, made=made).aggregate(
        n=Count("pk"), own=Count("pk", filter=Q(own_officer=True))
    )
    people = Count("stay", distinct=True)
    asked = _asked(user, kept, made).filter(round=FIRST).aggregate(n=people)["n"]
    never = _drawn(user, kept, made).filter(~Exists(_same_stay(round=FIRST))).aggregate(n=people)["n"]
    return Response(
        exits=_exits(user, kept, made).count(),
        approached=asked + never,
        interviews=counted["n"],
        by_own_officer=counted["own"],
        # Whoever was asked and does not count agreed in none of the first interviews.
        refusals=asked - counted["n"],
    )


def _asked(user, kept, made):
    return _of_stays(ExitInterview.objects.filter(of_clients_in_reach(user)), kept, made)


def _drawn(user, kept, made):
    rows = SampledLeaver.objects.filter(of_clients_in_reach(user), state__in=DRAWN)
    return _of_stays(rows, kept, made)


def _exits(user, kept, made):
    rows = Spell.objects.visible_to(user).order_by().annotate(confirmed=_confirmed())
    return _within(rows, kept, made, "")


def _of_stays(rows, kept, made):
    """Rows that name a client and the first day of a stay, joined to that stay."""
    stay = FilteredRelation("client__spells", condition=Q(client__spells__start=F("start")))
    return _within(rows.order_by().annotate(stay=stay, confirmed=_confirmed()), kept, made, "stay__")


def _confirmed():
    of_stay = Q(client__registered_exits__start=F("start"))
    return FilteredRelation("client__registered_exits", condition=of_stay)


def _within(rows, kept, made, of):
    """Those who left in the period and whom the filter keeps; `of` is the way to the spell."""
    start, end = period(within_data(kept.only, made), made)
    rows = rows.filter(**{f"{of}left_on__gte": start, f"{of}left_on__lte": end})
    rows = rows.filter(conditions(kept.only, of))
    if set(kept.only.causes) != set(CAUSES):
        rows = rows.filter(**{f"{of}cause__in": kept.only.causes})
    if kept.young is not None:
        # Not otherwise: it would read each client.
        rows = rows.alias(age_on_leaving=_young(of)).filter(age_on_leaving=kept.young)
    if kept.leaver_type is not None:
        named = {"code": kept.leaver_type} if kept.leaver_type else {"isnull": True}
        rows = rows.filter(**{f"confirmed__leaver_type__{how}": what for how, what in named.items()})
    return rows


def _earlier():
    """Another that counts rather than this one."""
    before = Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk"))
    return _same_stay(round=FIRST, consent=True).filter(before)


def _same_stay(**which):
    rows = ExitInterview.objects.filter(client=OuterRef("client"), start=OuterRef("start"))
    return rows.filter(**which).order_by()


def _young(of):
    """UNDER, OVER, or "" where no birth date is recorded: by completed years on the day of leaving."""
    lived = DayNumber(f"{of}left_on") - DayNumber("client__birth_date")
    return Case(
        When(client__birth_date=None, then=Value("")),
        When(LessThan(lived, YEARS * 10_000), then=Value(UNDER)),
        default=Value(OVER),
        output_field=CharField(),
    )


class DayNumber(Func):
    """20250131: two days less each other are as many whole years as their difference holds 10,000.

    In the database's own functions: those of Django for SQLite call Python for each row.
    """

    output_field = IntegerField()
    template = "CAST(TO_CHAR(%(expressions)s, 'YYYYMMDD') AS integer)"

    def as_sqlite(self, compiler, connection, **context):
        template = "CAST(REPLACE(%(expressions)s, '-', '') AS integer)"
        return super().as_sql(compiler, connection, template=template, **context)
