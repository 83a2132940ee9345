"""Competing causes: against statsmodels on random data, and against a table worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.duration.survfunc import CumIncidenceRight

from exits.methods import aalen_johansen, kaplan_meier
from tests.exits.portfolios import sweep


@st.composite
def ends(draw):
    """(durations, causes): 0 for a stay that goes on, ties within and between causes."""
    n = draw(st.integers(1, 60))
    durations = draw(st.lists(st.integers(1, 25), min_size=n, max_size=n))
    causes = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    return np.array(durations, dtype=float), np.array(causes)


def test_a_table_worked_by_hand():
    # Five stays; at 1 one of 5 leaves, at 2 one of 4 dies, at 3 one is out of sight, at 4 one of 2 leaves.
    curves = aalen_johansen([1, 2, 3, 4, 5], ["client", "death", None, "client", ""])
    assert curves.times.tolist() == [1, 2, 4]
    assert curves.at_risk.tolist() == [5, 4, 2]
    assert curves["client"] == pytest.approx([1 / 5, 1 / 5, 1 / 5 + 3 / 5 / 2])
    assert curves["death"] == pytest.approx([0, 1 / 5, 1 / 5])
    assert curves.survival == pytest.approx([4 / 5, 3 / 5, 3 / 10])


@sweep()
@given(ends(), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_curves_and_their_errors_agree_with_statsmodels(data, confidence):
    durations, causes = data
    curves = aalen_johansen(durations, causes, confidence)
    if not causes.any():
        assert curves.times.tolist() == []
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = CumIncidenceRight(durations, causes)
    at = np.searchsorted(expected.times, curves.times)
    for cause in np.unique(causes[causes > 0]):
        curve, error = expected.cinc[cause - 1][at], expected.cinc_se[cause - 1][at]
        assert curves[cause] == pytest.approx(curve, abs=1e-9)
        # statsmodels divides by 0 where nobody is left
        assert curves.error[cause][np.isfinite(error)] == pytest.approx(error[np.isfinite(error)], abs=1e-7)
        for place in np.flatnonzero((curve > 0) & (curve < 1) & np.isfinite(error)):
            spread = norm.ppf((1 + confidence) / 2) * error[place] / (curve[place] * np.log(curve[place]))
            assert curves.lower[cause][place] == pytest.approx(curve[place] ** np.exp(-spread), abs=1e-7)
            assert curves.upper[cause][place] == pytest.approx(curve[place] ** np.exp(spread), abs=1e-7)


@sweep()
@given(ends())
def test_the_curves_and_the_survival_of_any_cause_add_up_to_one(data):
    durations, causes = data
    curves = aalen_johansen(durations, causes)
    together = sum(curves.incidence.values(), curves.survival)
    assert together == pytest.approx(np.ones(len(curves.times)))
    alone = kaplan_meier(durations, causes > 0)
    assert curves.times.tolist() == alone.times.tolist()
    assert curves.survival == pytest.approx(alone.survival)


def test_one_cause_alone_is_what_kaplan_and_meier_leave():
    durations, events = [1, 2, 2, 5, 7], [True, True, False, True, False]
    curves = aalen_johansen(durations, ["client" if event else None for event in events])
    assert curves["client"] == pytest.approx(1 - kaplan_meier(durations, events).survival)


@sweep()
@given(st.lists(st.integers(1, 25), min_size=1, max_size=60))
def test_where_all_have_ended_for_one_cause_its_curve_is_one_for_certain(durations):
    curves = aalen_johansen(durations, ["client"] * len(durations))
    last = [curves[part]["client"][-1] for part in (2, 3, 4, 5)]
    assert last == [1, 0, 1, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = CumIncidenceRight(np.array(durations, dtype=float), np.ones(len(durations)))
    at = np.searchsorted(expected.times, curves.times)
    assert curves["client"] == pytest.approx(expected.cinc[0][at], abs=1e-9)


def test_what_ends_on_day_zero_counts_before_the_first_row():
    curves = aalen_johansen([0, 3, 4], ["mfi", "client", None])
    assert curves.times.tolist() == [3]
    assert curves["mfi"].tolist() == [pytest.approx(1 / 3)]


@pytest.mark.parametrize(("durations", "causes"), [([1], []), ([-1], [None]), ([float("nan")], ["client"])])
def test_what_cannot_be_a_stay_is_refused(durations, causes):
    with pytest.raises(ValueError, match="duration"):
        aalen_johansen(durations, causes)
