"""How the methods read a column: dates as whole days, ids as text, windows as days for each row."""

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from exits.methods.words import Window

MISSING = np.iinfo(np.int64).min
DEFAULT_WINDOW = 90


def as_days(values) -> np.ndarray:
    """Days since 1970-01-01 as int64, `MISSING` where there is no date.

    Takes datetime64, `datetime.date`, ISO text, and None, NaN, NaT, NA or "" for no date. Of a moment with a
    time zone the date as it is written there counts. ValueError for other text.
    """
    array = values if hasattr(values, "dtype") else np.array(list(values), dtype=object)
    array = np.asarray(array)
    if array.dtype.kind != "M":
        array = np.array(array, dtype=object)
        array[pd.isna(array)] = None
        array[array == ""] = None
        # Numpy would take the date that it was in Greenwich.
        moments = [place for place, value in enumerate(array) if isinstance(value, dt.datetime)]
        array[moments] = [array[place].date() for place in moments]
    return array.astype("datetime64[D]").astype(np.int64)


def as_day(value) -> int:
    """One date as days since 1970-01-01. ValueError where it is missing."""
    day = int(as_days([value])[0])
    if day == MISSING:
        raise ValueError("a date is needed here, and it is missing")
    return day


def as_dates(days, missing=MISSING) -> pd.DatetimeIndex:
    """The way back: datetime64[s], NaT where the day is `missing`."""
    days = np.asarray(days, dtype=np.int64)
    dates = days.astype("datetime64[D]").astype("datetime64[s]")
    dates[days == missing] = np.datetime64("NaT", "s")
    return pd.DatetimeIndex(dates)


def as_text(values) -> np.ndarray:
    """Object array of str, "" where there is no value; 10.0 is "10": a column with gaps holds floats."""
    array = np.asarray(values, dtype=object)
    missing = pd.isna(array)
    array = np.array([v if type(v) is str else _text(v) for v in array], dtype=object)
    array[missing] = ""
    return array


def _text(value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def column(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A text column, "" throughout where the frame lacks it."""
    if name in frame:
        return as_text(frame[name])
    return np.full(len(frame), "", dtype=object)


def days_column(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A date column, `MISSING` throughout where the frame lacks it."""
    if name in frame:
        return as_days(frame[name])
    return np.full(len(frame), MISSING, dtype=np.int64)


def is_true(values) -> np.ndarray:
    """Booleans from 1/0, true/false or their text; a missing value is false."""
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return np.nan_to_num(array.astype(float)) != 0
    return np.isin([text.strip().lower() for text in as_text(array)], ["1", "1.0", "true", "t", "yes", "y"])


def windows(products: np.ndarray, window: Window) -> np.ndarray:
    """Window in days of each product. A product that the mapping lacks takes `mapping[None]`, else 90.

    ValueError for a window below 0.
    """
    window = by_product(window)
    if isinstance(window, Mapping):
        codes, names = pd.factorize(products)
        days = np.array([_days(name, window) for name in names], dtype=np.int64)[codes]
    else:
        days = np.full(len(products), int(window), dtype=np.int64)
    if days.size and days.min() < 0:
        raise ValueError("a window cannot be shorter than 0 days")
    return days


def window_of(product: str, window: Window) -> int:
    """Window in days of one product."""
    return _days(as_text([product])[0], by_product(window))


def by_product(window: Window) -> int | dict[str | None, int]:
    """The windows with products as text and None for every other; a Series is taken as a mapping too."""
    if not isinstance(window, (Mapping, pd.Series)):
        return int(window)
    names = list(window.keys())
    named = [None if pd.isna(name) else text for name, text in zip(names, as_text(names), strict=True)]
    return {name: int(days) for name, (_key, days) in zip(named, window.items(), strict=True)}


def _days(product, window):
    if isinstance(window, int):
        return window
    return window.get(product, window.get(None, DEFAULT_WINDOW))


def longest_window(window: Window, products: Iterable[str] | None = None) -> int:
    """The longest window in use, in days: of `products` where they are given, else of the whole mapping."""
    window = by_product(window)
    if isinstance(window, int):
        return window
    products = [*window, None] if products is None else as_text(products)
    return max((_days(product, window) for product in products), default=_days(None, window))
