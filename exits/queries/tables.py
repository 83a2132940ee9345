"""What the rebuilt tables hold: spells, decision points and both cubes, as frames with models' columns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exits.methods import CAUSES, spell_of
from exits.models import Grain
from exits.queries.records import Counted, Records

FACTS = ["office", "portfolio", "product", "officer", "group", "sex", "area", "age", "cycle"]
DIMENSIONS = ["product", "officer", "portfolio", "sex", "age", "area", "cycle"]
WITHIN = {
    Grain.OFFICE: [],
    **{Grain(name): [name] for name in ("product", "officer", "sex", "age", "area", "cycle")},
    Grain.ALL: DIMENSIONS,
}
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
    facts = _facts(records, counted.spells)
    spells = _spells(records, counted.spells, facts)
    decisions = _decisions(records, counted, facts)
    return Tables(
        spells=spells,
        decisions=decisions,
        exit_counts=_cube(_flows(counted.spells, facts), FLOWS, ["month"]),
        decision_counts=_cube(_decided(decisions), ["decided", "followed"], ["month", "next_month"]),
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
    return found


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
    found = decisions.assign(
        month=_months(decisions["ended_on"]), next_month=_months(decisions["next_ended_on"]), decided=1
    )
    found["followed"] = found["followed"].astype(np.int64)
    return found[found["next_month"] != found["month"]]


def _cube(rows, sums, months):
    """Sums by month and office in each grain; a dimension that the grain lacks is missing (None)."""
    parts = []
    for grain, within in WITHIN.items():
        keys = [*months, "office", *within]
        part = rows.groupby(keys, as_index=False, sort=False)[sums].sum()
        part["grain"] = grain.value
        for name in DIMENSIONS:
            if name not in within:
                part[name] = None
        parts.append(part.astype(dict.fromkeys(DIMENSIONS, object)))
    return pd.concat(parts, ignore_index=True)


def _months(days):
    """Months since January 1970, `NEVER` where there is no day."""
    days = np.asarray(days, dtype="datetime64[s]")
    months = days.astype("datetime64[M]").astype(np.int64)
    return np.where(np.isnat(days), NEVER, months)
