"""Why stays end, where one end rules out the others: the Aalen-Johansen curves of competing causes."""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd

from exits.methods.survival import at_risk_at

ROUNDING = 1e-12
"""How far a sum of shares may miss 1 by rounding alone."""


class Incidence(NamedTuple):
    """Curves by cause at the times of any cause, by name (`curves.times`, `curves["death"]`) or in order.

    `incidence`, `error`, `lower` and `upper` are mappings of cause to array.
    """

    times: np.ndarray
    survival: np.ndarray
    incidence: dict
    error: dict
    lower: dict
    upper: dict
    at_risk: np.ndarray

    def __getitem__(self, key):
        if isinstance(key, int | slice) and not isinstance(key, bool) and key not in self.incidence:
            return tuple.__getitem__(self, key)
        return self.incidence[key] if key in self.incidence else getattr(self, key)


def aalen_johansen(durations, causes, confidence: float = 0.95) -> Incidence:
    """The share that has ended by each time for each cause, the others taking away those who could have.

    `durations` are 0 or more, in any unit; `causes` name what ended the stay then, or are None, NaN, "",
    False or 0 where it was only seen so long. `times` are the times at which any stay ended, ascending,
    without 0: what ended at 0 raises the curves before their first row. At every time the curves of all
    causes and `survival` (Kaplan and Meier's, of any cause) add up to 1. `error` is the standard error by the
    delta method, `lower` and `upper` the pointwise log-log interval; at 0 and 1, where it is undefined, both
    are 0 and 1. `at_risk` is the number seen just before each time. Aalen and Johansen (1978), Scand. J.
    Statist. 5, 141-150; the variance as in Marubini and Valsecchi (1995), 10.2.1. ValueError for lengths
    that differ, and for negative or missing durations.
    """
    durations, codes, names = _observed(durations, causes)
    times = np.unique(durations[codes >= 0])
    at_risk = at_risk_at(durations, times)
    ended = {name: _counts(durations[codes == code], times) for code, name in enumerate(names)}
    any_cause = sum(ended.values(), np.zeros(len(times), dtype=np.int64))
    survival = np.cumprod((at_risk - any_cause) / at_risk)
    before = np.append(1.0, survival)[: len(times)]
    shown = times > 0
    curves = {name: _whole(np.cumsum(before * lost / at_risk)) for name, lost in ended.items()}
    errors = {name: _error(curves[name], before, at_risk, ended[name], any_cause) for name in names}
    bounds = {name: _interval(curves[name], errors[name], confidence) for name in names}
    return Incidence(
        times[shown],
        survival[shown],
        {name: curve[shown] for name, curve in curves.items()},
        {name: error[shown] for name, error in errors.items()},
        {name: lower[shown] for name, (lower, _) in bounds.items()},
        {name: upper[shown] for name, (_, upper) in bounds.items()},
        at_risk[shown],
    )


def _observed(durations, causes):
    """Durations, for each the place of its cause among the names (-1: not ended), and the names in order."""
    durations = np.asarray(durations, dtype=float)
    causes = pd.Series(list(causes), dtype=object)
    if durations.ndim != 1 or len(durations) != len(causes):
        raise ValueError("durations and causes must be equally long")
    if not (durations >= 0).all():
        raise ValueError("a duration is a number from 0 up")
    causes = causes.where([not (pd.isna(cause) or cause in ("", 0)) for cause in causes], None)
    codes, names = pd.factorize(causes)
    order = sorted(range(len(names)), key=lambda place: (str(type(names[place])), names[place]))
    place_of = np.append(np.argsort(order), -1).astype(int)
    return durations, place_of[codes], [names[place] for place in order]


def _counts(durations, times):
    counts = np.zeros(len(times), dtype=np.int64)
    np.add.at(counts, np.searchsorted(times, durations), 1)
    return counts


def _whole(curve):
    """The same with 1 where all have ended for this cause: the sum misses it by its last digit."""
    return np.where(np.isclose(curve, 1, rtol=0, atol=ROUNDING), 1.0, curve)


def _error(curve, before, at_risk, lost, any_cause):
    """Standard error at each time: three sums over the times so far, opened so that each is one pass."""
    left = at_risk - any_cause
    # Where nobody is left, what the sum would add there is multiplied by 0.
    hazard = np.divide(any_cause, at_risk * left, out=np.zeros(len(curve)), where=left > 0)
    own = before**2 * lost * (at_risk - lost) / at_risk.astype(float) ** 3
    both = before * lost / at_risk.astype(float) ** 2
    variance = (
        curve**2 * np.cumsum(hazard)
        - 2 * curve * np.cumsum(curve * hazard)
        + np.cumsum(curve**2 * hazard)
        + np.cumsum(own)
        - 2 * curve * np.cumsum(both)
        + 2 * np.cumsum(curve * both)
    )
    return np.where(curve < 1, np.sqrt(np.maximum(variance, 0)), 0.0)


def _interval(curve, error, confidence):
    lower, upper = curve.copy(), curve.copy()
    defined = (curve > 0) & (curve < 1)
    inside = curve[defined]
    spread = NormalDist().inv_cdf((1 + confidence) / 2) * error[defined] / (inside * np.log(inside))
    lower[defined], upper[defined] = inside ** np.exp(-spread), inside ** np.exp(spread)
    return lower, upper
