"""Figures as rows of a table: a rate, its interval and n, the exits behind it, each number a link."""

from collections.abc import Callable

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from exits.methods import SHARES
from exits.queries import Figures
from exits.views.formulas import base, base_words, behind_rate, interval_words, label_of, shown
from spm import exports
from spm.numbers import count_words
from spm.tables import Cell, Column


def figure_columns(head: str, formula: str, by_name: Callable | None = None) -> list[Column]:
    """Heads for `figure_cells`; `by_name` is what the groups' names sort by."""

    def column(key, label, kind, order):
        return Column(label, kind, code=key, order=order)

    def cause(name):
        return lambda figures: figures.causes[name]

    return [
        column("group", head, "text", by_name),
        column("rate", label_of(formula), "share", lambda figures: figures.rates[formula]),
        column("interval", _("95 % interval"), "share range hide-sm", lambda f: f.intervals[formula]),
        column("n", capfirst(base_words(formula)), "number", lambda figures: base(figures, formula)),
        column("exits", _("Exits"), "number", lambda figures: figures.exits),
        column("client", _("Own choice"), "number hide-sm", cause("client")),
        column("mfi", _("Ended by us"), "number hide-sm", cause("mfi")),
        column("death", _("Deaths"), "number hide-sm", cause("death")),
        column("E", _("Clients at the end"), "number hide-sm", lambda figures: figures.E),
    ]


def figure_cells(head: Cell, figures: Figures, formula: str, url: Callable[..., str]) -> list[Cell]:
    """`url(count, **changes)` is the list behind a number of this row."""
    everything = {"causes": None}
    interval = figures.intervals[formula]
    cells = [
        head,
        Cell(shown(figures.rates[formula], formula), url(behind_rate(formula))),
        Cell(interval_words(interval) if formula in SHARES else "–"),
        Cell(count_words(base(figures, formula))),
        Cell(count_words(figures.exits), url("exits", **everything)),
    ]
    cells += [
        Cell(count_words(figures.causes[cause]), url(cause, **everything))
        for cause in ("client", "mfi", "death")
    ]
    return [*cells, Cell(count_words(figures.E), url("E", **everything))]


def figures_export(name: str, head: str, rows: list[tuple], formula: str, about: list) -> exports.Table:
    """Figures as a table to take away. `rows`: first cell and figures of each."""
    columns = [
        exports.Column(head, code="group"),
        exports.Column(label_of(formula), kind="share", code=formula),
        exports.Column(_("95 % interval, low"), kind="share", code="low"),
        exports.Column(_("95 % interval, high"), kind="share", code="high"),
        exports.Column(capfirst(base_words(formula)), kind="count", code="n"),
        exports.Column(_("Clients at the start"), kind="count", code="B"),
        exports.Column(pgettext("clients", "New"), kind="count", code="new"),
        exports.Column(_("Came back"), kind="count", code="returned"),
        exports.Column(_("Exits"), kind="count", code="exits"),
        exports.Column(_("Own choice"), kind="count", code="client"),
        exports.Column(_("Ended by us"), kind="count", code="mfi"),
        exports.Column(_("Deaths"), kind="count", code="death"),
        exports.Column(_("Clients at the end"), kind="count", code="E"),
        exports.Column(_("Provisional"), code="provisional"),
    ]
    about = [*about, (_("Formula"), label_of(formula))]
    return exports.Table(
        name, columns=columns, rows=[_raw(first, figures, formula) for first, figures in rows], about=about
    )


def _raw(first, figures, formula):
    low, high = figures.intervals[formula] or (None, None)
    return (
        first,
        figures.rates[formula],
        low,
        high,
        base(figures, formula),
        figures.B,
        figures.new,
        figures.returned,
        figures.exits,
        *(figures.causes[cause] for cause in ("client", "mfi", "death")),
        figures.E,
        _("yes") if figures.provisional else _("no"),
    )
