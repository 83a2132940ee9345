"""The report as a workbook: what it is about on the first sheet, then a sheet for each of its tables."""

from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from exits.queries.report import words
from spm.exports import Column, Table, write_tables

GROUP = {
    "label": Column(gettext_lazy("Group")),
    "B": Column(gettext_lazy("Clients at the start"), "count"),
    "N": Column(gettext_lazy("New or came back"), "count"),
    "X": Column(pgettext_lazy("how many", "Left"), "count"),
    "E": Column(gettext_lazy("Clients at the end"), "count"),
    "n": Column("n", "number"),
    "rate": Column(gettext_lazy("Exit rate"), "share"),
    "low": Column(gettext_lazy("At least"), "share"),
    "high": Column(gettext_lazy("At most"), "share"),
}
BOUNDS = {name: GROUP[name] for name in ("low", "high")}
MONTH = {"month": Column(gettext_lazy("Month"))} | {n: c for n, c in GROUP.items() if n != "label"}
MONTH |= {"provisional": Column(gettext_lazy("Provisional"))}
STAGE = {
    "label": Column(gettext_lazy("Loan cycle")),
    "finished": Column(gettext_lazy("Repaid a loan"), "count"),
    "left": Column(gettext_lazy("Took no other"), "count"),
    "share": Column(gettext_lazy("Share"), "share"),
} | BOUNDS
FORMULA = {
    "label": Column(gettext_lazy("Formula")),
    "symbols": Column(gettext_lazy("In symbols")),
    "n": Column("n", "number"),
    "all": Column(gettext_lazy("All exits"), "share"),
    "low": GROUP["low"],
    "high": GROUP["high"],
    "without_deaths": Column(gettext_lazy("Without deaths"), "share"),
    "without_mfi": Column(gettext_lazy("Without those we ended"), "share"),
    "own_choice": Column(gettext_lazy("Own choice only"), "share"),
}
REASON = {
    "label": Column(gettext_lazy("Main reason")),
    "n": Column("n", "count"),
    "share": Column(gettext_lazy("Share"), "share"),
} | BOUNDS
STAY = {
    "years": Column(gettext_lazy("Years"), "count"),
    "share": Column(gettext_lazy("Still clients"), "share"),
    **BOUNDS,
    "at_risk": Column(gettext_lazy("Seen so long"), "count"),
}
FIGURE = {"label": Column(gettext_lazy("Figure")), "value": Column(gettext_lazy("Value"), "number")}


def write_book(report: dict, file: BinaryIO) -> None:
    about = [
        (_("Institution"), report["institution"]),
        (_("Office"), words.office(report)),
        (_("Period"), report["period"]["words"]),
        (_("Data as of"), words.day(report["data_as_of"])),
        (_("Definition"), words.definition(report)),
        (_("Provisional"), words.provisional(report)),
        *((_("Small numbers"), hidden) for hidden in [words.hidden(report)] if hidden),
        *((_("Limits"), sentence) for sentence in report["limits"]),
    ]
    write_tables(file, _("Client exit"), list(_tables(report)), about)


def _tables(report):
    yield _table(_("Counts"), FIGURE, figures(report))
    rates = [{**row, **words.rates(row)} for row in report["formulas"]]
    yield _table(_("Formulas"), FORMULA, rates)
    titles = words.table_titles()
    for name, table in report["tables"].items():
        yield _table(titles[name], GROUP, table["groups"])
    yield _table(_("By month"), MONTH, report["trend"])
    stages = [{**row, "label": words.cycles(row)} for row in report["stages"]]
    yield _table(_("After which loan"), STAGE, stages)
    yield _table(_("How long clients stay"), STAY, report["survival"]["after"])
    reasons = [{**row, "label": words.reason(row)} for row in report["reasons"]["top"]]
    yield _table(_("Reasons"), REASON, reasons)


def figures(report: dict) -> list[dict]:
    """Single numbers, each with its name."""
    counts, found = report["counts"], report["reasons"]
    pairs = [
        (_("Clients at the start (B)"), counts["B"]),
        (_("New (part of N)"), counts["new"]),
        (_("Came back (part of N)"), counts["returned"]),
        (_("Left (X)"), counts["X"]),
        (_("Left by own choice"), counts["causes"]["client"]),
        (_("Ended by us"), counts["causes"]["mfi"]),
        (_("Died"), counts["causes"]["death"]),
        (_("Clients at the end (E)"), counts["E"]),
        (_("Had to decide (D)"), counts["D"]),
        (_("Took a follow-on loan (F)"), counts["F"]),
        (_("Days until 95 % of returns"), report["returns"]["days_95"]),
        (_("To be asked or asked"), found["asked"]),
        (_("Interviews"), found["interviews"]),
        (_("Response rate"), found["response_rate"]),
        (_("Share asked by the own officer"), found["own_officer_share"]),
    ]
    pairs += [
        (label, found["agreement"][name]["kappa"])
        for name, label in agreements().items()
        if found["agreement"][name]
    ]
    return [{"label": label, "value": value} for label, value in pairs]


def agreements() -> dict[str, str]:
    return {
        "client_staff": _("Agreement of clients and staff (kappa)"),
        "first_second": _("Agreement of both interviews (kappa)"),
    }


def _table(name, columns, rows):
    lines = [tuple(_cell(row[column]) for column in columns) for row in rows]
    return Table(name, list(columns.values()), lines)


def _cell(value):
    return (_("yes") if value else _("no")) if isinstance(value, bool) else value
