"""The cubes as frames: sums by month and office of spells and decision points, whole or as a difference."""

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
    above = _above(paths)
    flows, decided = _flows(rows[0]), _decided(rows[1])
    if instead_of:
        flows = _without(flows, _flows(instead_of[0]), FLOWS)
        decided = _without(decided, _decided(instead_of[1]), DECIDED)
    return _exit_counts(flows, above), _sums(decided, DECIDED, ["month", "next_month"], above)


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
    found = pd.concat(parts, ignore_index=True)
    return found[(found[sums] != 0).any(axis=1)]


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


def months_of(days) -> np.ndarray:
    """Months since January 1970, `NEVER` where there is no day."""
    days = np.asarray(days, dtype="datetime64[s]")
    months = days.astype("datetime64[M]").astype(np.int64)
    return np.where(np.isnat(days), NEVER, months)
