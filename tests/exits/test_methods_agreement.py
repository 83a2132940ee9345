"""Kappa: against statsmodels on random answers, and a table worked by hand."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from exits.methods import agreement
from tests.exits.portfolios import sweep


def test_a_table_worked_by_hand():
    # 20 and 15 agree of 50: observed 0.7; by chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5; kappa 0.4
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = agreement(first, second)
    assert (found.n, found.observed, found.expected) == (50, 0.7, 0.5)
    assert found.kappa == pytest.approx(0.4)


@sweep()
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60))
def test_kappa_and_its_interval_agree_with_statsmodels(pairs):
    first, second = zip(*pairs, strict=True)
    table = np.zeros((4, 4))
    np.add.at(table, (first, second), 1)
    assume(len(set(first)) > 1 and len(set(second)) > 1)
    with np.errstate(invalid="ignore"):  # where there is nothing to test kappa against
        expected = cohens_kappa(table)
    found = agreement([f"r{answer}" for answer in first], [f"r{answer}" for answer in second])
    assert found.kappa == pytest.approx(expected.kappa, abs=1e-9)
    assert found.lower == pytest.approx(max(expected.kappa_low, -1), abs=1e-9)
    assert found.upper == pytest.approx(min(expected.kappa_upp, 1), abs=1e-9)


def test_a_pair_with_an_answer_missing_is_left_out():
    assert agreement(["a", "", None, "b"], ["a", "a", "b", "b"]).n == 2
    assert agreement([], []) == (0, None, None, None, None, None)


def test_where_all_say_the_same_there_is_no_kappa():
    found = agreement(["a", "a"], ["a", "a"])
    assert (found.observed, found.kappa) == (1.0, None)


def test_answers_about_different_people_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        agreement(["a"], [])
