"""What a filter keeps and a user may see: the conditions that figures and the lists behind them share."""

import datetime as dt
from dataclasses import replace

from django.db.models import Q

from clients.models import Office, Officer, Product
from exits.models import SpellBuild
from exits.queries.figures import ExitFilter, NoFiguresError, PeriodError, last_day, month_of
from spm.access import Can, scopes

NAMED = {"office": Office, "product": Product, "officer": Officer}


def build() -> SpellBuild | None:
    """The latest build, from which every figure comes; None before the first."""
    return SpellBuild.objects.select_related("definition").first()


def the_build() -> SpellBuild:
    """The latest build. Raises NoFiguresError before the first."""
    made = build()
    if made is None:
        raise NoFiguresError
    return made


def within_data(only: ExitFilter, made: SpellBuild) -> ExitFilter:
    """The filter with its last month no later than the data's. PeriodError where nothing is left."""
    only = replace(only, end_month=min(only.end_month, month_of(made.as_of)))
    if only.start_month > only.end_month:
        raise PeriodError
    return only


def period(only: ExitFilter, made: SpellBuild) -> tuple[dt.date, dt.date]:
    """First and last day that the filter's months cover, clipped to the day of the data."""
    return only.start_month, min(last_day(only.end_month), made.as_of)


def conditions(only: ExitFilter, of: str = "") -> Q:
    """What the filter keeps of spells and decision points, the period apart. `of` leads to them: "stay__"."""
    kept = Q() if only.office is None else _of_office(only, of)
    for name in ("product", "officer"):
        code = getattr(only, name)
        if code is not None:
            named = NAMED[name].objects.filter(code=code)
            kept &= Q(**{f"{of}{name}__in": named}) if code else Q(**{f"{of}{name}": None})
    for name in ("sex", "age", "area", "cycle"):
        value = getattr(only, name)
        if value is not None:
            kept &= Q(**{f"{of}{name}": value})
    return kept


def spell_conditions(start: dt.date, end: dt.date) -> dict[str, Q]:
    """By count: which spells it counts in a period. Active: begun by the day and not left by it."""
    begun = Q(start__gte=start, start__lte=end)
    left = Q(left_on__gte=start, left_on__lte=end)
    return {
        "B": Q(start__lt=start) & (Q(left_on=None) | Q(left_on__gte=start)),
        "new": begun & Q(first=True),
        "returned": begun & Q(first=False),
        "exits": left,
        "client": left & Q(cause="client"),
        "mfi": left & Q(cause="mfi"),
        "death": left & Q(cause="death"),
        "E": Q(start__lte=end) & (Q(left_on=None) | Q(left_on__gt=end)),
    }


def decision_condition(start: dt.date, end: dt.date) -> Q:
    """Decision points in a period, of each client the last in it."""
    return Q(ended_on__gte=start, ended_on__lte=end) & (Q(next_ended_on=None) | Q(next_ended_on__gt=end))


def own_portfolio(user) -> bool:
    """Whether anything that the user sees is seen because it is in the own portfolio."""
    return any(scope.own_only for scope in scopes(user, Can.EXITS_VIEW))


def topmost_offices(user, only: ExitFilter) -> list[str]:
    """Paths of the offices that, with all below them, hold what is seen and kept; none lies below another."""
    seen = [scope.office_path for scope in scopes(user, Can.EXITS_VIEW) if not scope.own_only]
    if only.office is not None:
        office = Office.objects.filter(code=only.office).first()
        path = office.path if office else None
        seen = [max(top, path, key=len) for top in seen if path and _nested(top, path)]
    return [path for path in sorted(set(seen)) if not any(_below(path, top) for top in seen)]


def _nested(one, other):
    return one.startswith(other) or other.startswith(one)


def _below(path, top):
    return path != top and path.startswith(top)


def _of_office(only, of):
    office = Office.objects.filter(code=only.office).first()
    if office is None:
        return Q(pk__in=[])
    within = {"": office} if only.alone else {"__in": Office.objects.under(office)}
    return Q(**{f"{of}office{how}": what for how, what in within.items()})
