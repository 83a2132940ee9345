"""Which period a report that is sent by itself is about, and when the next one is due."""

import datetime as dt

WEEK, MONTH, QUARTER = "week", "month", "quarter"
LAST_DAY = 28
"""Whatever falls due by the month does so up to this day, which every month has."""

MONTHS = {MONTH: 1, QUARTER: 3}


def period_before(due_on: dt.date, every: str) -> tuple[dt.date, dt.date]:
    """First and last day of the week (Monday to Sunday), month or quarter that ended last before the day."""
    if every == WEEK:
        monday = due_on - dt.timedelta(days=due_on.weekday())
        return monday - dt.timedelta(days=7), monday - dt.timedelta(days=1)
    months = MONTHS[every]
    begun = due_on.replace(month=(due_on.month - 1) // months * months + 1, day=1)
    return _months_on(begun, -months), begun - dt.timedelta(days=1)


def next_due(due_on: dt.date, every: str) -> dt.date:
    """A week, a month or three months on."""
    return due_on + dt.timedelta(days=7) if every == WEEK else _months_on(due_on, MONTHS[every])


def _months_on(day, number):
    months = day.year * 12 + day.month - 1 + number
    return day.replace(year=months // 12, month=months % 12 + 1)
