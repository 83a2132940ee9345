"""The triangle of cohorts: against a count client by client, and a table worked by hand."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exits.methods import cohort_triangle
from tests.exits.portfolios import sweep

ORIGIN = dt.date(2023, 11, 1)


def test_a_table_worked_by_hand():
    spells = pd.DataFrame(
        [
            ("A", "2024-01-05", "2024-04-01"),  # left in the second quarter,
            ("A", "2024-11-01", None),  # back in the fourth
            ("B", "2024-02-01", "2024-06-30"),  # left on the last day of the second: no client at its end
            ("C", "2024-05-01", None),
        ],
        columns=["client_id", "start", "left_on"],
    )
    table = cohort_triangle(spells, as_of="2024-12-31")
    assert table.index.tolist() == ["2024-Q1", "2024-Q2"]
    assert table["clients"].tolist() == [2, 1]
    assert table.loc["2024-Q1", [0, 1, 2, 3]].tolist() == [1, 0, 0, 0.5]
    assert table.loc["2024-Q2", [0, 1, 2]].tolist() == [1, 1, 1]
    assert pd.isna(table.loc["2024-Q2", 3])


@st.composite
def stays(draw):
    """Up to 12 clients with up to 3 spells each, one after another."""
    rows = []
    for client in range(draw(st.integers(1, 12))):
        day = draw(st.integers(0, 500))
        for _ in range(draw(st.integers(1, 3))):
            length = draw(st.integers(0, 300))
            rows.append((client, ORIGIN + dt.timedelta(day), ORIGIN + dt.timedelta(day + length)))
            day += length + draw(st.integers(1, 200))
        if draw(st.booleans()):
            rows[-1] = (*rows[-1][:2], None)
    return pd.DataFrame(rows, columns=["client_id", "start", "left_on"])


@sweep()
@given(stays(), st.sampled_from(["month", "quarter", "year"]), st.integers(0, 1500))
def test_each_cell_is_a_count_of_clients(spells, by, days):
    as_of = ORIGIN + dt.timedelta(days)
    table = cohort_triangle(spells, by, as_of)
    begun = spells[spells["start"] <= as_of]
    joined = begun.groupby("client_id")["start"].min()
    cohorts = joined.map(lambda day: pd.Period(day, by[0].upper()))
    assert table["clients"].tolist() == cohorts.value_counts().sort_index().tolist()
    for cohort, (_, row) in zip(sorted(set(cohorts)), table.iterrows(), strict=True):
        members = begun[begun["client_id"].isin(cohorts.index[cohorts == cohort])]
        for since in table.columns[1:]:
            end = (cohort + since).end_time.date()
            if end > as_of:
                assert pd.isna(row[since])
                continue
            there = members[
                (members["start"] <= end) & (members["left_on"].isna() | (members["left_on"] > end))
            ]
            assert row[since] == pytest.approx(there["client_id"].nunique() / row["clients"])


def test_without_a_day_the_latest_one_in_the_frame_counts():
    spells = pd.DataFrame([("A", "2024-01-05", "2024-12-31")], columns=["client_id", "start", "left_on"])
    assert cohort_triangle(spells).columns.tolist() == ["clients", 0, 1, 2, 3]


def test_no_spells_make_an_empty_triangle_and_an_unknown_period_is_refused():
    nothing = pd.DataFrame(columns=["client_id", "start", "left_on"])
    assert len(cohort_triangle(nothing)) == 0
    with pytest.raises(ValueError, match="week"):
        cohort_triangle(nothing, by="week")


def test_a_spell_without_a_start_is_refused():
    spells = pd.DataFrame({"client_id": ["A", "B"], "start": ["2024-01-05", None], "left_on": [None, None]})
    with pytest.raises(ValueError, match="one is missing"):
        cohort_triangle(spells)
    with pytest.raises(ValueError, match="one is missing"):
        cohort_triangle(spells[["client_id"]])


def test_spells_may_come_as_a_list_of_rows():
    rows = [{"client_id": "A", "start": "2024-01-05", "left_on": None}]
    pd.testing.assert_frame_equal(cohort_triangle(rows), cohort_triangle(pd.DataFrame(rows)))
    assert len(cohort_triangle([])) == 0
