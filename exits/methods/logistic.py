"""Logistic regression: how each column goes with an event when the others stay equal."""

from dataclasses import dataclass

import numpy as np

STEPS = 25
"""Where this many steps do not lead to an end, there is none: the coefficients grow without bound."""
CLOSE = 1e-8


@dataclass(frozen=True)
class Logistic:
    """Coefficients in log odds, one a column, and their standard errors."""

    coefficients: np.ndarray
    errors: np.ndarray
    log_likelihood: float


def logistic(columns, events, trials) -> Logistic | None:
    """The maximum likelihood fit by Newton's method (McCullagh and Nelder 1989, chapter 4).

    Each row of `columns` is a pattern, of whose `trials` so many were `events`; a column of ones makes the
    intercept. None where no maximum exists: columns that follow from each other, or that part events from the
    others without exception (separation: Albert and Anderson 1984, Biometrika 71, 1-10).
    """
    x, events, trials = (np.asarray(values, dtype=float) for values in (columns, events, trials))
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    b, likelihood = np.zeros(x.shape[1]), _log_likelihood(np.zeros(len(x)), events, trials)
    for _step in range(STEPS):
        p = _share(x @ b)
        information = x.T @ (x * (trials * p * (1 - p))[:, None])
        try:
            step = np.linalg.solve(information, x.T @ (events - trials * p))
        except np.linalg.LinAlgError:
            return None
        b, likelihood = _uphill(x, b, step, likelihood, events, trials)
        if np.abs(step).max(initial=0) < CLOSE:
            return Logistic(b, np.sqrt(np.diag(np.linalg.inv(information))), likelihood)
    return None


def _uphill(x, b, step, likelihood, events, trials):
    """The step, halved as often as it leads down."""
    for _half in range(30):
        reached = _log_likelihood(x @ (b + step), events, trials)
        if reached >= likelihood - CLOSE:
            return b + step, reached
        step = step / 2
    return b, likelihood


def _share(log_odds):
    return 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))


def _log_likelihood(log_odds, events, trials) -> float:
    return float((events * log_odds - trials * np.logaddexp(0, log_odds)).sum())
