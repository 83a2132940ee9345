"""The same figures by group: who loses more, and whether that is more than chance."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.methods import fold
from exits import charts
from exits.forms import NOT_RECORDED, dimension_words
from exits.queries import Figures
from exits.views.formulas import base, is_retention, label_of, shown
from exits.views.sentence import SMALL, cycle_words, standing_out
from exits.views.tables import figure_cells, figure_columns
from spm.numbers import share_words
from spm.tables import Cell, Column, asked_for, sorted_rows

BARS = 12
IN_ORDER = frozenset({"age", "cycle"})
"""Dimensions with an order of their own, which a reader looks for."""


def usual_sort(dimension: str, formula: str) -> str:
    """Worst rate first; ages and cycles in their own order."""
    if dimension in IN_ORDER:
        return "group"
    return "rate" if is_retention(formula) else "-rate"


def ordered(groups: list[Figures], dimension: str, formula: str, sort: str = "") -> list[Figures]:
    """As the reader asks for by a column, as usual within equals; what has no value comes last."""
    heads = columns(groups, dimension, formula)
    return sorted_rows(sorted_rows(groups, heads, usual_sort(dimension, formula)), heads, sort)


def columns(groups: list[Figures], dimension: str, formula: str) -> list[Column]:
    """Heads of the table; each of them sorts. What is not recorded sorts as empty."""
    names = [group.group for group in groups if group.group]
    places = {name: place for place, name in enumerate(names)}

    def by_name(group):
        if not group.group:
            return None
        return places[group.group] if dimension in IN_ORDER else fold(group.label)

    return figure_columns(dimension_words(dimension), formula, by_name)


def breakdown_title(groups: list[Figures], whole: Figures, dimension: str, formula: str) -> str:
    """The finding: the group whose rate is worse than the whole's by more than chance."""
    if dimension == "cycle":
        return cycle_words(groups).rstrip(".") or _("Exits by loan cycle")
    worst = standing_out(groups, whole, formula) if len(groups) > 1 else None
    if worst is None:
        return _("No group stands out")
    text = _("Lowest: %(group)s, %(rate)s") if is_retention(formula) else _("Highest: %(group)s, %(rate)s")
    return text % {"group": worst.label, "rate": share_words(worst.rates[formula])}


def breakdown_section(
    groups, whole, *, dimension: str, formula: str, url, footer: str, sort: str = ""
) -> dict:
    """Title, chart and table of a breakdown. `url(count, **changes)` as in `figure_cells`.

    The table follows `sort`; the chart shows the worst groups first whatever the table does.
    """
    heads = columns(groups, dimension, formula)
    rows = ordered(groups, dimension, formula, sort)
    groups = ordered(groups, dimension, formula)
    title = breakdown_title(groups, whole, dimension, formula)
    drawn = _drawn(groups, formula)
    figure = charts.breakdown(
        [_bar(group, dimension, formula) for group in drawn],
        title=title,
        subtitle=_("%(formula)s, by %(dimension)s")
        % {"formula": label_of(formula), "dimension": dimension_words(dimension).lower()},
        footer=footer,
        whole=whole.rates[formula],
        whole_words=_("all: %(rate)s") % {"rate": shown(whole.rates[formula], formula)},
    )
    left_out = len(groups) - len(drawn)
    return {
        "id": "breakdown",
        "title": title,
        "figure": figure if drawn else None,
        "columns": heads,
        "rows": [_row(group, dimension, formula, url) for group in rows],
        "sort": sort if asked_for(heads, sort)[0] else usual_sort(dimension, formula),
        "dimension": dimension,
        "left_out": left_out and _left_out_words(left_out),
    }


def group_words(group: Figures, dimension: str) -> str:
    """The group as it stands in a table: a cycle is a bare number otherwise."""
    if dimension == "cycle" and group.group:
        return _("Loan number %(number)s") % {"number": group.label}
    return capfirst(group.label)


def _drawn(groups, formula):
    """The first groups with a rate; few clients would stretch the axis by their wide interval."""
    known = [group for group in groups if group.rates[formula] is not None]
    return ([group for group in known if base(group, formula) >= SMALL] or known)[:BARS]


def _bar(group, dimension, formula):
    rate = group.rates[formula]
    return charts.Bar(group_words(group, dimension), rate, share_words(rate), group.intervals[formula])


def _left_out_words(number):
    return ngettext(
        "%(n)s more group is in the table alone.", "%(n)s more groups are in the table alone.", number
    ) % {"n": number}


def _row(group, dimension, formula, url):
    # A row by office counts the clients of that very office.
    own = {"alone": "1"} if dimension == "office" else {}

    def behind(count, **changes):
        return url(count, **{dimension: group.group or NOT_RECORDED}, **own, **changes)

    few = base(group, formula) < SMALL
    status = {"status": "wait", "words": _("few clients")} if few else {}
    return figure_cells(Cell(group_words(group, dimension), **status), group, formula, behind)
