"""The return curve: against a plain count, and the gaps it reads against a walk over the days."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exits.methods import gaps, return_curve
from tests.exits.portfolios import sweep

DAY = dt.date(2025, 1, 1)


def test_the_window_is_the_smallest_day_with_the_wanted_share_of_returns():
    curve = return_curve([0] * 18 + [30, 400])
    assert curve.days.tolist() == [0, 30, 400]
    assert curve.returns.tolist() == [18, 19, 20]
    assert curve.share.tolist() == [0.9, 0.95, 1.0]
    assert curve.window == 30  # 19 of 20 is 95 % exactly


def test_nobody_who_came_back_gives_no_window():
    curve = return_curve([None, float("nan")])
    assert (len(curve.days), curve.window) == (0, None)


@sweep()
@given(st.lists(st.integers(0, 200), min_size=1, max_size=80), st.sampled_from([0.5, 0.9, 0.95, 1.0]))
def test_the_curve_is_a_plain_count(values, wanted):
    curve = return_curve(values, wanted)
    assert curve.days.tolist() == sorted(set(values))
    assert curve.returns.tolist() == [sum(value <= day for value in values) for day in curve.days]
    hundredths = round(wanted * 100)
    enough = [
        day for day in range(201) if sum(value <= day for value in values) * 100 >= hundredths * len(values)
    ]
    assert curve.window == enough[0]


@pytest.mark.parametrize(("values", "wanted"), [([-1], 0.95), ([1], 0), ([1], 1.1)])
def test_what_cannot_be_is_refused(values, wanted):
    with pytest.raises(ValueError, match=r"gap|share"):
        return_curve(values, wanted)


def loan(number, begins, ends=None):
    return {
        "loan_id": str(number),
        "client_id": "C",
        "product": "",
        "disbursed_on": DAY + dt.timedelta(begins),
        "closed_on": None if ends is None else DAY + dt.timedelta(ends),
        "written_off_on": None,
    }


@st.composite
def one_clients_loans(draw):
    pairs = draw(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 25)), min_size=1, max_size=6))
    return [loan(n, begins, begins + length) for n, (begins, length) in enumerate(pairs)]


@sweep()
@given(one_clients_loans())
def test_gaps_are_the_days_without_any_loan(rows):
    found = gaps(pd.DataFrame(rows), DAY + dt.timedelta(200))
    days = {
        row["disbursed_on"] + dt.timedelta(n)
        for row in rows
        for n in range((row["closed_on"] - row["disbursed_on"]).days)
    }
    begins = sorted(row["disbursed_on"] for row in rows)
    expected = [
        (ended, next((begin for begin in begins if begin > ended), None))
        for ended in sorted({row["closed_on"] for row in rows})
        if ended not in days and not any(begin == ended for begin in begins)
    ]
    seen = [
        (ended.date(), None if pd.isna(returned) else returned.date())
        for ended, returned, gap in found[["ended_on", "returned_on", "gap"]].itertuples(index=False)
        if gap != 0
    ]
    assert seen == expected


def test_an_open_loan_leaves_no_gap_and_a_loan_on_the_same_day_is_a_return_after_0_days():
    rows = [loan(1, 0, 30), loan(2, 30, 40), loan(3, 100)]
    found = gaps(pd.DataFrame(rows), DAY + dt.timedelta(200))
    assert found["gap"].tolist() == [0, 60]
    assert found["returned_on"].notna().all()


def test_who_has_not_come_back_has_no_gap():
    found = gaps(pd.DataFrame([loan(1, 0, 30)]), DAY + dt.timedelta(200))
    assert (len(found), np.isnan(found["gap"].iloc[0])) == (1, True)


def test_no_loans_have_no_gaps():
    columns = ["loan_id", "client_id", "product", "disbursed_on", "closed_on", "written_off_on"]
    assert len(gaps(pd.DataFrame(columns=columns), DAY)) == 0


@pytest.mark.parametrize("gap", [float("inf"), 1.5, -1])
def test_a_gap_that_is_no_whole_number_of_days_is_refused(gap):
    with pytest.raises(ValueError, match="a whole number of days from 0 up"):
        return_curve([3, gap])


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_a_missing_gap_is_no_return(missing):
    assert return_curve([30, missing]).returns.tolist() == [1]
