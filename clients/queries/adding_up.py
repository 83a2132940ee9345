"""The numbers of a reconciliation in words: what came and went step by step, and what is worth a look."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

FLOWS = {
    "clients": gettext_lazy("Clients"),
    "loans": gettext_lazy("Open loans"),
    "outstanding": gettext_lazy("Outstanding on open loans"),
}

# Sign, key in the report, words, list behind it.
STEPS = {
    "clients": (
        ("", "before", _("before"), ""),
        ("+", "created", _("new"), "clients-new"),
        ("=", "after", _("afterwards"), ""),
    ),
    "loans": (
        ("", "before", _("before"), ""),
        ("+", "begun", _("begun"), "loans-begun"),
        ("+", "reopened", _("opened again"), "loans-reopened"),
        ("−", "ended", _("ended"), "loans-ended"),
        ("=", "after", _("afterwards"), ""),
    ),
    "outstanding": (
        ("", "before", _("before"), ""),
        ("+", "begun", _("on loans begun"), ""),
        ("+", "reopened", _("on loans opened again"), ""),
        ("−", "ended", _("on loans that ended"), ""),
        ("+", "went_on", _("change on loans that went on"), ""),
        ("=", "after", _("afterwards"), ""),
    ),
}

TITLES = {
    "clients-new": _("New clients"),
    "loans-begun": _("Loans begun"),
    "loans-reopened": _("Loans opened again"),
    "loans-ended": _("Loans that ended"),
    "overlaps": _("Loans begun while an earlier one of the same product ran on"),
    "no-loan": _("Clients without a loan"),
    "no-outstanding": _("Open loans without an outstanding amount"),
    "future-client-birth_date": _("Clients born after today"),
    "future-client-joined_on": _("Clients who joined after today"),
    "future-client-status_on": _("Clients whose status begins after today"),
    "future-loan-disbursed_on": _("Loans disbursed after today"),
    "future-loan-closed_on": _("Loans closed after today"),
    "future-loan-written_off_on": _("Loans written off after today"),
    "future-repayment-on": _("Repayments after today"),
    "future-savingsaccount-opened_on": _("Savings accounts opened after today"),
    "future-savingsaccount-closed_on": _("Savings accounts closed after today"),
    "future-savingsmovement-on": _("Savings movements after today"),
    "future-attendance-on": _("Meetings after today"),
}


@dataclass(frozen=True)
class Step:
    """A number of a flow; ``what`` names the list behind it, if there is one."""

    sign: str
    number: int | Decimal
    words: str
    what: str


def flow_steps(report: dict, name: str) -> list[Step]:
    """From what was there before to what was there afterwards; steps of nothing in between are left out."""
    steps = []
    for sign, key, words, what in STEPS[name]:
        number = Decimal(report[name][key]) if name == "outstanding" else report[name][key]
        if number or sign in {"", "="}:
            if sign == "+" and number < 0:
                sign, number = "−", -number
            steps.append(Step(sign, number, str(words), what))
    return steps


@dataclass(frozen=True)
class Odd:
    """So many records that are worth a look."""

    words: str
    count: int
    url: str


def odd_rows(report: dict, url_of: Callable[[str], str]) -> list[Odd]:
    counts = report.get("odd", {})
    return [Odd(str(words), counts[what], url_of(what)) for what, words in TITLES.items() if what in counts]


def title_of(what: str) -> str:
    return str(TITLES[what])


def adds_up_words(report: dict) -> str:
    """Whether a report's numbers before, between and afterwards agree, in a sentence; empty without any."""
    report = report.get("reconciliation")
    if not report:
        return ""
    agree = all(
        sum(-step.number if step.sign == "−" else step.number for step in steps[:-1]) == steps[-1].number
        for steps in (flow_steps(report, name) for name in FLOWS)
    )
    if agree:
        return gettext("What was there before, with what came and went, is what was there afterwards.")
    return gettext("The numbers do not agree: something else has changed the records meanwhile.")
