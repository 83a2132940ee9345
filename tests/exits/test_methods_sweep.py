"""Random portfolios: whatever the methods compute equals a count day by day."""

import datetime as dt

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from exits.methods import (
    CAUSES,
    all_rates,
    as_counts,
    count_by,
    count_period,
    decision_points,
    follow_on_retention,
    ignored_statuses,
    rates,
    roll_forward,
    spells,
)
from tests.exits import brute_force
from tests.exits.portfolios import periods_until, portfolios, sweep

DIMENSIONS = ["product", "officer", "group", "cycle"]
STEPS = ["year", "month"]
WAYS = [None, *DIMENSIONS, *STEPS]
SPELL_COLUMNS = [
    "client_id", "start", "last_day", "left_on", "cause", "first", "loans", "product", "officer", "group",
    "cycle", "resting", "last_loan_id",
]  # fmt: skip


def plain(value):
    """A cell as plain Python: no NaT, no timestamps."""
    if value is None or value is pd.NaT:
        return None
    return value.date() if isinstance(value, dt.datetime) else value


def rows_of(frame):
    """The same as `to_dict("records")`, which takes most of the time that frames of a few rows take."""
    columns = [map(plain, frame[name].tolist()) for name in frame.columns]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def as_table(rows):
    """Rows of `count_by` in the shape of the brute force's table."""
    return {
        (row["group"], row["period"]): {
            "start": row["start"],
            "end": row["end"],
            **{name: row[name] for name in ("B", "new", "returned", "exits", "E", "D", "F")},
            "causes": {cause: row[cause] for cause in CAUSES},
        }
        for row in rows
    }


@sweep(at_least=200)
@given(st.data(), portfolios(), st.sets(st.sampled_from(CAUSES)))
def test_spells_counts_and_all_seven_rates_equal_a_walk_through_every_day_whole_and_by_every_group(
    data, portfolio, causes
):
    clients, loans, movements = portfolio.frames()
    for as_of in portfolio.as_of:
        known = (portfolio, portfolio.window, as_of, portfolio.savings)
        stays = spells(loans, portfolio.window, as_of, clients, movements)
        assert list(stays.columns) == SPELL_COLUMNS
        expected = brute_force.spells(*known)
        assert rows_of(stays) == [{name: spell[name] for name in SPELL_COLUMNS} for spell in expected]
        warned = ignored_statuses(loans, portfolio.window, as_of, clients, movements)
        assert warned == brute_force.ignored(*known)
    points = decision_points(loans, portfolio.window, as_of)
    start, end = data.draw(periods_until(as_of))
    question = (portfolio, portfolio.window, start, end, as_of, portfolio.savings)
    for by, expected in brute_force.tables(*question, WAYS).items():
        how = {"step": by} if by in STEPS else {"by": by}
        found = rows_of(count_by(stays, start, end, points=points, as_of=as_of, **how))
        assert as_table(found) == expected
        for row in found:
            counts = as_counts(row)
            assert roll_forward(counts.B, counts.new, counts.returned, counts.exits) == counts.E
            seven = brute_force.seven_rates(expected[row["group"], row["period"]], causes)
            assert all_rates(counts, causes) == seven


@sweep(100)
@given(st.data(), portfolios())
def test_one_period_and_its_follow_on_loans_equal_the_day_by_day_count(data, portfolio):
    clients, loans, movements = portfolio.frames()
    for as_of in portfolio.as_of:
        start, end = data.draw(periods_until(as_of))
        stays = spells(loans, portfolio.window, as_of, clients, movements)
        expected = brute_force.count(
            brute_force.spells(portfolio, portfolio.window, as_of, portfolio.savings), start, end
        )
        counts = count_period(stays, start, end, as_of)
        assert {
            "B": counts.B,
            "new": counts.new,
            "returned": counts.returned,
            "exits": counts.exits,
            "causes": counts.causes,
            "E": counts.E,
        } == expected
        six = rates(counts.B, counts.N, counts.exits, counts.E)
        assert six == {name: all_rates(counts)[name] for name in six}
        decided = brute_force.decisions(portfolio, portfolio.window, start, end, as_of)
        assert follow_on_retention(loans, portfolio.window, start, end, as_of) == (
            sum(followed for _, followed in decided),
            len(decided),
        )


@sweep(100)
@given(portfolios())
def test_decision_points_are_the_days_on_which_the_day_by_day_count_finds_a_decision(portfolio):
    _, loans, _ = portfolio.frames()
    as_of = portfolio.as_of[-1]
    first = min([loan["disbursed_on"] for loan in portfolio.loans], default=as_of)
    daily = brute_force.decided_daily(portfolio, portfolio.window, min(first, as_of), as_of, as_of)
    expected = [
        (loan["client_id"], day, loan["loan_id"], followed)
        for own in daily
        for day, (loan, followed) in own.items()
    ]
    points = decision_points(loans, portfolio.window, as_of)
    columns = ["client_id", "ended_on", "loan_id", "followed"]
    assert [tuple(row[name] for name in columns) for row in rows_of(points)] == sorted(expected)


@sweep(100)
@given(portfolios())
def test_one_window_for_all_equals_the_same_window_for_each_product(portfolio):
    clients, loans, movements = portfolio.frames()
    as_of = portfolio.as_of[-1]
    one = spells(loans, 7, as_of, clients, movements)
    assert rows_of(one) == rows_of(spells(loans, {None: 7}, as_of, clients, movements))
    each = dict.fromkeys(loans["product"], 7) | {None: 45}
    if movements is None:
        assert rows_of(one) == rows_of(spells(loans, each, as_of, clients))


@sweep(100)
@given(portfolios())
def test_an_exit_that_is_settled_stays_as_more_days_pass(portfolio):
    clients, loans, movements = portfolio.frames()
    earlier, later = portfolio.as_of[0], portfolio.as_of[-1] + dt.timedelta(days=30)
    # Deaths and written-off loans of which one hears later do change the past; leave both out.
    clients = clients.assign(status="active")
    loans = loans.assign(written_off_on=None)
    then = spells(loans, portfolio.window, earlier, clients, movements)
    now = spells(loans, portfolio.window, later, clients, movements)
    key = ["client_id", "start", "last_day", "left_on", "cause", "loans", "last_loan_id"]
    settled = {tuple(row[name] for name in key) for row in rows_of(then) if row["left_on"]}
    assert settled <= {tuple(row[name] for name in key) for row in rows_of(now)}
