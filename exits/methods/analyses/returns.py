"""After how long do clients come back, and what would each window make of the exit rate?"""

import numpy as np
import pandas as pd

from exits.methods.analyses.seen import ONE_DAY, Seen, latest_year
from exits.methods.counts import count_period
from exits.methods.returns import return_curve

CANDIDATES = (30, 60, 90, 120, 150, 180)
"""Windows in days to compare, besides the one in force."""
SHOWN = (
    0,
    7,
    14,
    21,
    30,
    45,
    60,
    75,
    90,
    105,
    120,
    135,
    150,
    165,
    180,
    210,
    240,
    270,
    300,
    330,
    365,
    450,
    540,
    730,
)
FEWEST = 30
"""Returns from which on a product has a curve of its own."""


def returns(seen: Seen) -> dict:
    """The curve of all returns and of each product's, and the exit rate by each window.

    Only pauses that began long enough ago to have been seen for the longest day shown, or to the day of the
    data, can show a late return; so the share of late returns is a little too low in a young portfolio.
    """
    gaps = seen.gaps["gap"].to_numpy()
    product, names = pd.factorize(seen.gaps["product"], sort=True)
    came = np.bincount(product[~np.isnan(gaps)], minlength=len(names))
    return {
        "curve": _curve(gaps),
        "products": {names[n]: _curve(gaps[product == n]) for n in np.flatnonzero(came >= FEWEST)},
        "windows": _windows(seen),
    }


def _curve(gaps):
    curve = return_curve(gaps)
    total = int(curve.returns[-1]) if len(curve.days) else 0
    by_day = np.searchsorted(curve.days, SHOWN, side="right")
    came = np.append(0, curve.returns)[by_day]
    return {
        "returns": total,
        "paused": len(gaps),
        "window": curve.window,
        "points": [
            {"days": day, "returns": int(n), "share": float(n / total) if total else None}
            for day, n in zip(SHOWN, came, strict=True)
        ],
    }


def _windows(seen):
    longest = max(seen.by_window, default=0)
    start, end = latest_year(seen.as_of - ONE_DAY * (longest + 1))
    rows = []
    for days, spells in sorted(seen.by_window.items()):
        counts = count_period(spells, start, end)
        served = counts.B + counts.N
        rows.append(
            {
                "days": days,
                "exits": counts.exits,
                "served": served,
                "returned": counts.returned,
                "rate": counts.exits / served if served else None,
            }
        )
    return {"start": start.isoformat(), "end": end.isoformat(), "rows": rows}
