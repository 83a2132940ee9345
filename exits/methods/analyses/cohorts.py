"""Of those who joined together, how many are still clients?"""

import pandas as pd

from exits.methods.analyses.seen import Seen
from exits.methods.cohorts import cohort_triangle

MOST = 24
"""Cohorts that are shown: the latest."""


def cohorts(seen: Seen) -> dict:
    """The triangle by quarter and by year of the first loan, as far as exits are known."""
    return {by: _triangle(seen, by) for by in ("quarter", "year")}


def _triangle(seen, by):
    table = cohort_triangle(seen.spells, by, seen.known_until)
    return [
        {
            "cohort": label,
            "clients": int(row["clients"]),
            "shares": [float(share) for share in row.drop("clients") if not pd.isna(share)],
        }
        for label, row in table.iloc[-MOST:].iterrows()
    ]
