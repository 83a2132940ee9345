"""What the rebuilt tables hold: spells, decision points and both cubes, as frames with models' columns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exits.methods import spell_of
from exits.models import DecisionPoint, Spell
from exits.queries.cubes import COUNTED, Frames, cubes, months_of
from exits.queries.records import Counted, Records, of_clients

FACTS = ["office", "portfolio", "product", "officer", "group", "sex", "area", "age", "cycle"]
DAYS = {"start", "last_day", "left_on", "ended_on", "next_ended_on"}


@dataclass(frozen=True)
class Tables:
    """Frames named as the models' fields; ids of other rows are in `office`, `product` etc., -1 for none."""

    spells: pd.DataFrame
    decisions: pd.DataFrame
    exit_counts: pd.DataFrame
    decision_counts: pd.DataFrame


def tables(records: Records, counted: Counted, instead_of: Frames | None = None) -> Tables:
    """All rows of the rollup, from spells and decision points as counted from the records.

    `instead_of` are the rows `stored` for the same clients: the cubes then hold the difference to be added.
    """
    facts = _facts(records, counted.spells)
    spells = _spells(records, counted.spells, facts)
    decisions = _decisions(records, counted, facts)
    return Tables(spells, decisions, *cubes((spells, decisions), records.codes.paths, instead_of))


def stored(clients: list[int]) -> Frames:
    """Spells and decision points of some clients as they stand in the tables, as far as cubes need them."""
    spells = _read(Spell, [*COUNTED, "start", "left_on", "first", "cause"], clients)
    names = ["office", "ended_on", "next_ended_on", "last_of_month", "followed"]
    decisions = _read(DecisionPoint, names, clients)
    return spells, decisions


def _read(model, names, clients):
    rows = of_clients(model.objects.order_by().values_list(*names), "client", clients)
    found = pd.DataFrame(list(rows), columns=names)
    for name in names:
        if name in {"office", "product", "officer"}:
            found[name] = found[name].astype(object).fillna(-1).astype(np.int64)
        elif name in DAYS:
            found[name] = found[name].to_numpy(dtype="datetime64[s]")
    return found


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
    found["last_of_month"] = months_of(found["ended_on"]) != months_of(found["next_ended_on"])
    # A period's rows then lie side by side in the table, and are read in one go.
    return found.sort_values("ended_on", kind="stable", ignore_index=True)


def _loan_ids(records, numbers):
    ids = dict(zip(records.loans["loan_id"], records.loans["loan"], strict=True))
    return np.array([ids.get(number, -1) for number in numbers], dtype=np.int64)
