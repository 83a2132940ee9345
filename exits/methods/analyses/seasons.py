"""In which months do clients leave?"""

import datetime as dt

import numpy as np

from exits.methods.analyses.seen import ONE_DAY, Seen
from exits.methods.counts import count_by

MOST_YEARS = 5


def seasons(seen: Seen) -> dict:
    """For each month of the year: exits of the clients at its start, over the latest whole years.

    `index` is the month's share over that of all months together: 1.2 means a fifth more than usual.
    """
    months = _months(seen)
    if months is None:
        return {"start": None, "end": None, "months": []}
    start, end, table = months
    month = [day.month for day in table["start"]]
    clients, exits = (np.bincount(month, table[name], 13)[1:].astype(int).tolist() for name in ("B", "exits"))
    usual = sum(exits) / sum(clients) if sum(clients) else None
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "months": [
            {
                "month": month,
                "clients": base,
                "exits": left,
                "share": left / base if base else None,
                "index": left / base / usual if base and usual else None,
            }
            for month, (base, left) in enumerate(zip(clients, exits, strict=True), 1)
        ],
    }


def _months(seen):
    """The latest whole years, at most five: first and last day, and the counts of their months."""
    if not len(seen.spells):
        return None
    end = (seen.known_until + ONE_DAY).replace(day=1) - ONE_DAY
    begun = seen.spells["start"].min().date()
    years = min(MOST_YEARS, (end - begun).days // 365)
    if years < 1:
        return None
    after = end + ONE_DAY
    start = dt.date(after.year - years, after.month, 1)
    return start, end, count_by(seen.spells, start, end, step="month", keep_empty=True)
