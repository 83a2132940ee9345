"""The seven rates: worked rows, identities, compounding, and Wilson's interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from exits.methods import ALL_RATES, BY_CAUSE, SHARES, Counts, all_rates, compound, rates, wilson
from tests.exits.portfolios import sweep

# Opening, entrants, closing, exits; then the published percentages in the order of `rates`.
WORKED = [
    ((1000, 400, 1100, 300), [30.00, 21.43, 78.57, 70.00, 27.27, 28.57]),
    ((5000, 0, 4500, 500), [10.00, 10.00, 90.00, 90.00, 11.11, 10.53]),
    ((200, 900, 300, 800), [400.00, 72.73, 27.27, -300.00, 266.67, 320.00]),
    ((430, 2055, 1000, 1485), [345.35, 59.76, 40.24, -245.35, 148.50, 207.69]),
    ((0, 50, 40, 10), [None, 20.00, 80.00, None, 25.00, 50.00]),
]
NAMES = [
    "dropout_opening",
    "exit_dealt_with",
    "retention_dealt_with",
    "retention_opening",
    "exit_closing",
    "exit_average",
]
SOME = Counts(
    B=1000, new=300, returned=100, causes={"client": 200, "mfi": 70, "death": 30}, E=1100, D=800, F=600
)


def percent(rate):
    return None if rate is None else round(rate * 100, 2)


@pytest.mark.parametrize(("given_", "expected"), WORKED)
def test_the_worked_rows_are_reproduced(given_, expected):
    B, N, E, X = given_  # noqa: N806 - the trade's symbols
    found = rates(B, N, X, E)
    assert list(found) == NAMES
    assert [percent(rate) for rate in found.values()] == expected
    counts = Counts(B=B, new=N, causes={"client": X}, E=E)
    assert all_rates(counts) == {**found, "follow_on_retention": None}


def test_no_rate_has_a_denominator_of_zero():
    assert set(rates(0, 0, 0, 0).values()) == {None}
    assert set(all_rates(Counts()).values()) == {None}


def test_columns_give_columns_with_nan_for_an_undefined_rate():
    columns = [np.array(column) for column in zip(*(given_ for given_, _ in WORKED), strict=True)]
    B, N, E, X = columns  # noqa: N806 - the trade's symbols
    found = rates(B, N, X, E)
    for place, (_, expected) in enumerate(WORKED):
        row = [None if np.isnan(column[place]) else percent(column[place]) for column in found.values()]
        assert row == expected


def test_six_hundred_follow_on_loans_of_eight_hundred_are_three_quarters():
    assert all_rates(SOME)["follow_on_retention"] == 0.75


def test_the_rates_are_seven_in_their_order():
    assert [rate.name for rate in ALL_RATES] == [*NAMES, "follow_on_retention"]
    assert SHARES == ("exit_dealt_with", "retention_dealt_with", "follow_on_retention")
    assert BY_CAUSE == ("dropout_opening", "exit_dealt_with", "exit_closing", "exit_average")


def test_kept_to_some_causes_only_the_exit_formulas_change():
    whole, kept = all_rates(SOME), all_rates(SOME, ["client"])
    assert [name for name in whole if whole[name] != kept[name]] == list(BY_CAUSE)
    assert kept["exit_dealt_with"] == 200 / 1400
    assert kept["exit_closing"] == 200 / 1100
    assert all_rates(SOME, [])["dropout_opening"] == 0


def test_a_cause_named_twice_counts_once():
    assert all_rates(SOME, ["client", "client"]) == all_rates(SOME, ["client"])


def test_only_shares_have_an_interval():
    with_interval = [rate.name for rate in ALL_RATES if rate.interval(SOME)]
    assert tuple(with_interval) == SHARES
    exit_dealt_with = next(rate for rate in ALL_RATES if rate.name == "exit_dealt_with")
    assert exit_dealt_with.interval(SOME, ["mfi"]) == wilson(70, 1400)


@sweep()
@given(st.integers(0, 5000), st.integers(0, 5000), st.data())
def test_the_identities_between_the_rates_hold(B, N, data):  # noqa: N803 - the trade's symbols
    X = data.draw(st.integers(0, B + N))  # noqa: N806
    E = B + N - X  # noqa: N806
    found = rates(B, N, X, E)
    if B:
        assert found["dropout_opening"] + found["retention_opening"] == pytest.approx(1)
        assert found["exit_dealt_with"] <= found["dropout_opening"]
        assert (found["exit_dealt_with"] == found["dropout_opening"]) is (N == 0 or X == 0)
    if B + N:
        assert found["exit_dealt_with"] + found["retention_dealt_with"] == pytest.approx(1)
        assert found["exit_dealt_with"] == pytest.approx((B + N - E) / (B + N))
    assert (found["exit_closing"] is None) is (E == 0)
    assert (found["dropout_opening"] is None) is (B == 0)


def test_five_per_cent_a_quarter_compound_to_less_than_twenty_a_year():
    assert percent(compound([0.05] * 4)) == 18.55


def test_compounding_nothing_is_zero_and_an_undefined_part_leaves_the_whole_undefined():
    assert compound([]) == 0
    assert compound([0.1, None]) is None
    assert compound([1.0, 0.2]) == 1


@sweep()
@given(st.integers(1, 10_000), st.sampled_from([0.8, 0.9, 0.95, 0.99]), st.data())
def test_wilsons_interval_agrees_with_statsmodels(n, confidence, data):
    successes = data.draw(st.integers(0, n))
    expected = proportion_confint(successes, n, alpha=1 - confidence, method="wilson")
    assert wilson(successes, n, confidence) == pytest.approx(expected, abs=1e-9)


def test_wilsons_interval_is_none_without_cases_closed_at_its_ends_and_refuses_nonsense():
    assert wilson(0, 0) is None
    assert wilson(0, 5)[0] == 0
    assert wilson(5, 5)[1] == 1
    with pytest.raises(ValueError, match="between 0 and n"):
        wilson(6, 5)
