"""Which period a report by mail is about, and when the next one is due."""

import datetime as dt

import pytest

from exits.methods.schedules import next_due, period_before


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("due_on", "every", "start", "end", "after"),
    [
        ("2026-11-24", "week", "2026-11-16", "2026-11-22", "2026-12-01"),
        ("2026-11-23", "week", "2026-11-16", "2026-11-22", "2026-11-30"),
        ("2026-11-22", "week", "2026-11-09", "2026-11-15", "2026-11-29"),
        ("2026-11-05", "month", "2026-10-01", "2026-10-31", "2026-12-05"),
        ("2026-01-28", "month", "2025-12-01", "2025-12-31", "2026-02-28"),
        ("2026-12-01", "month", "2026-11-01", "2026-11-30", "2027-01-01"),
        ("2026-02-10", "quarter", "2025-10-01", "2025-12-31", "2026-05-10"),
        ("2026-12-31", "quarter", "2026-07-01", "2026-09-30", "2027-03-31"),
    ],
)
def test_a_report_is_about_what_ended_last_and_the_next_one_a_period_on(due_on, every, start, end, after):
    assert period_before(day(due_on), every) == (day(start), day(end))
    assert next_due(day(due_on), every) == day(after)
