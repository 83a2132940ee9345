"""Puts the report together: plain values, shares as fractions, days as ISO text, nothing of one person."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clients.models import Client, Office
from exits.methods import ALL_RATES, CAUSES, CLIENT, DEATH, MFI, Counts, ignored_statuses, roll_forward
from exits.methods.analyses import Seen, returns, stays
from exits.models import ExitDefinition
from exits.queries.analyses import LOAN_FACTS, see_records
from exits.queries.definitions import data_as_of, definition_in_force
from exits.queries.figures import Figures, PeriodError
from exits.queries.formulas import MEANINGS, SYMBOLS
from exits.queries.records import NoRecordsError, Reading, count_records, read_records
from exits.queries.report.groups import months, stages, tables
from exits.queries.report.limits import limits
from exits.queries.report.reasons import reasons
from spm.disclosure import smallest_cell
from spm.models import Institution

KEPT = {
    "all": CAUSES,
    "without_deaths": (CLIENT, MFI),
    "without_mfi": (CLIENT, DEATH),
    "own_choice": (CLIENT,),
}
"""Which exits count, by the name under which each formula says what comes of it."""

YEARS = (1, 2, 3)
YEAR = 365.25


class UnknownOfficeError(LookupError):
    """There is no office with this code."""


@dataclass(frozen=True)
class Source:
    """The records of an office and all below it, counted; None for `office` is everybody."""

    office: Office | None
    reading: Reading
    seen: Seen

    def ignored(self) -> int:
        """How many have a status on a day that no stay holds."""
        records = self.reading.records
        found = ignored_statuses(
            records.loans, self.reading.windows, self.reading.as_of, records.clients, records.movements
        )
        return len(found)


def build_report(start: dt.date, end: dt.date, *, office: str | None = None, kind: str = "full") -> dict:
    """The report on a period, first and last day in it, in the language in force.

    `office` is a code: that office and all below it. Of everybody all counts are told, of groups none below
    the institution's smallest cell. Raises UnknownOfficeError, NoRecordsError, and PeriodError for a period
    that ends before it starts or after the day of the data.
    """
    source = _read(office)
    reading = source.reading
    if start > end or end > reading.as_of:
        raise PeriodError
    figures = reading.figures(start, end)[0]
    k = smallest_cell()
    trend = months(reading, start, end, k)
    report = {
        "kind": kind,
        "language": get_language(),
        "institution": str(Institution.get()),
        "office": {"code": source.office.code, "name": source.office.name} if source.office else None,
        "period": {"start": start.isoformat(), "end": end.isoformat(), "words": period_words(start, end)},
        "data_as_of": reading.as_of.isoformat(),
        "definition": _definition(reading.definition),
        "smallest_cell": k,
        "provisional": figures.provisional,
        "provisional_months": [month["month"] for month in trend if month["provisional"]],
        "counts": _counts(figures),
        "roll_forward_holds": roll_forward(figures.B, figures.new, figures.returned, figures.exits)
        == figures.E,
        "headline": _headline(figures),
        "formulas": [_formula(rate, figures) for rate in ALL_RATES],
        "tables": tables(reading, start, end, k),
        "trend": trend,
        "stages": stages(source.seen.points, start, end, k),
        "returns": _returns(source.seen),
        "survival": _survival(source.seen, k),
        "reasons": reasons(_stays_ended(reading, start, end), k),
    }
    return report | {"limits": limits(report, reading.definition.longest_window, source.ignored())}


def period_words(start: dt.date, end: dt.date) -> str:
    """1 January 2025 to 31 December 2025."""
    first, last = (date_format(day, "DATE_FORMAT") for day in (start, end))
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _read(code):
    office = None
    if code is not None:
        office = Office.objects.filter(code=code).first()
        if office is None:
            raise UnknownOfficeError(code)
    as_of = data_as_of()
    if as_of is None or not Client.objects.exists():
        raise NoRecordsError
    definition = definition_in_force(as_of)
    only = None
    if office is not None:
        inside = Client.objects.filter(office__path__startswith=office.path)
        only = list(inside.order_by().values_list("pk", flat=True))
    records = read_records(savings=definition.counts_savings, only=only, more=LOAN_FACTS)
    counted = count_records(records, definition.windows, as_of)
    reading = Reading(as_of, definition, None, records, counted)
    return Source(office, reading, see_records(records, counted, definition, as_of))


def _definition(definition: ExitDefinition) -> dict:
    formula = definition.formula
    return {
        "version": definition.pk,
        "name": str(definition),
        "in_force_from": definition.starts_on.isoformat() if definition.pk else None,
        "window": definition.window,
        "product_windows": dict(definition.product_windows),
        "longest_window": definition.longest_window,
        "counts_savings": definition.counts_savings,
        "formula": formula,
        "formula_label": str(ExitDefinition.Formula(formula).label),
        "symbols": SYMBOLS[formula],
        "words": definition_words(definition),
    }


def definition_words(definition: ExitDefinition) -> str:
    """When a client counts as gone, in a sentence or two."""
    text = _("A client has left who has had no loan for more than %(n)s days, or was expelled or has died.")
    said = [text % {"n": definition.window}]
    if definition.product_windows:
        windows = ", ".join(f"{code} {days}" for code, days in sorted(definition.product_windows.items()))
        said.append(_("Days after loans of single products: %(windows)s.") % {"windows": windows})
    if definition.counts_savings:
        said.append(_("Whoever saves is a client, too."))
    return " ".join(said)


def _counts(figures: Figures) -> dict:
    return {
        "B": figures.B,
        "N": figures.entrants,
        "new": figures.new,
        "returned": figures.returned,
        "X": figures.exits,
        "causes": {cause: figures.causes[cause] for cause in CAUSES},
        "E": figures.E,
        "D": figures.D,
        "F": figures.F,
    }


def _all_counts(figures):
    return Counts(
        B=figures.B,
        new=figures.new,
        returned=figures.returned,
        causes=figures.causes,
        E=figures.E,
        D=figures.D,
        F=figures.F,
    )


def _formula(rate, figures):
    counts = _all_counts(figures)
    low, high = rate.interval(counts) or (None, None)
    return {
        "name": rate.name,
        "label": str(ExitDefinition.Formula(rate.name).label),
        "symbols": SYMBOLS[rate.name],
        "meaning": str(MEANINGS[rate.name]),
        "by_cause": rate.by_cause,
        "n": rate.denominator(counts, CAUSES),
        "low": low,
        "high": high,
        "rates": {name: rate.value(counts, causes) for name, causes in KEPT.items()},
    }


def _headline(figures):
    """The institution's own formula, all causes counted."""
    rate = next(rate for rate in ALL_RATES if rate.name == figures.definition.formula)
    found = _formula(rate, figures)
    kept = {name: found[name] for name in ("name", "label", "symbols", "meaning", "n", "low", "high")}
    return kept | {"value": found["rates"]["all"]}


def _returns(seen):
    """After how many days 95 % of all who ever came back were back."""
    curve = returns(seen)["curve"]
    return {"paused": curve["paused"], "returned": curve["returns"], "days_95": curve["window"]}


def _survival(seen, k):
    """The share still a client so many years after joining, of all stays as far as exits are known."""
    curve = stays(seen)["groups"][0]
    found = []
    for years in YEARS:
        day = int(years * YEAR)
        place = curve["days"].index(day) if day in curve["days"] else None
        told = place is not None and curve["at_risk"][place] >= k
        row = {name: curve[name][place] if told else None for name in ("share", "low", "high", "at_risk")}
        found.append({"years": years, **row})
    return {"n": curve["n"], "ended": curve["events"], "median_days": curve["median"], "after": found}


def _stays_ended(reading, start, end):
    spells = reading.counted.spells
    left = spells[spells["left_on"].notna()]
    days = ((client, as_date(begun), as_date(gone)) for client, begun, gone in _columns(left))
    return frozenset((client, begun) for client, begun, gone in days if start <= gone <= end)


def _columns(spells):
    return zip(
        spells["client_id"].tolist(), spells["start"].tolist(), spells["left_on"].tolist(), strict=True
    )


def as_date(day) -> dt.date:
    """A day of a frame as a plain date."""
    return day.date() if isinstance(day, dt.datetime) else day
