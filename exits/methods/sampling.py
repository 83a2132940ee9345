"""How many leavers to ask, and whom: sample size, and a draw that anybody can repeat."""

from math import ceil, isfinite
from random import Random
from statistics import NormalDist


def sample_size(population: int | None, margin: float, p: float = 0.5, confidence: float = 0.95) -> int:
    """How many of a population to ask so that a share is known to within `margin`, with such confidence.

    `population` is how many there are, None for without end; `margin` and `p` (the share expected; 0.5 asks
    most) are fractions. n0 = z^2 p (1 - p) / margin^2, corrected for a finite population:
    n0 / (1 + (n0 - 1) / N), rounded up (Cochran 1977, Sampling Techniques, 4.4). Never more than there are,
    and 0 of nobody. ValueError for a population that is no whole number from 0 up, and for a margin, p or
    confidence that is not between 0 and 1.
    """
    for fraction in (margin, p, confidence):
        if not (isfinite(fraction) and 0 < fraction < 1):
            raise ValueError("margin, p and confidence lie between 0 and 1")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    n = z * z * p * (1 - p) / (margin * margin)
    if population is None:
        return ceil(n)
    if not population >= 0 or population % 1:
        raise ValueError("a population is a whole number from 0 up")
    return min(int(population), ceil(n / (1 + (n - 1) / population))) if population else 0


def allocate(sizes: dict, total: int) -> dict:
    """`total` shared among strata as their sizes are, each share whole: largest remainders first.

    Each stratum that is not empty gets at least one while there are enough, and none more than it holds. In a
    tie the stratum that comes first in `sizes` is served first.
    """
    total = min(total, sum(sizes.values()))
    filled = [stratum for stratum, size in sizes.items() if size]
    floor = 1 if total >= len(filled) else 0
    given = {stratum: floor if size else 0 for stratum, size in sizes.items()}
    whole = sum(sizes.values())
    wanted = {stratum: total * size / whole if whole else 0 for stratum, size in sizes.items()}
    while sum(given.values()) < total:
        open_to_more = [stratum for stratum in sizes if given[stratum] < sizes[stratum]]
        neediest = max(open_to_more, key=lambda stratum: wanted[stratum] - given[stratum])
        given[neediest] += 1
    return given


def draw_sample(frame: dict, total: int, seed: int, reserve: int = 0) -> tuple[dict, dict]:
    """A stratified random sample and its reserves: two mappings of stratum to ids in the order drawn.

    `frame` maps each stratum to the ids of those who may be drawn. The same frame, in whatever order its ids
    come, and the same seed give the same draw. `reserve` more are drawn to stand in for who cannot be found,
    shared among the strata likewise.
    """
    sizes = {stratum: len(set(ids)) for stratum, ids in frame.items()}
    sample = allocate(sizes, total)
    spare = allocate({stratum: sizes[stratum] - sample[stratum] for stratum in sizes}, reserve)
    chance = Random(seed)  # noqa: S311 - repeatable on purpose; nothing is kept secret by it
    drawn, reserves = {}, {}
    for stratum in sorted(frame, key=str):
        ids = sorted(set(frame[stratum]))
        order = chance.sample(ids, sample[stratum] + spare[stratum])
        drawn[stratum], reserves[stratum] = order[: sample[stratum]], order[sample[stratum] :]
    return drawn, reserves
