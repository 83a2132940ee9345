"""By what clients are told apart, and two groups of them set against each other."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from exits.methods.analyses.seen import CONFIRMED, Seen, latest_year
from exits.methods.columns import MISSING, as_day, as_days
from exits.methods.profile import Difference

MOST = 30
"""Of officers and groups so many are compared: the largest."""
LATE = ((0, "none"), (30, "1-30"), (90, "31-90"), (np.inf, "91+"))
TENURE = ((365, "<1"), (730, "1-2"), (1461, "2-4"), (np.inf, "4+"))
LAST_CYCLE = 6
CYCLES = np.array(["", *(str(number) for number in range(1, LAST_CYCLE + 1))], dtype=object)
READ = ["sex", "age", "area", "product", "cycle", "principal", "days_late", "officer", "group", *CONFIRMED]
"""Columns of spells that traits and types of leavers are read from."""


@dataclass(frozen=True)
class Year:
    """Who left in the latest year that is known whole, and who was a client at its end.

    `rows` are their spells, `gone` says which of these left, `days` for how long they had been clients.
    `sizes` are the upper bounds of the first three quarters of loan sizes.
    """

    start: dt.date
    end: dt.date
    rows: pd.DataFrame
    gone: np.ndarray
    days: np.ndarray
    sizes: list[float]

    def traits(self, of=slice(None)) -> dict[str, np.ndarray]:
        """By name each trait of the rows that `of` picks: "" not recorded, None not among the largest."""
        return _traits(self.rows[of], self.days[of], self.sizes)


def of_the_year(seen: Seen) -> Year:
    """Deaths and those whom the institution let go have left too."""
    start, end = latest_year(seen.known_until)
    rows = seen.spells
    begun, left = as_days(rows["start"]), as_days(rows["left_on"])
    gone = (left >= as_day(start)) & (left <= as_day(end))
    stayed = (begun <= as_day(end)) & ((left == MISSING) | (left > as_day(end)))
    kept = gone | stayed
    days = (np.where(gone, left, as_day(end)) - begun)[kept]
    principals = rows["principal"].to_numpy(dtype=float)[kept]
    return Year(start, end, rows.loc[kept, READ], gone[kept], days, _quarters(principals))


def is_recorded(values: np.ndarray) -> np.ndarray:
    """Of which rows a trait is known and compared."""
    return pd.notna(values) & (values != "")


def largest_first(line: dict) -> tuple:
    """What the first has more often before what the second does, where both differ as much."""
    size = line["standardised"]
    if size is None:  # all of one group and none of the other, or a group is empty
        size = np.copysign(np.inf, line["difference"]) if line["difference"] else 0.0
    return round(-abs(size), 9), size < 0, line["trait"], line["value"]


def as_line(compared: Difference) -> dict:
    """A difference as plain values."""
    return {
        "difference": compared.difference,
        "low": compared.lower,
        "high": compared.upper,
        "standardised": compared.standardised,
    }


def _traits(rows, days, sizes):
    text = {name: rows[name].to_numpy(dtype=object) for name in ("sex", "age", "area", "product")}
    return text | {
        "cycle": CYCLES[np.clip(rows["cycle"].to_numpy(), 0, LAST_CYCLE)],
        "size": _size(rows["principal"], sizes),
        "late": _band(rows["days_late"], LATE),
        "tenure": _band(days, TENURE, below=True),
        "officer": _largest(rows["officer"].to_numpy(dtype=object)),
        "group": _largest(rows["group"].to_numpy(dtype=object)),
    }


def _quarters(principals):
    known = principals[~np.isnan(principals)]
    return np.percentile(known, [25, 50, 75]).tolist() if len(known) else []


def _size(principals, edges):
    quarters = tuple((edge, str(number)) for number, edge in enumerate([*edges, np.inf], 1))
    return _band(principals, quarters) if edges else np.full(len(principals), "", dtype=object)


def _band(numbers, bands, *, below=False):
    """The name of the first band up to whose edge a number reaches, or `below` which it is; "" for NaN."""
    numbers, edges = np.asarray(numbers, dtype=float), [edge for edge, _name in bands[:-1]]
    names = np.array([name for _edge, name in bands], dtype=object)
    found = names[np.searchsorted(edges, numbers, side="right" if below else "left")]
    return np.where(np.isnan(numbers), "", found)


def _largest(codes):
    """The codes of the largest, None for the others: they are not compared."""
    place, names = pd.factorize(codes)
    counts = np.where(names == "", 0, np.bincount(place, minlength=len(names)))
    is_large = np.zeros(len(names), dtype=bool)
    is_large[np.argsort(-counts, kind="stable")[:MOST]] = True
    return np.where((is_large & (counts > 0))[place], codes, None)
