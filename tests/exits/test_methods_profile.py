"""Leavers against stayers: against statsmodels, and a published example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from exits.methods import difference
from tests.exits.portfolios import sweep


@sweep()
@given(st.integers(1, 80), st.integers(1, 80), st.data())
def test_the_interval_of_a_difference_is_newcombes(first_n, second_n, data):
    first, second = data.draw(st.integers(0, first_n)), data.draw(st.integers(0, second_n))
    expected = confint_proportions_2indep(first, first_n, second, second_n, method="newcomb", compare="diff")
    found = difference(first, first_n, second, second_n)
    assert (found.lower, found.upper) == pytest.approx(expected, abs=1e-9)
    assert found.difference == pytest.approx(first / first_n - second / second_n)


def test_a_difference_that_was_published():
    # Newcombe (1998), table II, method 10: 56/70 - 48/80 is 0.2000 (0.0524, 0.3339)
    found = difference(56, 70, 48, 80)
    assert [round(number, 4) for number in (found.difference, found.lower, found.upper)] == [
        0.2,
        0.0524,
        0.3339,
    ]


def test_a_standardised_difference_is_in_pooled_deviations():
    assert difference(5, 10, 1, 10).standardised == pytest.approx(0.4 / ((0.25 + 0.09) / 2) ** 0.5)
    assert difference(10, 10, 10, 10).standardised == 0
    assert difference(10, 10, 0, 10).standardised is None
    assert difference(0, 0, 1, 10).difference is None
