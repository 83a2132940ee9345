"""What the rebuilt tables hold: spells, decision points and both cubes, as frames with models' columns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exits.methods import CAUSES, spell_of
from exits.models import Grain
from exits.queries.records import Counted, Records

FACTS = ["office", "portfolio", "product", "officer", "group", "sex", "area", "age", "cycle"]
DIMENSIONS = [grain.value for grain in Grain if grain != Grain.OFFICE]
FLOWS = ["new", "returned", *(f"left_{cause}" for cause in CAUSES)]
NEVER = -(10**6)
"""In place of a month: none. Further than any month from 1970, from which they are numbered."""


@dataclass(frozen=True)
class Tables:
    """Frames named as the models' fields; ids of other rows are in `office`, `product` etc., -1 for none."""

    spells: pd.DataFrame
    decisions: pd.DataFrame
    exit_counts: pd.DataFrame
    decision_counts: pd.DataFrame


def tables(records: Records, counted: Counted) -> Tables:
    """All rows of the rollup, from spells and decision points as counted from the records."""
    above = _above(records.codes.paths)
    facts = _facts(records, counted.spells)
    spells = _spells(records, counted.spells, facts)
    decisions = _decisions(records, counted, facts)
    return Tables(
        spells=spells,
        decisions=decisions,
        exit_counts=_exit_counts(_flows(counted.spells, facts), above),
        decision_counts=_sums(_decided(decisions), ["decided", "followed"], ["month", "next_month"], above),
    )


def _facts(records, spells):
    found = spells[FACTS].copy()
    for kind in ("office", "product", "officer", "group"):
        ids = records.codes.ids(kind)
        found[kind] = np.array([ids.get(code, -1) for code in found[kind]], dtype=np.int64)
    found["portfolio"] = found["portfolio"].fillna(-1).astype(np.int64)
    return found.reset_index(drop=True)


def _spells(records, spells, facts):
    own = spells[["start", "last_day", "left_on", "first", "loans", "resting"]]
    found = pd.concat([facts, own], axis=1)
    found["client"] = spells["client_id"].to_numpy(dtype=np.int64)
    found["cause"] = spells["cause"].fillna("")
    found["last_loan"] = _loan_ids(records, spells["last_loan_id"])
    return found


def _decisions(records, counted, facts):
    points = counted.points
    found = facts.take(spell_of(points, counted.spells)).reset_index(drop=True)
    found["client"] = points["client_id"].to_numpy(dtype=np.int64)
    found["loan"] = _loan_ids(records, points["loan_id"])
    for name in ("ended_on", "next_ended_on", "followed"):
        found[name] = points[name].to_numpy()
    found["last_of_month"] = _months(found["ended_on"]) != _months(found["next_ended_on"])
    # A period's rows then lie side by side in the table, and are read in one go.
    return found.sort_values("ended_on", kind="stable", ignore_index=True)


def _loan_ids(records, numbers):
    ids = dict(zip(records.loans["loan_id"], records.loans["loan"], strict=True))
    return np.array([ids.get(number, -1) for number in numbers], dtype=np.int64)


def _flows(spells, facts):
    """One row for each spell begun and one for each left, with a 1 under what it counts as."""
    first = spells["first"].to_numpy(dtype=bool)
    begun = facts.assign(month=_months(spells["start"]), new=first, returned=~first)
    left = facts[spells["left_on"].notna().to_numpy()].copy()
    gone = spells[spells["left_on"].notna()]
    left["month"] = _months(gone["left_on"])
    for cause in CAUSES:
        left[f"left_{cause}"] = (gone["cause"] == cause).to_numpy()
    both = pd.concat([begun, left], ignore_index=True)
    both[FLOWS] = both[FLOWS].fillna(0).astype(np.int64)
    return both


def _decided(decisions):
    """Of each client the last decision of each month, with the month of the next one."""
    found = decisions[decisions["last_of_month"]]
    return pd.DataFrame(
        {
            "office": found["office"],
            "month": _months(found["ended_on"]),
            "next_month": _months(found["next_ended_on"]),
            "decided": 1,
            "followed": found["followed"].astype(np.int64),
        }
    )


def _exit_counts(rows, above):
    """In each grain; a dimension that the grain lacks is missing (None)."""
    parts = []
    for grain in Grain:
        within = [] if grain == Grain.OFFICE else [grain.value]
        part = _sums(rows, FLOWS, ["month", *within], above)
        part["grain"] = grain.value
        for name in DIMENSIONS:
            if name not in within:
                part[name] = None
        parts.append(part.astype(dict.fromkeys(DIMENSIONS, object)))
    return pd.concat(parts, ignore_index=True)


def _sums(rows, sums, keys, above):
    """Sums by office, for each by itself (`own`) and for each with all that is below it (`below`)."""
    own = rows.groupby([*keys, "office"], as_index=False, sort=False)[sums].sum()
    parts = [own.assign(own=True, below=~own["office"].isin(above["top"]))]
    joined = own.merge(above, on="office")
    joined = joined.drop(columns="office").rename(columns={"top": "office"})
    together = joined.groupby([*keys, "office"], as_index=False, sort=False)[sums].sum()
    parts.append(together.assign(own=False, below=True))
    return pd.concat(parts, ignore_index=True)


def _above(paths):
    """Pairs of an office and each office that has others below it, itself among them: `office`, `top`."""
    tops = {int(pk) for path in paths.values() for pk in path.strip("/").split("/")[:-1]}
    pairs = [
        (office, int(pk))
        for office, path in paths.items()
        for pk in path.strip("/").split("/")
        if int(pk) in tops
    ]
    return pd.DataFrame(pairs, columns=["office", "top"], dtype=np.int64)


def _months(days):
    """Months since January 1970, `NEVER` where there is no day."""
    days = np.asarray(days, dtype="datetime64[s]")
    months = days.astype("datetime64[M]").astype(np.int64)
    return np.where(np.isnat(days), NEVER, months)
