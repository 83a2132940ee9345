"""Periods, groups and decisions to borrow again, counted by hand."""

import datetime as dt

import pytest

from exits.methods import (
    Counts,
    age_bands,
    count_by,
    count_period,
    decision_points,
    follow_on_retention,
    periods,
    spell_of,
    spells,
)
from tests.exits.by_hand import W, day, loans


def test_the_day_of_leaving_is_no_longer_a_day_of_activity():
    found = spells(loans(("a", 0, 100)), W, day(300))
    assert count_period(found, day(1), day(99)).E == 1
    assert count_period(found, day(1), day(100)).E == 0
    assert count_period(found, day(100), day(120)).B == 1
    assert count_period(found, day(101), day(120)).B == 0


def test_a_client_who_enters_and_leaves_within_the_period_is_in_both():
    found = spells(loans(("a", 10, 20)), W, day(300))
    assert count_period(found, day(0), day(30)) == Counts(
        B=0, new=1, returned=0, causes={"client": 1, "mfi": 0, "death": 0}, E=0
    )


def test_a_period_that_ends_after_the_data_or_before_it_starts_is_refused():
    frame = loans(("a", 0, 100))
    with pytest.raises(ValueError, match="day of the data"):
        count_period(spells(frame, W, day(200)), day(0), day(201), as_of=day(200))
    with pytest.raises(ValueError, match="before it starts"):
        count_period(spells(frame, W, day(200)), day(10), day(9))
    with pytest.raises(ValueError, match="day of the data"):
        follow_on_retention(frame, W, day(0), day(201), day(200))
    with pytest.raises(ValueError, match="before it starts"):
        follow_on_retention(frame, W, day(10), day(9), day(200))


def test_years_and_months_are_clipped_to_the_period():
    cut = periods(dt.date(2024, 11, 20), dt.date(2025, 1, 5), "month")
    assert [(p.label, p.start, p.end) for p in cut] == [
        ("2024-11", dt.date(2024, 11, 20), dt.date(2024, 11, 30)),
        ("2024-12", dt.date(2024, 12, 1), dt.date(2024, 12, 31)),
        ("2025-01", dt.date(2025, 1, 1), dt.date(2025, 1, 5)),
    ]
    years = periods("2024-11-20", "2025-01-05", "year")
    assert [(p.label, p.start, p.end) for p in years] == [
        ("2024", dt.date(2024, 11, 20), dt.date(2024, 12, 31)),
        ("2025", dt.date(2025, 1, 1), dt.date(2025, 1, 5)),
    ]
    with pytest.raises(ValueError, match="year or month"):
        periods("2024-11-20", "2025-01-05", "week")


def test_a_period_is_provisional_while_exits_on_its_last_day_are_not_known():
    (whole,) = periods(day(0), day(100))
    assert [whole.provisional(day(190), 90), whole.provisional(day(191), 90)] == [True, False]


def test_groups_may_be_any_values_and_a_missing_one_is_empty():
    found = spells(loans(("a", 0, 10), ("b", 0, None), ("c", 5, None)), W, day(200))
    rows = count_by(found, day(1), day(50), by=["North", None, "North"])
    assert rows[["group", "B", "new", "client", "E"]].values.tolist() == [
        ["", 1, 0, 0, 1],
        ["North", 1, 1, 1, 1],
    ]


def test_groups_without_any_count_are_left_out_unless_wanted():
    found = spells(loans(("a", 0, 10), ("b", 100, None)), W, day(300))
    assert count_by(found, day(50), day(60), by="client_id")["group"].tolist() == []
    assert count_by(found, day(50), day(60), by="client_id", keep_empty=True)["group"].tolist() == ["a", "b"]


def test_a_decision_counts_once_by_the_last_one_in_the_period():
    frame = loans(("a", 0, 100), ("a", 110, 150), ("b", 0, 100), ("b", 191, None))
    assert follow_on_retention(frame, W, day(0), day(120), day(400)) == (1, 2)
    assert follow_on_retention(frame, W, day(0), day(149), day(400)) == (1, 2)
    assert follow_on_retention(frame, W, day(0), day(150), day(400)) == (0, 2)


def test_decisions_on_neighbouring_days_count_once_in_each_month_and_once_in_the_whole():
    frame = loans(("a", 0, 30), ("a", 30, 31))
    found, points = spells(frame, W, day(400)), decision_points(frame, W, day(400))
    by_month = count_by(found, day(0), day(59), step="month", points=points)
    assert by_month[["period", "D", "F"]].values.tolist() == [["2024-01", 1, 1], ["2024-02", 1, 0]]
    whole = count_by(found, day(0), day(59), points=points)
    assert whole[["D", "F"]].values.tolist() == [[1, 0]]


def test_another_clients_loan_does_not_follow_on():
    assert follow_on_retention(loans(("a", 0, 100), ("b", 110, None)), W, day(0), day(200), day(400)) == (
        0,
        1,
    )


def test_of_loans_that_end_on_one_day_the_last_in_the_order_decides():
    points = decision_points(loans(("a", 0, 100, "X"), ("a", 50, 100, "Y"), ("b", 0, 100)), W, day(400))
    assert points[["client_id", "loan_id", "product"]].values.tolist() == [["a", "L1", "Y"], ["b", "L2", "P"]]


def test_a_decision_waits_until_its_window_is_over():
    frame = loans(("a", 0, 100))
    assert follow_on_retention(frame, W, day(0), day(120), day(190)) == (0, 0)
    assert follow_on_retention(frame, W, day(0), day(120), day(191)) == (0, 1)


def test_there_is_no_decision_while_another_loan_is_open_nor_after_a_write_off():
    assert follow_on_retention(loans(("a", 0, 100), ("a", 50, 101)), W, day(0), day(100), day(400)) == (0, 0)
    lost = loans(("a", 0, 100)).assign(written_off_on=day(90))
    assert follow_on_retention(lost, W, day(0), day(100), day(400)) == (0, 0)


def test_a_loan_taken_on_the_day_the_last_one_ends_follows_on():
    frame = loans(("a", 0, 100), ("a", 100, None))
    assert follow_on_retention(frame, W, day(0), day(100), day(400)) == (1, 1)


def test_of_loans_begun_and_ended_on_one_day_the_order_says_which_is_open_and_which_follows():
    open_first = loans(("A", 0, None), ("a", 10, None), ("a", 10, 10))
    assert follow_on_retention(open_first, W, day(0), day(50), day(400)) == (0, 0)
    open_last = loans(("a", 10, 10), ("a", 10, None))
    assert follow_on_retention(open_last, W, day(0), day(50), day(400)) == (1, 1)


def test_a_loan_taken_and_ended_meanwhile_does_not_hide_the_one_that_follows():
    frame = loans(("a", 0, 100), ("a", 50, 60), ("a", 110, None))
    assert follow_on_retention(frame, W, day(90), day(100), day(400)) == (1, 1)


def test_a_decision_belongs_to_the_group_of_its_spell():
    frame = loans(("a", 0, 100, "OLD"), ("a", 110, None, "NEW"), ("b", 0, 100, "OLD"))
    found, points = spells(frame, W, day(400)), decision_points(frame, W, day(400))
    assert spell_of(points, found).tolist() == [0, 1]
    assert spell_of(points, found.iloc[::-1]).tolist() == [1, 0]
    rows = count_by(found, day(0), day(200), by="product", points=points)
    assert rows[["group", "D", "F"]].values.tolist() == [["NEW", 1, 1], ["OLD", 1, 0]]


def test_age_bands_count_completed_years():
    born = [dt.date(2000, 2, 29)] * 3 + [dt.date(1969, 6, 15), None, dt.date(1989, 6, 16)]
    on = ["2025-02-28", "2025-03-01", "2035-02-28", "2024-06-15", "2024-06-15", "2024-06-15"]
    assert age_bands(born, on).tolist() == ["<25", "25-34", "25-34", "55+", "", "25-34"]
