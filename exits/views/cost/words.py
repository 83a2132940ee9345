"""The calculation in words and in columns, and how it is to be read."""

from math import floor, log10

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits.forms import period_words
from exits.methods import Estimate
from exits.queries.figures import last_day
from exits.views.analyses.base import OURS, Reading, column
from spm.numbers import count_words, money_words, number_words, points_words
from spm.tables import Cell, Column


def year_words(name: str, months) -> str:
    words = period_words(months[0], last_day(months[1]))
    return _("Last 12 months known: %(months)s") % {"months": words} if name == "last" else words


def roughly(amount: float) -> str:
    """Money to three figures: more would claim more than is known."""
    digits = 2 - floor(log10(abs(amount))) if amount else 0
    return money_words(round(amount, digits), whole=abs(amount) >= 100)


def range_note(estimate: Estimate, words) -> str:
    """Nothing where it is sure."""
    return "" if estimate.low == estimate.high else span(estimate, words)


def span(estimate: Estimate, words) -> str:
    return _("%(low)s to %(high)s") % {"low": words(estimate.low), "high": words(estimate.high)}


def span_of(estimate: Estimate) -> str:
    """12, or 10 to 15 with what is likely: 12 (10 to 15)."""
    around = range_note(estimate, said)
    return f"{said(estimate.likely)} ({around})" if around else said(estimate.likely)


def said(number: float) -> str:
    return number_words(tidy(number))


def points_of(fall: Estimate) -> str:
    """2 points; 1 to 3 points; 0.5 points."""
    digits = 0 if all(end == int(end) for end in fall.ends) else 1
    most = points_words(fall.high / 100, digits)
    if fall.low == fall.high:
        return most
    return _("%(low)s to %(high)s") % {"low": number_words(fall.low, digits), "high": most}


def pays_words(fall: float | None) -> str:
    return _("never") if fall is None else points_words(fall, 2)


def line(what: str, unit: str, estimate: Estimate) -> dict:
    return {"what": what, "unit": unit, "low": estimate.low, "likely": estimate.likely, "high": estimate.high}


NOTHING = dict.fromkeys(("n", "minutes", "hours"))


def worked(what: str, n: int, minutes: float, hour: float) -> dict:
    """A row of work: so many times so many minutes, by the hour."""
    hours = n * minutes / 60
    return {"what": what, "n": n, "minutes": minutes, "hours": hours, "cost": hours * hour}


def _in_its_unit(end: str):
    def cell(row) -> Cell:
        value = row[end]
        if row["unit"] == "points":
            return Cell(pays_words(None if value is None else value / 100))
        return Cell(roughly(value) if row["unit"] == "money" else count_words(round(value)))

    return cell


def _plain(name: str):
    return lambda row: None if row[name] is None else tidy(row[name])


def tidy(number: float) -> float:
    """To the hundredth, and a whole number without its decimals."""
    number = round(number, 2)
    return int(number) if number == int(number) else number


RESULTS = [
    column("", "what"),
    *(
        Column(words, "number", code=end, value=_plain(end), cell=_in_its_unit(end))
        for end, words in (
            ("low", gettext_lazy("At least")),
            ("likely", gettext_lazy("Most likely")),
            ("high", gettext_lazy("At most")),
        )
    ),
]
KNOWN = [column("", "what"), column(gettext_lazy("Known"), "said")]
CURVE = [
    Column(gettext_lazy("Fall of exit, in points"), "number", code="fall", value=_plain("fall")),
    Column(gettext_lazy("Saved a year, at least"), "money", code="low", value=_plain("low")),
    Column(gettext_lazy("Saved a year, most likely"), "money", code="likely", value=_plain("likely")),
    Column(gettext_lazy("Saved a year, at most"), "money", code="high", value=_plain("high")),
]
TRACKING = [
    column(gettext_lazy("Work"), "what"),
    column(gettext_lazy("How many"), "n", "count"),
    Column(gettext_lazy("Minutes each"), "number", code="minutes", value=_plain("minutes")),
    Column(gettext_lazy("Hours"), "number", code="hours", value=_plain("hours")),
    Column(gettext_lazy("Cost, most likely"), "money", code="cost", value=_plain("cost")),
]
READINGS = [
    Reading(
        gettext_lazy("How is it worked out?"),
        gettext_lazy(
            "Clients kept are the fall of the exit rate times the clients that the rate is a share of. Each"
            " is worth the margin of a loan cycle times the cycles still to come, and the cost of winning"
            " somebody new instead. What is saved is that, less the cost of tracking. No source gives this"
            " formula whole."
        ),
        OURS,
    ),
    Reading(
        gettext_lazy("Where do the numbers come from?"),
        gettext_lazy(
            "Clients and exit rate are the published figures of the year, by your own definition; interviews,"
            " confirmations and calls are counted from the records. The rest is what you assume: it stands in"
            " the address of this page, so you can send the calculation to a colleague."
        ),
        OURS,
    ),
    Reading(
        gettext_lazy("What does it leave out?"),
        gettext_lazy(
            "Not every exit is a loss: somebody may have outgrown the loan. What a fall costs besides"
            " tracking, such as better terms, is not in it: put it under other costs. And the margins of"
            " later cycles come later, and are not discounted."
        ),
        OURS,
    ),
]
