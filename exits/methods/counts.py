"""Counting spells over periods and groups: B + new + returned - exits = E, in each of them."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from exits.methods.columns import DEFAULT_WINDOW, MISSING, as_day, as_days, as_text
from exits.methods.rates import Counts
from exits.methods.words import CAUSES, Day

COUNT_COLUMNS = ["B", "new", "returned", "exits", *CAUSES, "E", "D", "F"]
TABLE_COLUMNS = ["group", "period", "start", "end", *COUNT_COLUMNS]
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both inclusive; `label` is `2025`, `2025-03`, or None for the whole."""

    start: dt.date
    end: dt.date
    label: str | None = None

    def provisional(self, as_of: dt.date, window: int = DEFAULT_WINDOW) -> bool:
        """Whether its last exits are not known yet: `as_of - end <= window`, the longest in use."""
        return (as_of - self.end).days <= window


def periods(start: Day, end: Day, step: str | None = None) -> list[Period]:
    """The time from `start` to `end` as one period, or cut by `step` into calendar years or months.

    The first and the last are clipped. ValueError if it ends before it starts, or for another step.
    """
    first, last = _date(start), _date(end)
    if first > last:
        raise ValueError("the period ends before it starts")
    if step is None:
        return [Period(first, last)]
    if step not in ("year", "month"):
        raise ValueError(f"a period is cut by year or month, not by {step!r}")
    cut = []
    while first <= last:
        finish = min(_last_day(first, step), last)
        cut.append(Period(first, finish, f"{first:%Y}" if step == "year" else f"{first:%Y-%m}"))
        first = finish + ONE_DAY
    return cut


def count_period(spells: pd.DataFrame, start: Day, end: Day, as_of: Day | None = None) -> Counts:
    """B, new, returned, exits by cause and E of one period, from a frame of `spells`; D and F stay 0.

    Active at the end of a day: started by it and not left by it. ValueError if the period ends before it
    starts or after `as_of`.
    """
    tables = _tables(spells, _known_periods(start, end, None, as_of), *_groups(spells, None), None)
    return as_counts({name: table[0, 0] for name, table in tables.items()})


def as_counts(row) -> Counts:
    """`Counts` from a row of `count_by` (or any mapping with its columns)."""
    return Counts(
        B=int(row["B"]),
        new=int(row["new"]),
        returned=int(row["returned"]),
        causes={cause: int(row[cause]) for cause in CAUSES},
        E=int(row["E"]),
        D=int(row["D"]),
        F=int(row["F"]),
    )


def count_by(
    spells: pd.DataFrame,
    start: Day,
    end: Day,
    *,
    by=None,
    step: str | None = None,
    points: pd.DataFrame | None = None,
    as_of: Day | None = None,
    keep_empty: bool = False,
) -> pd.DataFrame:
    """Counts of every group in every period, in one pass.

    `by`: a column of `spells` (product, officer, group, cycle, ...) or values, one for each spell; a
    missing value is "". `step`: None, year or month. `points`: `decision_points` of the same loans; a
    decision belongs to the group of the spell that its loan is part of, so D and F of the groups add up to
    the whole. Out: group (None without `by`), period (label), start, end (dates), B, new, returned, exits,
    client, mfi, death, E, D, F, sorted by group and time. Rows with all counts 0 are left out unless
    `keep_empty`.
    """
    spans = _known_periods(start, end, step, as_of)
    group, names = _groups(spells, by)
    tables = _tables(spells, spans, group, names, points)
    frame = pd.DataFrame(
        {
            "group": pd.Series(np.repeat(names, len(spans)), dtype=object),
            "period": pd.Series([span.label for span in spans] * len(names), dtype=object),
            "start": pd.Series([span.start for span in spans] * len(names), dtype=object),
            "end": pd.Series([span.end for span in spans] * len(names), dtype=object),
            **{name: tables[name].ravel() for name in COUNT_COLUMNS},
        },
        columns=TABLE_COLUMNS,
    )
    if keep_empty:
        return frame
    return frame[frame[COUNT_COLUMNS].any(axis=1)].reset_index(drop=True)


def spell_of(points: pd.DataFrame, spells: pd.DataFrame) -> np.ndarray:
    """Position in `spells`, in whatever order, of the spell that each decision's loan is part of."""
    number = pd.Index(pd.unique(as_text(spells["client_id"])))
    begun, starts = as_days(points["disbursed_on"]), as_days(spells["start"])
    if not len(points):
        return np.empty(0, dtype=np.int64)
    origin = starts.min()
    span = max(begun.max(), starts.max()) - origin + 1
    keys = number.get_indexer(as_text(spells["client_id"])) * span + (starts - origin)
    wanted = number.get_indexer(as_text(points["client_id"])) * span + (begun - origin)
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], wanted, side="right") - 1]


def age_bands(birth_dates, on) -> np.ndarray:
    """Band of age in completed years on each day `on`: `<25`, `25-34`, `35-44`, `45-54`, `55+`, else ""."""
    born, on = as_days(birth_dates), as_days(on)
    (y1, m1, d1), (y2, m2, d2) = _calendar(born), _calendar(on)
    age = y2 - y1 - ((m2 < m1) | ((m2 == m1) & (d2 < d1)))
    bands = np.array(["<25", "25-34", "35-44", "45-54", "55+"], dtype=object)[
        np.searchsorted([25, 35, 45, 55], age, side="right")
    ]
    bands[(born == MISSING) | (on == MISSING)] = ""
    return bands


def _known_periods(start, end, step, as_of):
    spans = periods(start, end, step)
    if as_of is not None and spans[-1].end > _date(as_of):
        raise ValueError("the period ends after the day of the data")
    return spans


def _tables(spells, spans, group, names, points):
    """By name of `COUNT_COLUMNS` the counts, a row for each group and a column for each period."""
    edges = np.array([as_day(span.start) for span in spans] + [as_day(spans[-1].end) + 1])
    shape = (len(names), len(spans))
    return _flows(spells, group, edges, shape) | _decisions(spells, points, group, edges, shape)


def _groups(spells, by):
    """Number of each spell's group, and the groups' names in order."""
    if by is None:
        return np.zeros(len(spells), dtype=np.int64), np.array([None], dtype=object)
    values = pd.Series(spells[by] if isinstance(by, str) else by).astype(object).reset_index(drop=True)
    values[values.isna()] = ""
    names = sorted(pd.unique(values), key=lambda name: (isinstance(name, str), name))
    return pd.Index(names, dtype=object).get_indexer(values), np.array([*names, None], dtype=object)[:-1]


def _flows(spells, group, edges, shape):
    start, left = as_days(spells["start"]), as_days(spells["left_on"])
    first = spells["first"].to_numpy(dtype=bool)
    cause = spells["cause"].to_numpy(dtype=object)
    gone = left != MISSING
    new, new_before = _tally(group[first], start[first], edges, shape)
    returned, returned_before = _tally(group[~first], start[~first], edges, shape)
    tables, gone_before = {"new": new, "returned": returned}, 0
    for name in CAUSES:
        mask = gone & (cause == name)
        tables[name], before = _tally(group[mask], left[mask], edges, shape)
        gone_before = gone_before + before
    tables["exits"] = sum(tables[name] for name in CAUSES)
    change = new + returned - tables["exits"]
    tables["E"] = (new_before + returned_before - gone_before)[:, None] + change.cumsum(axis=1)
    tables["B"] = tables["E"] - change
    return tables


def _decisions(spells, points, group, edges, shape):
    if points is None or not len(points):
        return {"D": np.zeros(shape, dtype=np.int64), "F": np.zeros(shape, dtype=np.int64)}
    ended, following = as_days(points["ended_on"]), as_days(points["next_ended_on"])
    period_end = np.append(edges[1:], edges[-1])[np.clip(_bucket(ended, edges), 0, shape[1] - 1)]
    last = (following == MISSING) | (following >= period_end)
    group = group[spell_of(points, spells)]
    followed = last & points["followed"].to_numpy(dtype=bool)
    return {
        "D": _tally(group[last], ended[last], edges, shape)[0],
        "F": _tally(group[followed], ended[followed], edges, shape)[0],
    }


def _tally(group, day, edges, shape):
    """How many fall into each period by group, and how many came before them all."""
    groups, spans = shape
    cell = group * (spans + 2) + _bucket(day, edges) + 1
    table = np.bincount(cell, minlength=groups * (spans + 2)).reshape(groups, spans + 2)
    return table[:, 1:-1], table[:, 0]


def _bucket(day, edges):
    """Number of the period a day falls into: -1 before the first, `len(edges) - 1` after the last."""
    return np.searchsorted(edges, day, side="right") - 1


def _date(day) -> dt.date:
    return np.datetime64(as_day(day), "D").item()


def _last_day(day, step):
    following = (
        dt.date(day.year + 1, 1, 1) if step == "year" else (day.replace(day=1) + 31 * ONE_DAY).replace(day=1)
    )
    return following - ONE_DAY


def _calendar(days):
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    month = months.astype(np.int64)
    return month // 12, month % 12, days - months.astype("datetime64[D]").astype(np.int64)
