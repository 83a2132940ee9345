"""Of those who joined together, how many are still clients?"""

import numpy as np

from exits.methods.analyses.seen import Seen
from exits.methods.cohorts import cohort_triangle

MOST = 24
"""Cohorts that are shown: the latest."""


def cohorts(seen: Seen) -> dict:
    """The triangle by quarter and by year of the first loan, as far as exits are known."""
    return {by: _triangle(seen, by) for by in ("quarter", "year")}


def _triangle(seen, by):
    table = cohort_triangle(seen.spells, by, seen.known_until).iloc[-MOST:]
    return [
        {
            "cohort": label,
            "clients": int(clients),
            "shares": shares[~np.isnan(shares)].tolist(),
        }
        for label, clients, shares in zip(
            table.index, table["clients"], table.drop(columns="clients").to_numpy(), strict=True
        )
    ]
