"""The seven rates, side by side, and what goes with a rate: compounding over periods and an interval."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import prod, sqrt
from statistics import NormalDist

import numpy as np

from exits.methods.words import CAUSES


@dataclass(frozen=True)
class Counts:
    """What a period counts: clients at its start and end, entrants, exits by cause, decision points."""

    B: int = 0
    new: int = 0
    returned: int = 0
    causes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CAUSES, 0))
    E: int = 0
    D: int = 0
    F: int = 0

    @property
    def N(self) -> int:  # noqa: N802 - the trade's symbol
        """Entrants: new clients and those who came back."""
        return self.new + self.returned

    @property
    def exits(self) -> int:
        """All exits, whatever the cause."""
        return sum(self.causes.values())

    def leavers(self, causes: Iterable[str] = CAUSES) -> int:
        """Exits of the given causes."""
        return sum(self.causes.get(cause, 0) for cause in set(causes))


@dataclass(frozen=True)
class Rate:
    """One formula: its two parts as functions of the counts, and how it may be read.

    `share`: its numerator counts some of the clients that its denominator counts, so an interval for a
    share fits. `by_cause`: an exit formula, in which X may be kept to some causes.
    """

    name: str
    numerator: Callable[[Counts, Iterable[str]], float]
    denominator: Callable[[Counts, Iterable[str]], float]
    share: bool = False
    by_cause: bool = False

    def value(self, counts: Counts, causes: Iterable[str] = CAUSES) -> float | None:
        """The rate as a fraction, None where the denominator is 0."""
        return _divide(self.numerator(counts, causes), self.denominator(counts, causes))

    def interval(self, counts: Counts, causes: Iterable[str] = CAUSES, confidence: float = 0.95):
        """Wilson's interval (low, high), None for a rate that is no share or has no cases."""
        if not self.share:
            return None
        return wilson(self.numerator(counts, causes), self.denominator(counts, causes), confidence)


def _dealt_with(counts, _causes=CAUSES):
    return counts.B + counts.N


ALL_RATES = (
    Rate("dropout_opening", lambda c, causes: c.leavers(causes), lambda c, _: c.B, by_cause=True),
    Rate("exit_dealt_with", lambda c, causes: c.leavers(causes), _dealt_with, share=True, by_cause=True),
    Rate("retention_dealt_with", lambda c, _: c.E, _dealt_with, share=True),
    Rate("retention_opening", lambda c, _: c.E - c.N, lambda c, _: c.B),
    Rate("exit_closing", lambda c, causes: c.leavers(causes), lambda c, _: c.E, by_cause=True),
    Rate("exit_average", lambda c, causes: c.leavers(causes), lambda c, _: (c.B + c.E) / 2, by_cause=True),
    Rate("follow_on_retention", lambda c, _: c.F, lambda c, _: c.D, share=True),
)
"""The seven rates in the order in which they are shown. Sources: ACCION's dropout rate; M-CRIL and RBAP-MABS
(exits of all dealt with); Schreiner's and MIX's retention; IRIS PI9319; Waterfield and CARE; the average
base; CGAP (Rosenberg 2001), counted by client as in SEEP Technical Note 2."""

SHARES = tuple(rate.name for rate in ALL_RATES if rate.share)
BY_CAUSE = tuple(rate.name for rate in ALL_RATES if rate.by_cause)


def rates(B, N, X, E) -> dict:  # noqa: N803 - the trade's symbols
    """The six rates that follow from the roll-forward, by name, as fractions.

    B clients at the start, N entrants, X exits, E clients at the end: numbers, or arrays of one length.
    Where a denominator is 0 a number gives None, an array NaN.
    """
    if any(np.ndim(value) for value in (B, N, X, E)):
        B, N, X, E = (np.asarray(value, dtype=float) for value in (B, N, X, E))  # noqa: N806
    return {
        "dropout_opening": _divide(X, B),
        "exit_dealt_with": _divide(X, B + N),
        "retention_dealt_with": _divide(E, B + N),
        "retention_opening": _divide(E - N, B),
        "exit_closing": _divide(X, E),
        "exit_average": _divide(X, (B + E) / 2),
    }


def all_rates(counts: Counts, causes: Iterable[str] = CAUSES) -> dict[str, float | None]:
    """All seven rates of one period or group, by name; None where the denominator is 0.

    `causes` keeps X in the four exit formulas to those causes; B, N and E stay whole.
    """
    causes = tuple(causes)
    return {rate.name: rate.value(counts, causes) for rate in ALL_RATES}


def roll_forward(B: int, new: int, returned: int, exits: int) -> int:  # noqa: N803 - the trade's symbols
    """Clients at the end of a period, as they must be: B + new + returned - exits."""
    return B + new + returned - exits


def compound(rates_: Iterable[float | None]) -> float | None:
    """The rate of a whole from those of its parts in time: 1 - (1 - q1)(1 - q2)...; None if one is None."""
    parts = list(rates_)
    return None if None in parts else 1 - prod(1 - q for q in parts)


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Wilson's score interval (low, high) of a share, None where n is 0.

    Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212, without correction for
    continuity. ValueError unless 0 <= successes <= n.
    """
    if n == 0:
        return None
    if not 0 <= successes <= n:
        raise ValueError("successes must lie between 0 and n")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / n
    centre = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if successes == 0 else (centre - half) / scale
    high = 1.0 if successes == n else (centre + half) / scale
    return low, high


def _divide(above, below):
    if np.ndim(below) or np.ndim(above):
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(below == 0, np.nan, above / below)
    return above / below if below else None
