"""The cubes as frames: sums by month and office of spells and decision points, whole or as a difference."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from exits.methods import CAUSES
from exits.models import ExitCount, Grain

COUNTED = ["office", "product", "officer", "sex", "age", "area", "cycle"]
DIMENSIONS = [grain.value for grain in Grain if grain != Grain.OFFICE]
FLOWS = ["new", "returned", *(f"left_{cause}" for cause in CAUSES)]
DECIDED = ["decided", "followed"]
NEVER = -(10**6)
"""In place of a month: none. Further than any month from 1970, from which they are numbered."""


type Frames = tuple[pd.DataFrame, pd.DataFrame]


def cubes(rows: Frames, paths: dict[int, str], instead_of: Frames | None = None) -> Frames:
    """Both cubes of spells and decision points; with others that these replace, only the difference."""
    offices = Offices.of(paths)
    flows, decided = _flows(rows[0]), _decided(rows[1])
    if instead_of:
        flows = _without(flows, _flows(instead_of[0]), FLOWS)
        decided = _without(decided, _decided(instead_of[1]), DECIDED)
    return _exit_counts(flows, offices), _decision_counts(decided, offices)


def _without(rows, others, sums):
    others[sums] *= -1
    return pd.concat([rows, others], ignore_index=True).astype(dict.fromkeys(sums, np.int64))


def with_difference(model, difference: pd.DataFrame) -> tuple[list[int], pd.DataFrame]:
    """What adding the difference makes of the table: ids of rows that it replaces, and the rows instead."""
    sums = FLOWS if model is ExitCount else DECIDED
    keys = [name for name in difference if name not in sums]
    both = _as_keys(difference, keys).merge(
        _as_keys(_rows_of(model, difference, keys, sums), keys), "left", on=keys, suffixes=("", "_before")
    )
    for name in sums:
        both[name] += both[f"{name}_before"].fillna(0).astype(np.int64)
    replaced = both["pk"].dropna().astype(np.int64).tolist()
    return replaced, both.loc[(both[sums] != 0).any(axis=1), list(difference)].reset_index(drop=True)


def _rows_of(model, difference, keys, sums):
    """The rows that the difference may concern: those of its months and offices, in its grains alone."""
    found = []
    for grain, part in difference.groupby("grain") if "grain" in keys else [(None, difference)]:
        rows = model.objects.filter(
            month__in=_days_of(part["month"].unique()), office__in=part["office"].unique().tolist()
        )
        rows = rows if grain is None else rows.filter(grain=grain)
        found += rows.order_by().values_list("pk", *keys, *sums).iterator(chunk_size=10_000)
    found = pd.DataFrame(found, columns=["pk", *keys, *sums])
    for name in keys:
        if name in {"month", "next_month"}:
            found[name] = months_of(found[name].to_numpy(dtype="datetime64[s]"))
    return found


def _as_keys(rows, keys):
    """One way to say that something is missing, so that equal keys are found equal."""
    named = [name for name in DIMENSIONS if name in keys]
    rows = rows.astype(dict.fromkeys(named, object))
    rows[named] = rows[named].where(rows[named].notna() & (rows[named] != -1), None)
    return rows


def _days_of(months):
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(object).tolist()


def _flows(spells):
    """One row for each spell begun and one for each left, with a 1 under what it counts as."""
    facts = spells[COUNTED]
    first = spells["first"].to_numpy(dtype=bool)
    begun = facts.assign(month=months_of(spells["start"]), new=first, returned=~first)
    gone = spells[spells["left_on"].notna()]
    left = gone[COUNTED].assign(month=months_of(gone["left_on"]))
    for cause in CAUSES:
        left[f"left_{cause}"] = (gone["cause"] == cause).to_numpy()
    both = pd.concat([begun, left], ignore_index=True)
    both[FLOWS] = both[FLOWS].fillna(0).astype(np.int64)
    return both


def _decided(decisions):
    """Of each client the last decision of each month, with the month of the next one."""
    found = decisions[decisions["last_of_month"].to_numpy(dtype=bool)]
    return pd.DataFrame(
        {
            "office": found["office"],
            "month": months_of(found["ended_on"]),
            "next_month": months_of(found["next_ended_on"]),
            "decided": 1,
            "followed": found["followed"].astype(np.int64),
        }
    )


@dataclass(frozen=True)
class Offices:
    """Their ids; and by depth in the tree the place of the office that each has above it there, or of itself,
    where that one has others below it: -1 where there is none.
    """

    ids: np.ndarray
    above: np.ndarray

    @classmethod
    def of(cls, paths: dict[int, str]) -> "Offices":
        place = {pk: n for n, pk in enumerate(paths)}
        lines = [[place[int(pk)] for pk in path.strip("/").split("/")] for path in paths.values()]
        tops = {above for line in lines for above in line[:-1]}
        above = np.full((max(map(len, lines), default=1), len(lines)), -1)
        for n, line in enumerate(lines):
            above[: len(line), n] = [passed if passed in tops else -1 for passed in line]
        return cls(np.array(list(paths), dtype=np.int64), above)

    @property
    def are_tops(self) -> np.ndarray:
        return (self.above == np.arange(len(self.ids))).any(axis=0)

    def coded(self, column) -> "Coded":
        return Coded(pd.Index(self.ids).get_indexer(column), self.ids)


class Coded(NamedTuple):
    """Of each row the place of its value among `values`, -1 where it has none."""

    places: np.ndarray
    values: np.ndarray


def _coded(column):
    places, values = pd.factorize(column)
    return Coded(places, np.asarray(values))


def _exit_counts(rows, offices):
    """In each grain; a dimension that the grain lacks is missing (None)."""
    month, office, flows = _coded(rows["month"]), offices.coded(rows["office"]), rows[FLOWS].to_numpy()
    parts = []
    for grain in Grain:
        within = {} if grain == Grain.OFFICE else {grain.value: _coded(rows[grain.value])}
        part = _sums({"month": month} | within | {"office": office}, flows, FLOWS, offices)
        nothing = np.full(len(part["month"]), None)
        said = {"grain": np.full_like(nothing, grain.value)}
        parts.append(dict.fromkeys(DIMENSIONS, nothing) | part | said)
    columns = ["month", "office", *FLOWS, "own", "below", "grain", *DIMENSIONS]
    found = {name: np.concatenate([part[name] for part in parts]) for name in columns}
    return pd.DataFrame(found | {name: pd.Series(found[name], dtype=object) for name in DIMENSIONS})


def _decision_counts(rows, offices):
    keys = {name: _coded(rows[name]) for name in ("month", "next_month")}
    keys["office"] = offices.coded(rows["office"])
    return pd.DataFrame(_sums(keys, rows[DECIDED].to_numpy(), DECIDED, offices))


def _sums(keys, amounts, names, offices):
    """Sums by the keys, the last of which is the office: for each by itself (`own`), for each with all that
    is below it (`below`). Out: a column for each key and each of `names`, without cells that are all 0.
    """
    known = np.logical_and.reduce([key.places >= 0 for key in keys.values()])
    own, own_sums = _cells([key.places[known] for key in keys.values()], amounts[known])
    passed = [top[own[-1]] for top in offices.above]
    up = [np.flatnonzero(top >= 0) for top in passed]
    to_add = [np.concatenate([places[at] for at in up]) for places in own[:-1]]
    to_add.append(np.concatenate([top[at] for top, at in zip(passed, up, strict=True)]))
    tops, top_sums = _cells(to_add, own_sums[np.concatenate(up)])

    sums = np.concatenate([own_sums, top_sums])
    shown = (sums != 0).any(axis=1)
    places = [np.concatenate(pair)[shown] for pair in zip(own, tops, strict=True)]
    found = {name: key.values[at] for (name, key), at in zip(keys.items(), places, strict=True)}
    is_own = np.repeat([True, False], [len(own_sums), len(top_sums)])[shown]
    below = ~is_own | ~offices.are_tops[places[-1]]
    return found | dict(zip(names, sums[shown].T, strict=True)) | {"own": is_own, "below": below}


def _cells(places, amounts):
    """Each combination of places once, and what the amounts (a column each) of its rows sum up to."""
    sizes = [int(of_key.max(initial=0)) + 1 for of_key in places]
    number = np.zeros(len(amounts), dtype=np.int64)
    for of_key, size in zip(places, sizes, strict=True):
        number = number * size + of_key
    cell, numbers = pd.factorize(number)
    sums = np.column_stack([np.bincount(cell, amount, len(numbers)) for amount in amounts.T])
    found = []
    for size in reversed(sizes):
        numbers, of_key = np.divmod(numbers, size)
        found.append(of_key)
    return found[::-1], sums.astype(np.int64)


def months_of(days) -> np.ndarray:
    """Months since January 1970, `NEVER` where there is no day."""
    days = np.asarray(days, dtype="datetime64[s]")
    months = days.astype("datetime64[M]").astype(np.int64)
    return np.where(np.isnat(days), NEVER, months)
