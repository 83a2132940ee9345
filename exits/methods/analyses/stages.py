"""After which loan do clients leave?"""

import datetime as dt

import numpy as np
import pandas as pd

from exits.methods.analyses.seen import Seen, latest_year
from exits.methods.follow_on import last_in_period
from exits.methods.stages import finished_and_left

LAST_CYCLE = 10
"""Cycles from this one on are counted together."""
GROUPS = ("product", "office")


def stages(seen: Seen) -> dict:
    """Clients finishing each cycle and those who took no other loan: all, by product, by office.

    For the latest twelve months whose decisions are known, and each of five calendar years before.
    """
    points = seen.points[["ended_on", "next_ended_on", "followed"]].copy()
    points["cycle"] = seen.points["cycle"].clip(upper=LAST_CYCLE)
    names = {}
    for by in GROUPS:
        points[by], names[by] = pd.factorize(seen.points[by], sort=True)
    return {"last_cycle": LAST_CYCLE, "periods": [_period(points, names, *span) for span in _spans(seen)]}


def _spans(seen):
    latest = latest_year(seen.known_until)
    years = range(seen.known_until.year, seen.known_until.year - 6, -1)
    whole = [(dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in years]
    return [latest, *(span for span in whole if span[1] <= seen.known_until and span != latest)]


def _period(points, names, start, end):
    last = last_in_period(points, start, end)
    cycle, followed = last["cycle"].to_numpy(), last["followed"].to_numpy()
    everybody = _tables(np.zeros(len(last), dtype=np.int64), [""], cycle, followed)
    by = {name: _tables(last[name].to_numpy(), names[name], cycle, followed) for name in GROUPS}
    return {"start": start.isoformat(), "end": end.isoformat(), "all": everybody.get("", []), **by}


def _tables(group, names, cycle, followed):
    """By name of the group its cycles, all groups counted in one go."""
    places, finished, left = finished_and_left(group * (LAST_CYCLE + 1) + cycle, followed)
    found = {}
    for place, n, lost in zip(places.tolist(), finished.tolist(), left.tolist(), strict=True):
        group, cycle = divmod(place, LAST_CYCLE + 1)
        row = {"cycle": cycle, "finished": n, "left": lost, "share": lost / n}
        found.setdefault(str(names[group]), []).append(row)
    return found
