"""How long do clients stay, and what ends it?"""

import numpy as np
import pandas as pd

from exits.methods.analyses.seen import Seen
from exits.methods.columns import MISSING, as_day, as_days
from exits.methods.competing import aalen_johansen
from exits.methods.survival import kaplan_meier, log_rank

STAY_GROUPS = ("product", "office", "sex", "area", "entry_cycle")
STEP = 91.3125
"""Days between the points of a curve that is shown: a quarter of a year."""
LAST_ENTRY = 4
"""Who began with this loan or a later one is counted together."""
FEWEST, MOST = 20, 40
"""A group of fewer has no curve of its own; of so many the largest have."""


def stays(seen: Seen, by: str | None = None) -> dict:
    """Curves of how long clients stay, of all or of each group, and whether groups differ (log-rank).

    A stay is seen up to the last day whose exits are known. Groups of fewer than 20 stays are left out.
    """
    durations, ended, rows = _seen_to_the_end(seen)
    if by is None:
        return {"groups": [_curve("", durations, ended)], "p": None, "statistic": None}
    group, names = pd.factorize(_group(seen.spells, by)[rows])
    sizes = np.bincount(group, minlength=len(names))
    largest = [n for n in np.argsort(-sizes, kind="stable")[:MOST] if sizes[n] >= FEWEST]
    kept = np.isin(group, largest)
    test = log_rank(durations[kept], ended[kept], names[group[kept]])
    by_name = sorted(largest, key=names.__getitem__)
    curves = [_curve(names[n], durations[group == n], ended[group == n]) for n in by_name]
    return {"groups": curves, "p": _number(test.p), "statistic": _number(test.statistic)}


def causes(seen: Seen) -> dict:
    """The share that has left by each time for each cause, the causes competing."""
    durations, ended, rows = _seen_to_the_end(seen)
    why = np.where(ended, seen.spells["cause"].to_numpy(dtype=object)[rows], None)
    curves = aalen_johansen(durations, why)
    at = _times(durations)
    place = np.searchsorted(curves.times, at, side="right")
    return {
        "n": len(durations),
        "days": at.tolist(),
        "causes": [
            {
                "cause": cause,
                "events": int((why == cause).sum()),
                "share": np.append(0.0, curves[cause])[place].tolist(),
                "low": np.append(0.0, curves.lower[cause])[place].tolist(),
                "high": np.append(0.0, curves.upper[cause])[place].tolist(),
            }
            for cause in curves.incidence
        ],
    }


def _seen_to_the_end(seen):
    """Days of each stay, whether it has ended, and its spell's row; what began too late is left out."""
    horizon = as_day(seen.known_until)
    start, left = as_days(seen.spells["start"]), as_days(seen.spells["left_on"])
    rows = np.flatnonzero(start <= horizon)
    ended = (left[rows] != MISSING) & (left[rows] <= horizon)
    until = np.where(ended, left[rows], horizon)
    return (until - start[rows]).astype(float), ended, rows


def _group(spells, by):
    if by == "entry_cycle":
        return spells[by].clip(upper=LAST_ENTRY).astype(str).to_numpy(dtype=object)
    return spells[by].to_numpy(dtype=object)


def _curve(name, durations, ended):
    curve = kaplan_meier(durations, ended)
    at = _times(durations)
    place = np.searchsorted(curve.times, at, side="right")
    half = np.flatnonzero(curve.survival <= 0.5)  # the middle one has left
    return {
        "group": name,
        "n": len(durations),
        "events": int(ended.sum()),
        "median": float(curve.times[half[0]]) if len(half) else None,
        "days": at.tolist(),
        "share": np.append(1.0, curve.survival)[place].tolist(),
        "low": np.append(1.0, curve.lower)[place].tolist(),
        "high": np.append(1.0, curve.upper)[place].tolist(),
        "at_risk": (len(durations) - np.searchsorted(np.sort(durations), at)).tolist(),
    }


def _times(durations):
    """Quarters of a year, as whole days, up to the longest."""
    return np.floor(np.arange(0, durations.max(initial=0) + 1, STEP)).astype(int)


def _number(value):
    return None if pd.isna(value) else float(value)
