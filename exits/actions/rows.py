"""Frames of the rollup into their tables."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from exits.queries.cubes import NEVER
from spm.bulk import put

REFERENCES = {"client", "office", "portfolio", "product", "officer", "group", "loan", "last_loan"}
DAYS = {"start", "last_day", "left_on", "ended_on", "next_ended_on"}
MONTHS = {"month", "next_month"}
BATCH = 20_000


def put_frame(model, frame: pd.DataFrame) -> Iterator[int]:
    """Write the rows; how many, batch by batch."""
    for start in range(0, len(frame), BATCH):
        some = frame.iloc[start : start + BATCH]
        put(model, list(frame.columns), [_plain(name, some[name]) for name in frame.columns])
        yield len(some)


def _plain(name, column):
    """A column as the database takes it: None for no id and no date, dates as ISO text."""
    if name in DAYS:
        return _iso(np.asarray(column, dtype="datetime64[s]").astype("datetime64[D]"))
    if name in MONTHS:
        months = column.to_numpy(dtype=np.int64)
        days = months.astype("datetime64[M]").astype("datetime64[D]")
        days[months == NEVER] = np.datetime64("NaT", "D")
        return _iso(days)
    values = column.tolist()
    return [None if pk == -1 else pk for pk in values] if name in REFERENCES else values


def _iso(days):
    text = np.datetime_as_string(days).astype(object)
    text[np.isnat(days)] = None
    return text.tolist()
