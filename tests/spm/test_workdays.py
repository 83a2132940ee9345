import datetime as dt

import pytest

from spm.workdays import working_days
from tests.factories import HolidayFactory

pytestmark = pytest.mark.django_db

FRIDAY = dt.date(2026, 5, 1)


@pytest.mark.parametrize(("n", "day"), [(0, 1), (1, 4), (5, 8), (6, 11), (10, 15)])
def test_saturdays_and_sundays_do_not_count(n, day):
    assert working_days(FRIDAY, n) == dt.date(2026, 5, day)


def test_from_a_sunday_the_first_is_monday():
    assert working_days(dt.date(2026, 5, 3), 1) == dt.date(2026, 5, 4)


def test_a_holiday_counts_once_or_each_year():
    HolidayFactory(day=dt.date(2026, 5, 4))
    HolidayFactory(day=dt.date(2020, 5, 5), every_year=True)
    assert working_days(FRIDAY, 1) == dt.date(2026, 5, 6)
    # In 2027 the fourth of May is a Tuesday and worked on; the fifth is not.
    assert working_days(dt.date(2027, 5, 3), 1) == dt.date(2027, 5, 4)
    assert working_days(dt.date(2027, 5, 3), 2) == dt.date(2027, 5, 6)


def test_a_holiday_on_a_sunday_takes_no_further_day():
    HolidayFactory(day=dt.date(2026, 5, 3))
    assert working_days(FRIDAY, 1) == dt.date(2026, 5, 4)


def test_the_29th_of_february_is_a_feast_in_leap_years():
    HolidayFactory(day=dt.date(2024, 2, 29), every_year=True)
    assert working_days(dt.date(2028, 2, 28), 1) == dt.date(2028, 3, 1)
    assert working_days(dt.date(2027, 2, 26), 1) == dt.date(2027, 3, 1)


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError):
        working_days(FRIDAY, -1)


def test_the_holidays_are_read_once(django_assert_num_queries):
    HolidayFactory.create_batch(3)
    with django_assert_num_queries(1):
        working_days(FRIDAY, 200)
