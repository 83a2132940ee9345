"""Who comes back, and after how long: the curve from which an institution chooses its window."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from exits.methods.columns import MISSING, as_dates, as_day
from exits.methods.items import read_items
from exits.methods.words import Day


class ReturnCurve(NamedTuple):
    """How soon returns came, by name (`curve.days`, `curve["window"]`) or in this order.

    `returns` counts those that came by each of `days`, `share` is that of all returns. `window` is the
    smallest day by which the wanted share had come, None where nobody came back.
    """

    days: np.ndarray
    returns: np.ndarray
    share: np.ndarray
    window: int | None

    def __getitem__(self, key):
        return getattr(self, key) if isinstance(key, str) else tuple.__getitem__(self, key)


def return_curve(gaps, wanted: float = 0.95) -> ReturnCurve:
    """The share of all returns ever seen that came within so many days of the last repayment.

    `gaps` are whole days from a client's latest repayment to the next loan, one for each return; a gap that
    is missing is no return and left out. `days` are those on which any return came, ascending. Prizma chose
    its window of 90 days so (MFC Spotlight Note 10); the share of 95 % is a suggestion. ValueError for a gap
    that is no whole number from 0 up, and for a wanted share that is not above 0 and at most 1.
    """
    if not 0 < wanted <= 1:
        raise ValueError("a wanted share is above 0 and at most 1")
    gaps = pd.Series(list(gaps), dtype=object).dropna().to_numpy(dtype=float)
    if not (np.isfinite(gaps) & (gaps >= 0) & (gaps == np.floor(gaps))).all():
        raise ValueError("a gap is a whole number of days from 0 up")
    days, counts = np.unique(gaps.astype(np.int64), return_counts=True)
    returns = np.cumsum(counts)
    if not len(days):
        return ReturnCurve(days, returns, np.zeros(0), None)
    # Compared as counts: a share of 0.95 has no exact fraction.
    enough = np.searchsorted(returns, wanted * returns[-1] * (1 - 1e-12))
    return ReturnCurve(days, returns, returns / returns[-1], int(days[enough]))


def gaps(loans: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """The times without a loan of all clients, as known on `as_of`: what `return_curve` reads.

    In: `loans` as for `spells`. Out, in order of client and day: client_id, ended_on (the day after which no
    loan was open), returned_on (the next loan; NaT if none yet), gap (days between the two, NaN if none). A
    loan on the day of the last repayment is a return after 0 days.
    """
    items = read_items(loans, 0, as_day(as_of))
    if not len(items):
        nothing = np.zeros(0, dtype=np.int64)
        return _frame(items, nothing, nothing, nothing)
    span = items.as_of + 2 - items.start.min()
    latest = np.maximum.accumulate(items.client * span + items.end - items.start.min())
    latest = latest - items.client * span + items.start.min()
    following = np.append(items.start[1:], MISSING)
    following[np.append(np.diff(items.client) != 0, True)] = MISSING
    rows = np.flatnonzero((latest <= items.as_of) & ((following == MISSING) | (following >= latest)))
    return _frame(items, rows, latest[rows], following[rows])


def _frame(items, rows, ended, returned):
    gap = np.where(returned == MISSING, np.nan, (returned - ended).astype(float))
    return pd.DataFrame(
        {
            "client_id": items.ids.take(items.client[rows]).to_numpy(),
            "ended_on": as_dates(ended),
            "returned_on": as_dates(returned),
            "gap": gap,
        }
    )
