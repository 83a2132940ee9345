"""Month by month: the last 24 months, or the period where that is longer."""

import datetime as dt
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from exits import charts
from exits.forms import shift
from exits.queries import ExitFilter, Figures
from exits.views.formulas import is_retention, label_of
from exits.views.tables import figure_cells, figure_columns
from spm.numbers import share_words
from spm.tables import Cell

MONTHS = 24


def trend_filter(only: ExitFilter, span: tuple[dt.date, dt.date]) -> ExitFilter:
    """The months to show, none of them before the first client."""
    start = min(only.start_month, max(shift(only.end_month, 1 - MONTHS), span[0]))
    return replace(only, start_month=start)


def trend_title(months: list[Figures], formula: str) -> str:
    """The finding: the worst month that is final, and whether it is the same one each year."""
    final = [month for month in months if not month.provisional and month.rates[formula] is not None]
    if len(final) < 2 or not any(month.exits for month in final):
        return _("Month by month")
    worst = _worst(final, formula)
    if len(final) >= 24 and {_worst(year, formula).start.month for year in (final[-12:], final[-24:-12])} == {
        worst.start.month
    }:
        return capfirst(
            _("%(month)s is the worst month, year after year") % {"month": date_format(worst.start, "F")}
        )
    return _("Worst month: %(month)s, %(rate)s") % {
        "month": worst.label,
        "rate": share_words(worst.rates[formula]),
    }


def trend_section(months: list[Figures], formula: str, url, footer: str) -> dict:
    """Title, chart and table of the trend, for the page. `url(count, **changes)` as in `figure_cells`."""
    title = trend_title(months, formula)
    figure = charts.trend(
        [charts.Month(month.start, month.rates[formula], month.provisional) for month in months],
        name=label_of(formula),
        title=title,
        subtitle=_("%(formula)s, each month") % {"formula": label_of(formula)},
        footer=footer,
        provisional=_("provisional"),
    )
    return {
        "id": "trend",
        "title": title,
        "figure": figure,
        "columns": figure_columns(_("Month"), formula),
        "rows": [_row(month, formula, url) for month in reversed(months)],
        "provisional": sum(month.provisional for month in months),
    }


def _row(month, formula, url):
    def behind(count, **changes):
        return url(count, start=month.group, end=month.group, **changes)

    status = {"status": "wait", "words": _("provisional")} if month.provisional else {}
    return figure_cells(Cell(month.label, **status), month, formula, behind)


def _worst(months, formula):
    return (min if is_retention(formula) else max)(months, key=lambda month: month.rates[formula])
