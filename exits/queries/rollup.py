"""Figures of the page: from the rollup wherever it knows them, in a number of queries that never grows."""

import datetime as dt

from django.db.models import F, Min, Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Client, Office
from exits.methods import CAUSES, Counts
from exits.models import DecisionCount, ExitCount, ExitDefinition, Grain, Spell, SpellBuild
from exits.queries import from_spells
from exits.queries.conditions import (
    NAMED,
    build,
    own_portfolio,
    period,
    the_build,
    topmost_offices,
    within_data,
)
from exits.queries.figures import (
    DIMENSIONS,
    ExitFilter,
    Figures,
    add_months,
    figures_of,
    month_of,
    months_between,
)
from exits.queries.from_spells import FLOWS, grouped

NET = F("new") + F("returned") - F("left_client") - F("left_mfi") - F("left_death")


def whole(user, only: ExitFilter, *, made: SpellBuild | None = None) -> Figures:
    """The figures of the period over everything that the user may see and the filter keeps.

    `made` is the build to read, here and below, for who has asked for the latest already. Raises
    NoFiguresError before the first build, PeriodError for a period beyond the data.
    """
    made = made or the_build()
    return _whole(user, within_data(only, made), made)


def before(user, only: ExitFilter, *, made: SpellBuild | None = None, span=None) -> Figures | None:
    """The same for the equally many months just before; None where the data do not reach back so far.

    `span` is the `data_span`, for who has asked for it already.
    """
    made = made or the_build()
    span = span or data_span(user, made=made)
    only = within_data(only, made).just_before()
    if span is None or only.start_month < span[0]:
        return None
    return _whole(user, only, made)


def by(user, only: ExitFilter, dimension: str, *, made: SpellBuild | None = None) -> list[Figures]:
    """One for each group of a dimension with anything to count, in order of label (age, cycle: of value)."""
    if dimension not in DIMENSIONS:
        raise ValueError(f"figures are not counted by {dimension}")
    made = made or the_build()
    only = within_data(only, made)
    codes = _codes(dimension)
    found = []
    for value, counts in _sums(user, only, made, dimension).items():
        group, label = codes[value] if dimension in NAMED else _plain(dimension, value)
        found.append((_order(dimension, value, label), _figures(made, only, counts, group, label)))
    return [figures for _key, figures in sorted(found, key=lambda pair: pair[0]) if _counts_any(figures)]


def by_month(user, only: ExitFilter, *, made: SpellBuild | None = None) -> list[Figures]:
    """One for each month of the period, the last clipped to the day of the data."""
    made = made or the_build()
    only = within_data(only, made)
    flows, decided = _monthly(user, only, made)
    active = sum(_net(row) for month, row in flows.items() if month < only.start_month)
    found = []
    for number in range(months_between(only.start_month, only.end_month) + 1):
        month = add_months(only.start_month, number)
        counts = _counts(active, flows.get(month, {}), decided.get(month, {}))
        active = counts.E
        name = f"{month:%Y-%m}"
        words = date_format(month, "YEAR_MONTH_FORMAT")
        found.append(_figures(made, only.in_month(name), counts, name, words))
    return found


def data_span(user, *, made: SpellBuild | None = None) -> tuple[dt.date, dt.date] | None:
    """First days of the first month with an entrant and of the data's last month; None without any."""
    made = made or build()
    if made is None:
        return None
    if own_portfolio(user):
        first = Spell.objects.visible_to(user).aggregate(first=Min("start"))["first"]
    else:
        everything = ExitFilter(made.as_of, made.as_of)
        first = _cube(user, everything, None).aggregate(first=Min("month"))["first"]
    return (month_of(first), month_of(made.as_of)) if first else None


def _whole(user, only, made):
    return _figures(made, only, _sums(user, only, made).get(None, Counts()))


def _sums(user, only, made, dimension=None) -> dict:
    """Counts by the dimension's value, None for the whole."""
    start, end = period(only, made)
    if _in_cube(user, only, dimension):
        inside = Q(month__gte=only.start_month)
        sums = {name: Sum(name, filter=inside) for name in FLOWS} | {"opening": Sum(NET, filter=~inside)}
        sums = {f"{name}_": total for name, total in sums.items()}
        rows = _cube(user, only, dimension).filter(month__lte=only.end_month)
        flows = {value: _unmarked(row) for value, row in grouped(rows, dimension, sums).items()}
    else:
        flows = from_spells.flows(user, only, start, end, dimension)
    if _in_decision_cube(user, only, dimension):
        last = Q(next_month=None) | Q(next_month__gt=only.end_month)
        rows = _decision_cube(user, only, dimension).filter(last)
        decided = grouped(rows, dimension, {"D": Sum("decided"), "F": Sum("followed")})
    else:
        decided = from_spells.decisions(user, only, start, end, dimension)
    return {value: _counts(row["opening"], row, decided.get(value, {})) for value, row in flows.items()}


def _monthly(user, only, made):
    """Flows of every month up to the last, and decisions of the months of the period."""
    start, end = period(only, made)
    if _in_cube(user, only, None):
        rows = _cube(user, only, None).filter(month__lte=only.end_month)
        sums = {f"{name}_": Sum(name) for name in FLOWS}
        flows = {month: _unmarked(row) for month, row in grouped(rows, "month", sums).items()}
    else:
        flows = from_spells.monthly_flows(user, only, end)
    if _in_decision_cube(user, only, None):
        rows = _decision_cube(user, only, None)
        decided = grouped(rows, "month", {"D": Sum("decided"), "F": Sum("followed")})
    else:
        decided = from_spells.monthly_decisions(user, only, start, end)
    return flows, decided


def _needed(only, dimension):
    used = {name for name in DIMENSIONS if getattr(only, name) is not None}
    return (used | {dimension}) - {None, "office"}


def _in_cube(user, only, dimension):
    return not own_portfolio(user) and len(_needed(only, dimension)) <= 1


def _in_decision_cube(user, only, dimension):
    return not own_portfolio(user) and not _needed(only, dimension)


def _cube(user, only, dimension):
    needed = _needed(only, dimension)
    grain = Grain(next(iter(needed))) if needed else Grain.OFFICE
    rows = _of_offices(ExitCount, user, only, dimension).filter(grain=grain)
    if grain == Grain.OFFICE:
        return rows
    value = getattr(only, grain)
    if value is None:
        return rows
    if grain in NAMED:
        return rows.filter(**({f"{grain}__code": value} if value else {f"{grain}": None}))
    return rows.filter(**{f"{grain}": value})


def _decision_cube(user, only, dimension):
    rows = _of_offices(DecisionCount, user, only, dimension)
    return rows.filter(month__gte=only.start_month, month__lte=only.end_month)


def _of_offices(model, user, only, dimension):
    """Rows of the topmost offices with what is below them; by office, or of one alone, of each by itself."""
    tops = topmost_offices(user, only)
    if only.alone and only.office is not None:
        tops_own = Office.objects.filter(code=only.office, path__in=tops)
        return model.objects.filter(own=True, office__in=tops_own)
    if dimension == "office":
        inside = Q(pk__in=[])
        for path in tops:
            inside |= Q(path__startswith=path)
        return model.objects.filter(own=True, office__in=Office.objects.filter(inside))
    return model.objects.filter(below=True, office__in=[_id(path) for path in tops])


def _id(path):
    """An office's path ends in its own id: "/1/10/" is that of 10."""
    return int(path.rstrip("/").rpartition("/")[2])


def _unmarked(row):
    return {name.removesuffix("_"): total or 0 for name, total in row.items()}


def _net(row):
    return sum(row.get(name, 0) for name in FLOWS[:2]) - sum(row.get(name, 0) for name in FLOWS[2:])


def _counts(opening, row, decided) -> Counts:
    return Counts(
        B=opening,
        new=row.get("new", 0),
        returned=row.get("returned", 0),
        causes={cause: row.get(f"left_{cause}", 0) for cause in CAUSES},
        E=opening + _net(row),
        D=decided.get("D") or 0,
        F=decided.get("F") or 0,
    )


def _figures(made, only, counts, group=None, label="") -> Figures:
    start, end = period(only, made)
    return figures_of(
        counts,
        group=group,
        label=label,
        start=start,
        end=end,
        as_of=made.as_of,
        definition=made.definition or ExitDefinition(starts_on=made.as_of),
        window=made.window,
        longest_window=made.longest_window,
        kept=only.causes,
    )


def _counts_any(figures):
    return any((figures.B, figures.new, figures.returned, figures.exits, figures.D))


def _codes(dimension):
    """(code, name) by id, for offices, products and officers."""
    if dimension not in NAMED:
        return {}
    rows = NAMED[dimension].objects.order_by().values_list("pk", "code", "name")
    return {None: ("", _("not recorded")), **{pk: (code, name) for pk, code, name in rows}}


def _plain(dimension, value):
    """Group and label of a value that is no code."""
    if value in ("", None):
        return "", _("not recorded")
    words = {
        "sex": dict(Client.Sex.choices),
        "area": dict(Client.Area.choices),
        "age": {"<25": _("under 25"), "55+": _("55 and over")},
    }
    return str(value), str(words.get(dimension, {}).get(value, value))


def _order(dimension, value, label):
    """What is not recorded comes last."""
    missing = value in ("", None)
    if dimension == "cycle":
        return missing, value or 0, ""
    if dimension == "age":
        return missing, value != "<25", str(value)
    return missing, 0, str(value) if dimension in ("sex", "area") else label.casefold()
