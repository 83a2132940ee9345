"""After which loan do clients leave?"""

import datetime as dt

from exits.methods.analyses.seen import Seen, latest_year
from exits.methods.follow_on import last_in_period
from exits.methods.stages import exits_by_cycle

LAST_CYCLE = 10
"""Cycles from this one on are counted together."""


def stages(seen: Seen) -> dict:
    """Clients finishing each cycle and those who took no other loan: all, by product, by office.

    For the latest twelve months whose decisions are known, and each of five calendar years before.
    """
    points = seen.points.assign(cycle=seen.points["cycle"].clip(upper=LAST_CYCLE))
    return {"last_cycle": LAST_CYCLE, "periods": [_period(points, *span) for span in _spans(seen)]}


def _spans(seen):
    latest = latest_year(seen.known_until)
    years = range(seen.known_until.year, seen.known_until.year - 6, -1)
    whole = [(dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in years]
    return [latest, *(span for span in whole if span[1] <= seen.known_until and span != latest)]


def _period(points, start, end):
    last = last_in_period(points, start, end)
    by = {
        name: {str(code): _rows(rows) for code, rows in last.groupby(name, sort=True, observed=True)}
        for name in ("product", "office")
    }
    return {"start": start.isoformat(), "end": end.isoformat(), "all": _rows(last), **by}


def _rows(points):
    table = exits_by_cycle(points).reset_index()
    return [
        {"cycle": int(cycle), "finished": int(finished), "left": int(left), "share": float(share)}
        for cycle, finished, left, share in table.itertuples(index=False)
    ]
