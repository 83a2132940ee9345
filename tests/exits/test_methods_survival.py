"""Survival: against statsmodels on random data, and against published values of the 6-MP trial."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from exits.methods import kaplan_meier, log_rank
from exits.methods.survival import chi_square_tail
from tests.exits.portfolios import sweep

# Weeks in remission of 42 children with acute leukaemia, + for those still in it. Freireich et al. (1963),
# Blood 21, 699-716; the weeks as printed in Le, Introductory Biostatistics, example 11.1.
MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def read(weeks):
    return [int(week.rstrip("+")) for week in weeks.split()], [
        not week.endswith("+") for week in weeks.split()
    ]


@st.composite
def observations(draw, groups=1, least=1):
    """(durations, events, groups), with ties between events and with censored times."""
    n = draw(st.integers(least, 60))
    durations = draw(st.lists(st.integers(1, 25), min_size=n, max_size=n))
    events = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    labels = draw(st.lists(st.integers(1, groups), min_size=n, max_size=n))
    return np.array(durations, dtype=float), np.array(events), np.array(labels)


def test_the_curve_of_the_6_mp_trial_is_as_published():
    # R's survfit for the data set drug6mp of KMsurv (Klein and Moeschberger, Survival Analysis, section 1.2).
    curve = kaplan_meier(*read(MERCAPTOPURINE))
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.survival.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]


def test_the_log_log_interval_of_the_6_mp_trial_is_as_published():
    # Rodríguez, "The Gehan Survival Data", data.princeton.edu/pop509/gehan.html: Stata's `sts list`.
    curve = kaplan_meier(*read(PLACEBO))
    assert curve.survival.round(4).tolist()[:2] == [0.9048, 0.8095]
    assert curve.lower.round(4).tolist()[:2] == [0.6700, 0.5689]
    assert curve.upper.round(4).tolist()[:2] == [0.9753, 0.9239]


def test_the_log_rank_test_of_the_6_mp_trial_is_as_published():
    # Manual of the CRAN package fastlogranktest, example of logrank_test.
    (treated, relapsed), (untreated, relapsed_too) = read(MERCAPTOPURINE), read(PLACEBO)
    test = log_rank(treated + untreated, relapsed + relapsed_too, ["6-MP"] * 21 + ["placebo"] * 21)
    assert f"{test.statistic:.6e} {test.p:.6e}" == "1.679294e+01 4.168809e-05"


@sweep()
@given(observations(), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_curve_agrees_with_statsmodels(data, confidence):
    durations, events, _ = data
    curve = kaplan_meier(durations, events, confidence)
    expected = SurvfuncRight(durations, events.astype(int)) if events.any() else None
    if expected is None:
        assert curve.times.tolist() == []
        return
    assert curve.times.tolist() == expected.surv_times.tolist()
    assert curve.at_risk.tolist() == expected.n_risk.tolist()
    assert curve.survival == pytest.approx(expected.surv_prob, abs=1e-9)
    for place, (survival, error) in enumerate(zip(expected.surv_prob, expected.surv_prob_se, strict=True)):
        if 0 < survival < 1:
            # the log-log interval from statsmodels' own Greenwood error
            spread = norm.ppf((1 + confidence) / 2) * error / (survival * np.log(survival))
            bounds = survival ** np.exp(-spread), survival ** np.exp(spread)
            assert (curve.lower[place], curve.upper[place]) == pytest.approx(bounds, abs=1e-9)
        else:
            assert (curve.lower[place], curve.upper[place]) == (survival, survival)


@sweep()
@given(st.integers(2, 4).flatmap(lambda groups: observations(groups, least=4)))
def test_the_log_rank_test_agrees_with_statsmodels(data):
    durations, events, groups = data
    test = log_rank(durations, events, groups)
    if not all((groups == group).any() for group in range(1, groups.max() + 1)) or np.isnan(test.p):
        return
    if not all(durations[groups == group].max() >= durations[events].min() for group in set(groups)):
        return  # a group gone before the first event has no part in the test; statsmodels has no answer then
    statistic, p = survdiff(durations, events.astype(int), groups)
    assert (test.statistic, test.p) == pytest.approx((statistic, p), abs=1e-9)


def test_events_on_day_0_lower_the_curve_but_are_no_row_of_it():
    curve = kaplan_meier([0, 0, 5, 8], [True, False, True, False])
    assert curve.times.tolist() == [5]
    assert curve.survival.tolist() == [0.375]
    assert curve.at_risk.tolist() == [2]


def test_where_nobody_is_left_the_interval_shrinks_to_zero():
    curve = kaplan_meier([1, 2], [True, True])
    assert curve.survival.tolist() == [0.5, 0]
    assert (curve.lower[1], curve.upper[1]) == (0, 0)


def test_results_are_read_by_name_or_by_place():
    curve, test = kaplan_meier([1, 2, 3], [1, 0, 1]), log_rank([1, 2, 3], [1, 0, 1], ["a", "b", "a"])
    times, survival, *_ = curve
    assert curve["times"] is curve.times is times
    assert curve["survival"] is survival
    statistic, p = test
    assert (test["statistic"], test["p"]) == (statistic, p) == (test[0], test.p)


@pytest.mark.parametrize(
    "data",
    [
        ([], [], []),
        ([1, 2], [1, 1], ["a", "a"]),
        ([1, 2], [0, 0], ["a", "b"]),
        ([5, 5, 5], [1, 1, 1], ["a", "b", "b"]),
    ],
)
def test_the_log_rank_test_says_nan_where_there_is_nothing_to_compare(data):
    assert [np.isnan(value) for value in log_rank(*data)] == [True, True]


def test_the_log_rank_test_makes_do_with_one_client_in_each_group():
    assert log_rank([1, 5], [1, 1], ["a", "b"]).statistic == pytest.approx(1)


def test_a_group_gone_before_the_first_event_takes_no_part():
    durations, events = [1, 3, 4, 5, 6], [0, 1, 1, 0, 1]
    with_early = log_rank(durations, events, ["x", "a", "b", "a", "b"])
    assert with_early == log_rank(durations[1:], events[1:], ["a", "b", "a", "b"])


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 10, 25])
def test_the_chi_square_tail_agrees_with_scipy(freedom):
    for statistic in (0, 1e-6, 0.5, 3.84, 16.79, 80, 700):
        assert chi_square_tail(statistic, freedom) == pytest.approx(chi2.sf(statistic, freedom), rel=1e-11)


@pytest.mark.parametrize(
    ("durations", "events"), [([1, -1], [1, 1]), ([1, float("nan")], [1, 1]), ([1, 2], [1]), ([[1]], [[1]])]
)
def test_durations_that_make_no_sense_are_refused(durations, events):
    with pytest.raises(ValueError, match=r"duration|long"):
        kaplan_meier(durations, events)


def test_groups_of_another_length_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        log_rank([1, 2], [1, 1], ["a"])
