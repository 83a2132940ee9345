"""Logistic regression: against statsmodels, and no answer exactly where none exists."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from statsmodels.discrete.discrete_model import Logit

from exits.methods import logistic
from tests.exits.portfolios import sweep

ONE = 1.0


def test_a_two_by_two_table_gives_the_odds_ratio_worked_by_hand():
    # 12 of 40 women and 30 of 60 men left: odds 12/28 and 30/30, their ratio 0.428571
    found = logistic([[ONE, 1], [ONE, 0]], [12, 30], [40, 60])
    assert np.exp(found.coefficients) == pytest.approx([30 / 30, 12 * 30 / (28 * 30)])
    # Woolf's error of its logarithm: the root of 1/12 + 1/28 + 1/30 + 1/30
    assert found.errors[1] == pytest.approx((1 / 12 + 1 / 28 + 1 / 30 + 1 / 30) ** 0.5)


def test_a_small_set_by_hand_is_what_statsmodels_finds():
    # woman, young, first loan: how many, how many left
    table = [
        (1, 1, 1, 20, 9), (1, 1, 0, 25, 6), (1, 0, 1, 15, 5), (1, 0, 0, 40, 7),
        (0, 1, 1, 18, 11), (0, 1, 0, 22, 8), (0, 0, 1, 16, 8), (0, 0, 0, 30, 9),
    ]  # fmt: skip
    x = np.array([[ONE, *row[:3]] for row in table])
    trials, left = (np.array([row[place] for row in table]) for place in (3, 4))
    found, expected = logistic(x, left, trials), plainly(x, left, trials)
    assert found.coefficients == pytest.approx(expected.params, abs=1e-7)
    assert found.errors == pytest.approx(expected.bse, abs=1e-7)
    assert found.log_likelihood == pytest.approx(expected.llf)


def plainly(x, events, trials):
    """The same by statsmodels, one row for each who was counted."""
    rows, left = (
        np.repeat(x, trials, axis=0),
        [y for e, n in zip(events, trials, strict=True) for y in [1] * e + [0] * (n - e)],
    )
    return Logit(left, rows).fit(disp=0, maxiter=200, tol=1e-12)


def is_parted(x, events, trials):
    """Is there a direction along which events and others lie on two sides? By linear programming."""
    signed = np.concatenate([x[events > 0], -x[events < trials]])
    best = linprog(
        -signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=[(-1, 1)] * x.shape[1]
    )
    return best.fun < -1e-9


@sweep(400, at_least=40)
@given(st.integers(1, 3), st.data())
def test_there_is_an_answer_where_one_exists_and_it_is_that_of_statsmodels(width, data):
    patterns = data.draw(
        st.lists(st.tuples(*[st.integers(0, 1)] * width), min_size=2, max_size=8, unique=True)
    )
    trials = np.array([data.draw(st.integers(1, 9)) for _pattern in patterns])
    events = np.array([data.draw(st.integers(0, int(n))) for n in trials])
    x = np.array([[ONE, *pattern] for pattern in patterns])
    found = logistic(x, events, trials)
    if np.linalg.matrix_rank(x) <= width or is_parted(x, events, trials):
        assert found is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statsmodels warns of a perfect fit where it only comes near one
        expected = plainly(x, events, trials)
    assert found.coefficients == pytest.approx(expected.params, abs=1e-5)
    assert found.errors == pytest.approx(expected.bse, rel=1e-4)


@pytest.mark.parametrize(("events", "trials"), [([5, 0], [5, 5]), ([0, 0], [5, 5]), ([5, 3], [5, 5])])
def test_separation_has_no_answer(events, trials):
    assert logistic([[ONE, 1], [ONE, 0]], events, trials) is None


def test_columns_that_follow_from_each_other_have_no_answer():
    assert logistic([[ONE, 1, 0], [ONE, 0, 1], [ONE, 1, 0]], [3, 4, 2], [9, 9, 9]) is None
