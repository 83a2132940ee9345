"""How long clients stay: Kaplan and Meier's curve, and the log-rank test between groups."""

from math import erfc, exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd

TINY = 1e-12


class Survival(NamedTuple):
    """A survival curve at its event times, by name (`curve.times`, `curve["times"]`) or in this order."""

    times: np.ndarray
    survival: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    at_risk: np.ndarray

    def __getitem__(self, key):
        return getattr(self, key) if isinstance(key, str) else tuple.__getitem__(self, key)


class LogRank(NamedTuple):
    """Result of the log-rank test, by name (`test.p`, `test["p"]`) or in this order."""

    statistic: float
    p: float

    def __getitem__(self, key):
        return getattr(self, key) if isinstance(key, str) else tuple.__getitem__(self, key)


def kaplan_meier(durations, events, confidence: float = 0.95) -> Survival:
    """The product-limit estimate of the share that stays longer than each event time.

    `durations` are 0 or more, in any unit; `events` tell whether the stay ended then (true) or was only
    seen so long (false). `times` are the event times, ascending, without 0: events at 0 lower the curve
    before its first row. `lower` and `upper` are the pointwise log-log interval with Greenwood's variance; at
    survival 1 and 0, where it is undefined, both are 1 and 0. `at_risk` is the number seen just before each
    time. Kaplan and Meier (1958), JASA 53, 457-481; Kalbfleisch and Prentice (1980). ValueError for lengths
    that differ, and for negative or missing durations.
    """
    durations, events = _observed(durations, events)
    times, at_risk, died = _event_table(durations, events)
    survival = np.cumprod((at_risk - died) / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(died / (at_risk * (at_risk - died)))
        spread = NormalDist().inv_cdf((1 + confidence) / 2) * np.sqrt(variance) / np.log(survival)
        lower, upper = survival ** np.exp(-spread), survival ** np.exp(spread)
    defined = (survival > 0) & (survival < 1)
    lower, upper = np.where(defined, lower, survival), np.where(defined, upper, survival)
    shown = times > 0
    return Survival(times[shown], survival[shown], lower[shown], upper[shown], at_risk[shown])


def log_rank(durations, events, groups) -> LogRank:
    """Do groups stay equally long? Chi-square and its p, one degree of freedom for each further group.

    Each duration's group may be any value; durations of no group (None, NaN) are left out, and a group gone
    before the first event takes no part. Unweighted,
    hypergeometric variance (Mantel 1966; Peto and Peto 1972). NaN for both where there is nothing to compare:
    fewer than two groups, or no event that could tell them apart. ValueError as in `kaplan_meier`.
    """
    durations, events = _observed(durations, events)
    group, names = pd.factorize(pd.Series(list(groups), dtype=object))
    if len(group) != len(durations):
        raise ValueError("durations, events and groups must be equally long")
    durations, events, group = durations[group >= 0], events[group >= 0], group[group >= 0]
    if not events.any():
        return LogRank(float("nan"), float("nan"))
    times, at_risk, died = _event_table(durations, events)
    seen = np.array([at_risk_at(durations[group == g], times) for g in range(len(names))])
    lost = np.array([_at(durations[(group == g) & events], times) for g in range(len(names))])
    taking_part = seen.any(axis=1)
    share = seen[taking_part] / at_risk
    difference = (lost[taking_part] - share * died).sum(axis=1)
    weight = died * (at_risk - died) / np.maximum(at_risk - 1, 1)
    covariance = np.diag((share * weight).sum(axis=1)) - (share * weight) @ share.T
    freedom = len(share) - 1
    # The last group follows from the others; rounding alone must not pass for variance.
    if freedom < 1 or np.abs(covariance).max() < TINY:
        return LogRank(float("nan"), float("nan"))
    inverse = np.linalg.pinv(covariance[:freedom, :freedom], hermitian=True)
    statistic = float(difference[:freedom] @ inverse @ difference[:freedom])
    return LogRank(statistic, chi_square_tail(statistic, freedom))


def chi_square_tail(statistic: float, freedom: int) -> float:
    """P(chi-square > statistic) for a whole number of degrees of freedom, by the finite sums.

    Abramowitz and Stegun (1964), 26.4.4 and 26.4.5.
    """
    half = max(statistic, 0.0) / 2
    if half == 0:
        return 1.0
    tail = erfc(sqrt(half)) if freedom % 2 else 0.0
    first = 0.5 if freedom % 2 else 0.0
    steps = (freedom - 1) // 2 if freedom % 2 else freedom // 2
    return min(
        1.0, tail + sum(exp((first + k) * log(half) - half - lgamma(first + k + 1)) for k in range(steps))
    )


def at_risk_at(durations, times):
    """How many of the durations reach each time: the number at risk just before it."""
    return len(durations) - np.searchsorted(np.sort(durations), times, side="left")


def _observed(durations, events):
    durations, events = np.asarray(durations, dtype=float), np.asarray(events).astype(bool)
    if durations.shape != events.shape or durations.ndim != 1:
        raise ValueError("durations and events must be equally long")
    if not (durations >= 0).all():
        raise ValueError("a duration is a number from 0 up")
    return durations, events


def _event_table(durations, events):
    """Event times ascending, with the number at risk just before and the number of events at each."""
    times, died = np.unique(durations[events], return_counts=True)
    return times, at_risk_at(durations, times), died


def _at(durations, times):
    ordered = np.sort(durations)
    return np.searchsorted(ordered, times, side="right") - np.searchsorted(ordered, times, side="left")
