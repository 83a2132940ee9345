"""The numbers of the desk, against plain loops."""

import datetime as dt
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.methods import desk
from feedback.methods.desk import Case
from feedback.methods.handling import MOVES, STATES, after, verbs
from tests.feedback.sweeps import sweep

FIRST = dt.date(2026, 1, 28)
DAYS = st.integers(0, 80).map(lambda number: FIRST + dt.timedelta(days=number))
CASES = st.lists(st.builds(Case, DAYS, DAYS, st.none() | DAYS), max_size=30)


@sweep(200)
@given(cases=CASES, day=DAYS)
def test_on_time_is_counted_both_ways_as_one_by_one(cases, day):
    on_time = closed = overdue = 0
    for case in cases:
        if case.closed:
            closed += 1
            on_time += not case.closed > case.due
        elif day > case.due:
            overdue += 1
    found = desk.on_time(cases, day)
    assert (found.on_time, found.closed, found.overdue) == (on_time, closed, overdue)
    assert found.of_closed == (on_time / closed if closed else None)
    assert found.with_overdue == (on_time / (closed + overdue) if closed + overdue else None)


def test_leaving_late_ones_open_makes_the_second_share_smaller_and_not_the_first():
    done = [Case(FIRST, FIRST, FIRST)]
    late = [*done, Case(FIRST, FIRST)]
    after_it = FIRST + dt.timedelta(days=1)
    assert [desk.on_time(cases, after_it).of_closed for cases in (done, late)] == [1, 1]
    assert [desk.on_time(cases, after_it).with_overdue for cases in (done, late)] == [1, 0.5]
    assert desk.on_time(late, FIRST).with_overdue == 1


@sweep(200)
@given(days=st.lists(st.integers(0, 90), max_size=40), tenths=st.integers(1, 10))
def test_a_quantile_is_the_fewest_days_within_which_the_share_was_done(days, tenths):
    wanted = None
    for most in range(91):
        done = sum(day <= most for day in days)
        if days and Fraction(done, len(days)) >= Fraction(tenths, 10):
            wanted = most
            break
    assert desk.quantile(days, tenths / 10) == wanted
    assert (desk.median(days), desk.ninetieth(days)) == (
        desk.quantile(days, 0.5),
        desk.quantile(days, 0.9),
    )


@pytest.mark.parametrize(
    ("age", "band"), [(0, 0), (7, 0), (8, 1), (15, 1), (16, 2), (30, 2), (31, 3), (45, 3), (46, 4), (900, 4)]
)
def test_ages_fall_into_the_bands_with_both_ends(age, band):
    assert desk.ageing([age]) == [int(number == band) for number in range(5)]


def test_an_age_below_zero_is_refused():
    with pytest.raises(ValueError, match="younger"):
        desk.ageing([-1])


def test_complaints_are_for_each_thousand_active_clients_and_none_of_none():
    assert (desk.per_thousand(3, 1500), desk.per_thousand(3, 0)) == (2, None)


LIVES = st.lists(
    st.tuples(st.sampled_from("ab"), st.lists(st.integers(0, 40), min_size=1, max_size=6).map(sorted)),
    max_size=20,
)


@sweep(200)
@given(lives=LIVES, span=st.tuples(st.integers(0, 45), st.integers(0, 45)).map(sorted))
def test_the_balance_adds_up_in_every_group_and_period_and_counts_as_one_by_one(lives, span):
    kinds = ("received", "closed", "reopened", "closed", "reopened", "closed")
    start, end = (FIRST + dt.timedelta(days=number) for number in span)
    steps, opened_at = [], {day: Counter() for day in (start - dt.timedelta(days=1), end)}
    seen, open_now = {kind: Counter() for kind in ("received", "reopened", "closed")}, []
    for group, numbers in lives:
        life = [(kind, FIRST + dt.timedelta(days=n)) for kind, n in zip(kinds, numbers, strict=False)]
        steps += [(group, kind, day) for kind, day in life]
        for evening, counted in opened_at.items():
            before = [kind for kind, day in life if day <= evening]
            counted[group] += bool(before) and before[-1] != "closed"
        open_now += [group] if life[-1][0] != "closed" else []
        for kind, day in life:
            seen[kind][group] += start <= day <= end
    steps += [(group, "note", start) for group, _numbers in lives]
    found = desk.balances(steps, open_now, start, end)
    assert set(found) == {group for group, _numbers in lives}
    morning, evening = opened_at.values()
    for group, balance in found.items():
        assert balance.adds_up
        assert (balance.start, balance.end) == (morning[group], evening[group])
        assert (balance.received, balance.reopened, balance.closed) == tuple(
            seen[kind][group] for kind in ("received", "reopened", "closed")
        )


def test_a_step_that_is_missing_does_not_add_up():
    found = desk.balances([("a", "received", FIRST)], [], FIRST, FIRST)
    assert found["a"].adds_up is False


def test_every_state_can_be_left_but_by_nothing_that_stops_the_clock():
    assert {state: [verb for verb in verbs(state) if after(verb, state) != state] for state in STATES} == {
        "received": ["sort"],
        "open": ["resolve"],
        "resolved": ["resume", "close", "appeal"],
        "closed": ["reopen", "appeal"],
    }
    assert {state for moves in MOVES.values() for state in moves.values()} == set(STATES)
