"""Has a branch left its limits? A control chart of shares, month by month."""

from dataclasses import dataclass
from math import sqrt

SIGMAS = 3


@dataclass(frozen=True)
class Point:
    """One period of a control chart: its share, and the limits that chance alone keeps to.

    All three are None where nobody was counted; `out` tells whether the share lies outside.
    """

    share: float | None
    lower: float | None
    upper: float | None
    out: bool


def control_chart(events, bases, centre: float | None = None, sigmas: float = SIGMAS) -> list[Point]:
    """Limits for the share of each period, wider where fewer were counted (Shewhart's chart of shares).

    `events` and `bases` count, for each period, those to whom it happened and all to whom it could;
    `centre` is the share to hold them against, by default that of all periods together. Limits lie `sigmas`
    standard errors of a share of that base away, cut at 0 and 1. Montgomery, Introduction to Statistical
    Quality Control, 7.2. ValueError for lengths that differ.
    """
    events, bases = list(events), list(bases)
    if len(events) != len(bases):
        raise ValueError("events and bases must be equally long")
    if centre is None:
        centre = sum(events) / sum(bases) if sum(bases) else 0.0
    return [_point(event, base, centre, sigmas) for event, base in zip(events, bases, strict=True)]


def _point(event, base, centre, sigmas):
    if not base:
        return Point(None, None, None, False)
    spread = sigmas * sqrt(centre * (1 - centre) / base)
    share, lower, upper = event / base, max(centre - spread, 0.0), min(centre + spread, 1.0)
    return Point(share, lower, upper, not lower <= share <= upper)
