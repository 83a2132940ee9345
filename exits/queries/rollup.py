"""Figures read from the rollup: sums of monthly rows, a constant number of queries whatever the portfolio."""

import datetime as dt
from dataclasses import replace

from django.db.models import F, Min, Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Client, Office, Officer, Product
from exits.methods import Counts
from exits.models import DecisionCount, ExitCount, ExitDefinition, Grain, SpellBuild
from exits.queries.figures import (
    DIMENSIONS,
    ExitFilter,
    Figures,
    NoFiguresError,
    PeriodError,
    add_months,
    figures_of,
    last_day,
    month_of,
    months_between,
)
from spm.access import Can, scopes

NET = F("new") + F("returned") - F("left_client") - F("left_mfi") - F("left_death")
FLOWS = ("new", "returned", "left_client", "left_mfi", "left_death")
NAMED = {"office": Office, "product": Product, "officer": Officer}


def build() -> SpellBuild | None:
    """The latest build, from which every figure here comes; None before the first."""
    return SpellBuild.objects.select_related("definition").first()


def whole(user, only: ExitFilter) -> Figures:
    """The figures of the period over everything that the user may see and the filter keeps.

    Raises NoFiguresError before the first build, PeriodError for a period beyond the data.
    """
    made = _made()
    only = within_data(only, made)
    return _figures(made, only, _sums(user, only).get(None, Counts()))


def before(user, only: ExitFilter) -> Figures | None:
    """The same for the equally many months just before; None where the data do not reach back so far."""
    made, span = _made(), data_span(user)
    only = within_data(only, made).just_before()
    if span is None or only.start_month < span[0]:
        return None
    return _figures(made, only, _sums(user, only).get(None, Counts()))


def by(user, only: ExitFilter, dimension: str) -> list[Figures]:
    """One for each group of a dimension with anything to count, in order of label (age, cycle: of value)."""
    if dimension not in DIMENSIONS:
        raise ValueError(f"figures are not counted by {dimension}")
    made = _made()
    only = within_data(only, made)
    codes = _codes(dimension)
    found = []
    for value, counts in _sums(user, only, dimension).items():
        group, label = codes[value] if dimension in NAMED else _plain(dimension, value)
        found.append((_order(dimension, value, label), _figures(made, only, counts, group, label)))
    return [figures for _key, figures in sorted(found, key=lambda pair: pair[0]) if _counts_any(figures)]


def by_month(user, only: ExitFilter) -> list[Figures]:
    """One for each month of the period, the last clipped to the day of the data."""
    made = _made()
    only = within_data(only, made)
    flows = _flows(user, only).values("month").annotate(*(Sum(name) for name in FLOWS)).order_by("month")
    table = {row["month"]: {name: row[f"{name}__sum"] for name in FLOWS} for row in flows}
    decided = _decisions(user, only).values("month").annotate(D=Sum("decided"), F=Sum("followed"))
    decided = {row["month"]: row for row in decided.order_by("month")}
    active = sum(_net(row) for month, row in table.items() if month < only.start_month)
    found = []
    for number in range(months_between(only.start_month, only.end_month) + 1):
        month = add_months(only.start_month, number)
        counts = _counts(active, table.get(month, dict.fromkeys(FLOWS, 0)), decided.get(month))
        active = counts.E
        name = f"{month:%Y-%m}"
        words = date_format(month, "YEAR_MONTH_FORMAT")
        found.append(_figures(made, only.in_month(name), counts, name, words))
    return found


def data_span(user) -> tuple[dt.date, dt.date] | None:
    """First days of the first month with an entrant and of the data's last month; None without any."""
    made = build()
    rows = ExitCount.objects.visible_to(user).filter(grain=grain_for(user, ()))
    first = rows.aggregate(first=Min("month"))["first"] if made else None
    return (first, month_of(made.as_of)) if first else None


def within_data(only: ExitFilter, made: SpellBuild) -> ExitFilter:
    """The filter with its last month no later than the data's. PeriodError where nothing is left."""
    latest = month_of(made.as_of)
    only = replace(only, end_month=min(only.end_month, latest))
    if only.start_month > only.end_month:
        raise PeriodError
    return only


def period(only: ExitFilter, made: SpellBuild) -> tuple[dt.date, dt.date]:
    """First and last day that the filter's months cover, clipped to the day of the data."""
    return only.start_month, min(last_day(only.end_month), made.as_of)


def conditions(only: ExitFilter) -> Q:
    """What the filter keeps, as a condition on any row that has the dimensions as fields."""
    kept = Q() if only.office is None else _of_office(only.office, only.alone)
    for name in ("product", "officer"):
        code = getattr(only, name)
        if code is not None:
            named = NAMED[name].objects.filter(code=code)
            kept &= Q(**{f"{name}__in": named}) if code else Q(**{name: None})
    for name in ("sex", "age", "area", "cycle"):
        value = getattr(only, name)
        if value is not None:
            kept &= Q(**{name: value})
    return kept


def grain_for(user, dimensions) -> str:
    """The coarsest grain that knows the dimensions; own portfolios are known to the finest alone."""
    own_only = any(scope.own_only for scope in scopes(user, Can.EXITS_VIEW))
    needed = set(dimensions) - {"office"}
    if own_only or len(needed) > 1:
        return Grain.ALL
    return Grain(needed.pop()) if needed else Grain.OFFICE


def _of_office(code, alone):
    office = Office.objects.filter(code=code).first()
    if office is None:
        return Q(pk__in=[])
    return Q(office=office) if alone else Q(office__in=Office.objects.under(office))


def _made():
    made = build()
    if made is None:
        raise NoFiguresError
    return made


def _rows(model, user, only, dimension):
    used = [name for name in DIMENSIONS if getattr(only, name) is not None]
    grain = grain_for(user, {*used, dimension} - {None})
    return model.objects.visible_to(user).filter(conditions(only), grain=grain)


def _flows(user, only, dimension=None):
    return _rows(ExitCount, user, only, dimension).filter(month__lte=only.end_month)


def _decisions(user, only, dimension=None):
    return _rows(DecisionCount, user, only, dimension).filter(
        month__gte=only.start_month, month__lte=only.end_month
    )


def _sums(user, only, dimension=None) -> dict:
    """Counts by the dimension's value (None for the whole): two queries."""
    inside = Q(month__gte=only.start_month)
    flows = _flows(user, only, dimension).values(dimension or "grain").order_by()
    flows = flows.annotate(
        opening=Sum(NET, filter=~inside), **{f"{name}_sum": Sum(name, filter=inside) for name in FLOWS}
    )
    # Of each client the last decision of the period counts, so rows with a later one in it are left out.
    last = Q(next_month=None) | Q(next_month__gt=only.end_month)
    decided = _decisions(user, only, dimension).filter(last).values(dimension or "grain").order_by()
    decided = decided.annotate(D=Sum("decided"), F=Sum("followed"))
    decided = {row[dimension] if dimension else None: row for row in decided}
    found = {}
    for row in flows:
        value = row[dimension] if dimension else None
        sums = {name: row[f"{name}_sum"] or 0 for name in FLOWS}
        found[value] = _counts(row["opening"] or 0, sums, decided.get(value))
    return found


def _net(row):
    return row["new"] + row["returned"] - row["left_client"] - row["left_mfi"] - row["left_death"]


def _counts(opening, row, decided) -> Counts:
    return Counts(
        B=opening,
        new=row["new"],
        returned=row["returned"],
        causes={cause: row[f"left_{cause}"] for cause in ("client", "mfi", "death")},
        E=opening + _net(row),
        D=decided["D"] if decided else 0,
        F=decided["F"] if decided else 0,
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
    return missing, 0, str(value) if dimension in ("age", "sex", "area") else label.casefold()
