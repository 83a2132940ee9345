"""How long those who joined together stay: the triangle of cohorts."""

import numpy as np
import pandas as pd

from exits.methods.columns import MISSING, as_day, as_text, days_column
from exits.methods.words import Day

MONTHS = {"month": 1, "quarter": 3, "year": 12}
EPOCH = 1970 * 12


def cohort_triangle(spells: pd.DataFrame, by: str = "quarter", as_of: Day | None = None) -> pd.DataFrame:
    """The share of each cohort that is a client at the end of its first period and of each one after.

    A cohort is those whose first spell starts in the same period: month, quarter or year. In: `spells` with
    client_id, start, left_on (missing while the spell goes on). Out: one row a cohort, its label as index
    ("2025-03", "2025-Q1", "2025"), the column `clients` (how many joined), then a column for each number of
    periods since, 0 for the cohort's own: a fraction, NaN where that period had not ended by `as_of` (the
    latest day in the frame, where none is given). Who left and came back counts again, so a row may rise. The
    cohort of the quarter of the first loan follows BBVA Microfinance Foundation. ValueError for another `by`,
    and for a spell without a start.
    """
    if by not in MONTHS:
        raise ValueError(f"cohorts are by {', '.join(MONTHS)}, not by {by!r}")
    spells = pd.DataFrame(spells)
    start, left = days_column(spells, "start"), days_column(spells, "left_on")
    if (start == MISSING).any():
        raise ValueError("a spell has a start, and one is missing")
    last_day = max(start.max(initial=MISSING), left.max(initial=MISSING)) if as_of is None else as_day(as_of)
    kept = start <= last_day
    if not kept.any():
        return pd.DataFrame({"clients": np.zeros(0, dtype=np.int64)}, index=pd.Index([], name="cohort"))
    ended = _period(np.array([last_day + 1]), by)[0] - 1
    started = _period(start[kept], by)
    gone = _period(np.where(left[kept] > last_day, MISSING, left[kept]), by)
    client, _ = pd.factorize(as_text(spells["client_id"])[kept])
    joined = np.full(client.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(joined, client, started)
    return _shares(joined, client, started, gone, ended, by)


def _shares(joined, client, started, gone, ended, by):
    cohorts, sizes = np.unique(joined, return_counts=True)
    since = joined[client]
    row = np.searchsorted(cohorts, since)
    width = max(ended - cohorts.min() + 1, 0)
    change = np.zeros((len(cohorts), width + 1), dtype=np.int64)
    np.add.at(change, (row, np.minimum(started - since, width)), 1)
    left = gone != MISSING
    np.add.at(change, (row[left], np.minimum((gone - since)[left], width)), -1)
    share = np.cumsum(change, axis=1)[:, :width] / sizes[:, None]
    share[np.arange(width) > (ended - cohorts)[:, None]] = np.nan
    table = pd.DataFrame(share, index=pd.Index([_label(c, by) for c in cohorts], name="cohort"))
    table.insert(0, "clients", sizes)
    return table


def _period(days, by):
    """The number of the period that holds each day, `MISSING` where the day is."""
    months = (
        np.where(days == MISSING, 0, days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    )
    return np.where(days == MISSING, MISSING, (months + EPOCH) // MONTHS[by])


def _label(period, by):
    year, within = divmod(period, 12 // MONTHS[by])
    return {"month": f"{year}-{within + 1:02}", "quarter": f"{year}-Q{within + 1}", "year": f"{year}"}[by]
