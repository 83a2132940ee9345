"""Spells by hand: each case of the definition with its own small set of loans."""

import numpy as np
import pandas as pd
import pytest

from exits.methods import (
    Counts,
    count_period,
    decision_points,
    follow_on_retention,
    ignored_statuses,
    longest_window,
    spells,
)
from tests.exits.by_hand import W, clients, day, loans


def stays(frame, as_of, window=W, **more):
    """(client, start, left_on) of each spell, as numbers of days."""
    found = spells(frame, window, day(as_of), **more)
    first = pd.Timestamp(day(0))
    return [
        (client, (start - first).days, None if pd.isna(left) else (left - first).days)
        for client, start, left in zip(found["client_id"], found["start"], found["left_on"], strict=True)
    ]


def test_a_gap_of_exactly_the_window_goes_on_and_one_day_more_returns():
    assert stays(loans(("a", 0, 100), ("a", 190, 200)), 290) == [("a", 0, None)]
    assert stays(loans(("a", 0, 100), ("a", 191, 200)), 290) == [("a", 0, 100), ("a", 191, None)]


def test_a_client_rests_until_the_window_is_over_and_has_then_left_on_the_last_day():
    resting = spells(loans(("a", 0, 100)), W, day(190))
    assert (resting["resting"].item(), resting["left_on"].isna().item()) == (True, True)
    gone = spells(loans(("a", 0, 100)), W, day(191))
    assert (gone["resting"].item(), gone["left_on"].item(), gone["cause"].item()) == (
        False,
        pd.Timestamp(day(100)),
        "client",
    )


def test_a_date_after_the_day_of_the_data_is_not_known_yet():
    future = loans(("a", 0, 100), ("a", 500, 600))
    found = spells(future, W, day(99))
    assert found["last_day"].isna().tolist() == [True]
    assert found["loans"].tolist() == [1]


def test_the_first_spell_is_new_and_the_others_return():
    found = spells(loans(("a", 0, 10), ("a", 200, 210), ("b", 5, None)), W, day(400))
    assert found["first"].tolist() == [True, False, True]
    assert found["cycle"].tolist() == [1, 2, 1]


def test_the_window_is_that_of_the_product_that_ended_latest():
    overlap = loans(("a", 0, 100, "LONG"), ("a", 50, 80, "SHORT"), ("a", 130, None, "SHORT"))
    assert stays(overlap, 200, {"LONG": 30, "SHORT": 5}) == [("a", 0, None)]
    assert stays(overlap, 200, {"LONG": 29, "SHORT": 99}) == [("a", 0, 100), ("a", 130, None)]


def test_of_products_that_end_on_one_day_the_longest_window_counts():
    together = loans(("a", 0, 100, "SHORT"), ("a", 50, 100, "LONG"), ("a", 130, None, "SHORT"))
    assert stays(together, 200, {"LONG": 30, "SHORT": 5}) == [("a", 0, None)]


def test_a_product_without_a_window_takes_the_general_one_and_without_that_90_days():
    gap = loans(("a", 0, 100, "X"), ("a", 190, None))
    assert stays(gap, 300, {"P": 5}) == [("a", 0, None)]
    assert stays(gap, 300, {"P": 5, None: 89}) == [("a", 0, 100), ("a", 190, None)]


def test_loans_of_one_day_are_ordered_by_id_as_text():
    same_day = loans(("a", 0, 10), ("a", 0, 20)).assign(loan_id=["9", "10"], product=["NINE", "TEN"])
    found = spells(same_day, W, day(5))
    assert (found["product"].item(), found["last_loan_id"].item()) == ("NINE", "9")


@pytest.mark.parametrize(("status", "cause"), [("deceased", "death"), ("expelled", "mfi")])
def test_a_client_deceased_or_expelled_leaves_on_that_day(status, cause):
    found = spells(loans(("a", 0, None)), W, day(300), clients(("a", status, day(40))))
    assert (found["left_on"].item(), found["cause"].item()) == (pd.Timestamp(day(40)), cause)


def test_a_death_while_resting_moves_the_exit_to_that_day():
    one = loans(("a", 0, 100))
    assert stays(one, 400, clients=clients(("a", "deceased", day(190)))) == [("a", 0, 190)]


def test_a_death_after_the_window_changes_nothing_and_is_warned_of():
    one, dead = loans(("a", 0, 100)), clients(("a", "deceased", day(191)))
    assert stays(one, 400, clients=dead) == [("a", 0, 100)]
    assert ignored_statuses(one, W, day(400), dead) == ["a"]


def test_statuses_are_warned_of_before_the_first_loan_and_without_a_day_but_not_when_used_or_yet_to_come():
    frame = loans(
        ("early", 10, None), ("none", 0, None), ("used", 0, None), ("later", 0, None), ("today", 0, 5)
    )
    dead = clients(
        ("early", "deceased", day(9)),
        ("none", "expelled", None),
        ("used", "expelled", day(20)),
        ("later", "deceased", day(500)),
        ("today", "deceased", day(100)),
        ("no loans", "deceased", day(9)),
    )
    assert ignored_statuses(frame, W, day(100), dead) == ["early", "none", "today"]
    assert stays(frame, 100, clients=dead) == [
        ("early", 10, None),
        ("later", 0, None),
        ("none", 0, None),
        ("today", 0, 5),
        ("used", 0, 20),
    ]


def test_a_loan_after_the_death_starts_a_new_spell_and_one_on_the_day_does_not():
    frame = loans(("a", 0, 100), ("a", 50, 60), ("a", 51, 70))
    found = spells(frame, W, day(400), clients(("a", "deceased", day(50))))
    assert found["left_on"].tolist() == [pd.Timestamp(day(50)), pd.Timestamp(day(70))]
    assert found["loans"].tolist() == [2, 1]
    assert found["cause"].tolist() == ["death", "client"]


def test_after_a_death_the_loans_of_the_old_spell_no_longer_carry_the_new_one():
    frame = loans(("a", 0, None), ("a", 60, 70), ("a", 300, 310))
    dead = clients(("a", "deceased", day(50)))
    assert stays(frame, 500, clients=dead) == [("a", 0, 50), ("a", 60, 70), ("a", 300, 310)]


def test_a_loan_written_off_ends_that_day_by_the_institution():
    frame = loans(("a", 0, None)).assign(written_off_on=day(100))
    found = spells(frame, W, day(200))
    assert (found["left_on"].item(), found["cause"].item()) == (pd.Timestamp(day(100)), "mfi")


def test_a_loan_written_off_and_closed_ends_when_it_was_closed():
    frame = loans(("a", 0, 80)).assign(written_off_on=day(100))
    assert stays(frame, 300) == [("a", 0, 80)]
    assert spells(frame, W, day(300))["cause"].tolist() == ["mfi"]


def test_a_write_off_after_the_day_of_the_data_is_not_known_yet():
    frame = loans(("a", 0, 80)).assign(written_off_on=day(100))
    assert spells(frame, 5, day(99))["cause"].tolist() == ["client"]
    assert follow_on_retention(frame, 5, day(0), day(90), day(99)) == (0, 1)
    assert spells(frame, 5, day(100))["cause"].tolist() == ["mfi"]
    assert follow_on_retention(frame, 5, day(0), day(90), day(100)) == (0, 0)


def test_only_the_loan_that_ended_latest_decides_whether_the_institution_ended_it():
    frame = loans(("a", 0, None), ("a", 50, 120)).assign(written_off_on=[day(100), None])
    assert spells(frame, W, day(300))["cause"].tolist() == ["client"]


def test_of_loans_that_end_last_on_one_day_one_written_off_is_enough():
    frame = loans(("a", 0, None), ("a", 50, 100)).assign(written_off_on=[day(100), None])
    assert spells(frame, W, day(300))["cause"].tolist() == ["mfi"]


def test_movements_of_savings_carry_a_spell_over_only_where_they_count_and_are_the_clients():
    frame = loans(("a", 0, 100), ("a", 250, None))
    saved = pd.DataFrame({"client_id": "a", "date": [day(180)], "product": "BOX", "by_client": [1]})
    assert stays(frame, 300, movements=saved) == [("a", 0, None)]
    assert stays(frame, 300, movements=saved.assign(by_client=0)) == [("a", 0, 100), ("a", 250, None)]
    assert stays(frame, 300) == [("a", 0, 100), ("a", 250, None)]


def test_a_spell_of_savings_alone_has_the_accounts_product_and_the_clients_officer():
    frame = loans(("a", 0, 10))
    saved = pd.DataFrame(
        {"client_id": ["a", "b"], "date": day(200), "product": "BOX", "by_client": [True, True]}
    )
    people = clients(("a", "active", None), ("b", "active", None)).assign(officer=["ANA", None], group="SOL")
    found = spells(frame, W, day(220), people, saved)
    columns = ["client_id", "loans", "product", "officer", "group", "cycle", "first", "resting"]
    assert found[columns].values.tolist() == [
        ["a", 1, "P", "ANA", "SOL", 1, True, False],
        ["a", 0, "BOX", "ANA", "SOL", 1, False, True],
        ["b", 0, "BOX", "", "SOL", 0, True, True],
    ]
    assert found["last_loan_id"].tolist() == ["L0", None, None]


def test_a_loans_officer_and_group_go_before_the_clients():
    frame = loans(("a", 0, 10), ("b", 0, 10)).assign(officer=["BEN", ""], group=[None, "LUNA"])
    people = clients(("a", "active", None), ("b", "active", None)).assign(officer="ANA", group="SOL")
    found = spells(frame, W, day(20), people)
    assert found[["officer", "group"]].values.tolist() == [["BEN", "SOL"], ["ANA", "LUNA"]]


@pytest.mark.parametrize("form", ["date", "text", "datetime64", "blank text"])
def test_dates_may_come_in_any_form(form):
    frame = loans(("a", 0, 100), ("a", 300, None)).astype(object)
    dates = ["disbursed_on", "closed_on", "written_off_on"]
    if form == "datetime64":
        frame[dates] = frame[dates].apply(pd.to_datetime)
    if form in ("text", "blank text"):
        blank = "" if form == "blank text" else None
        frame[dates] = frame[dates].map(lambda value: value.isoformat() if value else blank)
    assert stays(frame, 350) == [("a", 0, 100), ("a", 300, None)]


def test_ids_keep_their_type_and_are_ordered_as_text():
    frame = loans((9, 0, None), (10, 0, None)).assign(loan_id=[1, 2])
    found = spells(frame, W, day(10))
    assert found["client_id"].tolist() == [10, 9]
    assert found["last_loan_id"].tolist() == [2, 1]


def test_rows_in_any_order_give_the_same_spells():
    frame = loans(("b", 0, 10), ("a", 200, None), ("a", 0, 100), ("b", 5, 40))
    shuffled = frame.iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(spells(frame, W, day(300)), spells(shuffled, W, day(300)))


def test_empty_frames_give_empty_frames_with_the_same_columns_and_types():
    some = loans(("a", 0, None))
    full, empty = spells(some, W, day(10)), spells(some.iloc[:0], {"P": 3}, day(10))
    assert (len(empty), list(empty.columns)) == (0, list(full.columns))
    dates = ["start", "last_day", "left_on"]
    assert set(empty[dates].dtypes) == set(full[dates].dtypes) == {np.dtype("datetime64[s]")}
    bare = spells(pd.DataFrame(), W, day(10), pd.DataFrame(), pd.DataFrame())
    assert (len(bare), list(bare.columns)) == (0, list(full.columns))
    assert len(decision_points(some.iloc[:0], W, day(10))) == 0
    assert list(decision_points(pd.DataFrame(), W, day(10)).columns) == list(
        decision_points(some, W, day(10)).columns
    )
    assert follow_on_retention(some.iloc[:0], W, day(0), day(5), day(10)) == (0, 0)
    assert count_period(empty, day(0), day(5)) == Counts()
    assert ignored_statuses(some, W, day(10), clients().reindex(columns=["client_id"])) == []


def test_a_loan_that_ends_before_it_starts_still_balances():
    found = spells(loans(("a", 50, 10)), W, day(300))
    counts = count_period(found, day(0), day(200))
    assert (counts.new, counts.exits, counts.E) == (1, 1, 0)
    assert found["left_on"].tolist() == [pd.Timestamp(day(50))]


@pytest.mark.parametrize("window", [-1, {"P": -1}])
def test_a_window_below_zero_is_refused(window):
    with pytest.raises(ValueError, match="window"):
        spells(loans(("a", 0, None)), window, day(10))


def test_the_longest_window_in_use():
    assert longest_window(30) == 30
    assert longest_window({"P": 30, None: 60}) == 60
    assert longest_window({"P": 30}) == 90
    assert longest_window({"P": 30, "Q": 200}, ["P", "P"]) == 30
