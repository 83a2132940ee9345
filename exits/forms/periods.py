"""Periods of whole months: the ones offered by name, and how any of them is said."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

PRESETS = {
    "year": gettext_lazy("Last calendar year"),
    "to-date": gettext_lazy("This year so far"),
    "last-12": gettext_lazy("Last 12 whole months"),
}


def shift(month: dt.date, by: int) -> dt.date:
    """The first day of the month `by` months later (earlier where negative)."""
    number = month.year * 12 + month.month - 1 + by
    return dt.date(number // 12, number % 12 + 1, 1)


def presets(as_of: dt.date) -> dict[str, tuple[dt.date, dt.date]]:
    """First days of the first and the last month of each period offered by name, on data as of a day."""
    running = as_of.replace(day=1)
    whole = running if _ends_month(as_of) else shift(running, -1)
    year = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    return {
        "year": (dt.date(year, 1, 1), dt.date(year, 12, 1)),
        "to-date": (dt.date(as_of.year, 1, 1), running),
        "last-12": (shift(whole, -11), whole),
    }


def period_words(start: dt.date, end: dt.date) -> str:
    """A period as one says it: 2025; March 2025; January 2025 to June 2025; … to 21 November 2026."""
    if not _ends_month(end):
        first = date_format(start, "DATE_FORMAT" if _same_month(start, end) else "YEAR_MONTH_FORMAT")
        words = pgettext("to a day", "%(first)s to %(last)s")
        return words % {"first": first, "last": date_format(end, "DATE_FORMAT")}
    if start.year == end.year and (start.month, end.month) == (1, 12):
        return str(start.year)
    if _same_month(start, end):
        return date_format(start, "YEAR_MONTH_FORMAT")
    return _("%(first)s to %(last)s") % {
        "first": date_format(start, "YEAR_MONTH_FORMAT"),
        "last": date_format(end, "YEAR_MONTH_FORMAT"),
    }


def _ends_month(day):
    return (day + dt.timedelta(days=1)).day == 1


def _same_month(start, end):
    return (start.year, start.month) == (end.year, end.month)
