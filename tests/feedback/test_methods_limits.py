"""Limits in use, and the days that follow from them, against a calendar gone through day by day."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from feedback.methods.limits import FIRST, TEMPLATES, Level, Limits, due, working
from spm.workdays import Calendar
from tests.feedback.sweeps import sweep

DAYS = st.dates(dt.date(2023, 12, 20), dt.date(2028, 3, 10))


def calendar_of(once=(), each_year=()):
    calendar = Calendar.__new__(Calendar)
    calendar.once, calendar.each_year = set(once), set(each_year)
    return calendar


def gone_through(start, n, feasts):
    """The n-th of the days after ``start`` that are worked on, out of all days of two years."""
    later = [start + dt.timedelta(days=number) for number in range(1, 800)]
    worked = [day for day in later if day.strftime("%a") not in {"Sat", "Sun"} and day not in feasts]
    return worked[n - 1] if n else start


@sweep(300)
@given(start=DAYS, feasts=st.sets(DAYS, max_size=60), n=st.integers(0, 60))
def test_working_days_are_those_of_the_calendar_whatever_holidays_and_months_lie_between(start, feasts, n):
    assert calendar_of(feasts).after(start, n) == gone_through(start, n, feasts)


@sweep(100)
@given(start=DAYS, feasts=st.sets(DAYS, max_size=20), severity=st.sampled_from([1, 2, 3]))
def test_each_level_of_each_template_is_due_in_its_own_working_days_and_the_last_is_the_limit(
    start, feasts, severity
):
    after = calendar_of(feasts).after
    for limits in TEMPLATES.values():
        for number, level in enumerate(limits.levels, start=1):
            found, last = due(limits, number, severity, start, after), limits.levels[-1]
            days, most = level.days_for(severity), last.days_for(severity)
            assert found.level_on == gone_through(start, days, feasts)
            assert found.on == gone_through(start, most, feasts)
            interim = limits.interim_days and gone_through(start, limits.interim_days, feasts)
            assert found.interim_on == interim


@sweep(100)
@given(
    at=st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2027, 12, 31)),  # noqa: DTZ001 in any zone
    zone=st.sampled_from(["Pacific/Auckland", "America/Lima", "Asia/Kolkata", "UTC"]),
    n=st.integers(1, 20),
)
def test_an_instant_counts_from_the_day_that_it_is_where_the_institution_is(at, zone, n):
    instant = at.replace(tzinfo=dt.UTC)
    with timezone.override(ZoneInfo(zone)):
        start = timezone.localdate(instant)
    assert start == instant.astimezone(ZoneInfo(zone)).date()
    assert calendar_of().after(start, n) == gone_through(start, n, ())


def test_every_template_is_in_order_and_says_where_it_is_in_use_but_our_own():
    assert {name: limits.is_in_order() for name, limits in TEMPLATES.items()} == dict.fromkeys(
        TEMPLATES, True
    )
    assert [name for name, limits in TEMPLATES.items() if not limits.source] == [FIRST]


@pytest.mark.parametrize("second", [Level("desk", 5, 3), Level("desk", 9, 2)])
def test_levels_that_are_not_each_later_than_the_one_before_are_not_in_order(second):
    assert Limits((Level("manager", 5, 2), second)).is_in_order() is False
    assert Limits(()).is_in_order() is False


@pytest.mark.parametrize(("calendar", "days"), [(0, 0), (7, 5), (15, 10), (20, 14), (22, 15), (30, 21)])
def test_calendar_days_become_the_working_days_in_them(calendar, days):
    assert working(calendar) == days
