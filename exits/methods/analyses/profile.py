"""Who leaves, compared with who stays?"""

import numpy as np
import pandas as pd

from exits.methods.analyses.seen import Seen, latest_year
from exits.methods.columns import MISSING, as_day, as_days
from exits.methods.profile import difference

TRAITS = ("sex", "age", "area", "product", "cycle", "size", "late", "tenure", "officer", "group")
FEWEST = 20
"""A trait that fewer clients have, leavers and stayers together, is not compared."""
MOST = 30
"""Of officers and groups so many are compared: the largest."""
LATE = ((0, "none"), (30, "1-30"), (90, "31-90"), (np.inf, "91+"))
TENURE = ((365, "<1"), (730, "1-2"), (1461, "2-4"), (np.inf, "4+"))
LAST_CYCLE = 6


def profile(seen: Seen) -> dict:
    """Leavers of the latest year against those who were clients at its end, trait by trait.

    Deaths and those whom the institution let go are leavers too. Sorted by the size of the standardised
    difference. `sizes` are the upper bounds of the first three quarters of loan sizes.
    """
    start, end = latest_year(seen.known_until)
    rows = seen.spells
    begun, left = as_days(rows["start"]), as_days(rows["left_on"])
    gone = (left >= as_day(start)) & (left <= as_day(end))
    stayed = (begun <= as_day(end)) & ((left == MISSING) | (left > as_day(end)))
    kept = gone | stayed
    sizes = _quarters(rows["principal"][kept])
    traits = _traits(rows[kept], np.where(gone, left, as_day(end))[kept] - begun[kept], sizes)
    found = [line for name, values in traits.items() for line in _lines(name, values, gone[kept])]
    found.sort(key=_largest_first)
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "leavers": int(gone.sum()),
        "stayers": int(stayed.sum()),
        "sizes": sizes,
        "traits": found,
    }


def _largest_first(line):
    """What leavers have more often before what stayers do, where both differ as much."""
    size = line["standardised"]
    if size is None:  # all of one group and none of the other, or a group is empty
        size = np.copysign(np.inf, line["difference"]) if line["difference"] else 0.0
    return round(-abs(size), 9), size < 0, line["trait"], line["value"]


def _traits(rows, days, sizes):
    text = {
        name: rows[name].astype(object).fillna("").astype(str) for name in ("sex", "age", "area", "product")
    }
    late = [_band(number, LATE) for number in rows["days_late"]]
    return text | {
        "cycle": rows["cycle"].clip(upper=LAST_CYCLE).astype(str).where(rows["cycle"] > 0, ""),
        "size": pd.Series([_size(number, sizes) for number in rows["principal"]], index=rows.index),
        "late": pd.Series(late, index=rows.index),
        "tenure": pd.Series([_band(number, TENURE, below=True) for number in days], index=rows.index),
        "officer": _largest(rows["officer"]),
        "group": _largest(rows["group"]),
    }


def _quarters(principals):
    known = principals.dropna()
    return [float(edge) for edge in known.quantile([0.25, 0.5, 0.75])] if len(known) else []


def _size(principal, edges):
    return "" if pd.isna(principal) or not edges else str(int(np.searchsorted(edges, principal)) + 1)


def _band(number, bands, *, below=False):
    if pd.isna(number):
        return ""
    return next(name for edge, name in bands if (number < edge if below else number <= edge))


def _largest(codes):
    """The codes of the largest, None for the others: they are not compared."""
    codes = codes.astype(object).fillna("").astype(str)
    largest = codes[codes != ""].value_counts().index[:MOST]
    return codes.where(codes.isin(largest), None)


def _lines(name, values, gone):
    values = values.reset_index(drop=True)
    known = (values.notna() & (values != "")).to_numpy()
    leavers, stayers = int((gone & known).sum()), int((~gone & known).sum())
    lines = []
    for value, rows in values[known].groupby(values[known]).groups.items():
        left = int(gone[rows].sum())
        if len(rows) < FEWEST:
            continue
        compared = difference(left, leavers, len(rows) - left, stayers)
        lines.append(
            {
                "trait": name,
                "value": value,
                "leavers": left,
                "of_leavers": leavers,
                "stayers": len(rows) - left,
                "of_stayers": stayers,
                "difference": compared.difference,
                "low": compared.lower,
                "high": compared.upper,
                "standardised": compared.standardised,
            }
        )
    return lines
