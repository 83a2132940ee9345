"""Figures of the exit page: leaving by month, and by group. Words arrive translated, rates as fractions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from spm.charts import Series, Target, bars, line

HALF_MONTH = dt.timedelta(days=15)


@dataclass(frozen=True)
class Month:
    """One point of the trend: its first day, its rate (None: not defined), whether it may still change."""

    start: dt.date
    rate: float | None
    provisional: bool


@dataclass(frozen=True)
class Bar:
    """One group: its name, its rate, the rate as one reads it, and its interval where it has one."""

    label: str
    rate: float
    text: str
    interval: tuple[float, float] | None = None


def trend(months: Sequence[Month], *, name, title, subtitle, footer, provisional) -> dict:
    """The rate of each month as a line; provisional months dashed, on a hatched band with its word."""
    flags = [month.provisional for month in months]
    rates = [month.rate for month in months]
    figure = line(
        [month.start.isoformat() for month in months],
        [Series(name, rates)],
        title=title,
        subtitle=subtitle,
        footer=footer,
        provisional=flags,
        provisional_words=provisional,
        from_zero=min((rate for rate in rates if rate is not None), default=0) >= 0,
    )
    if any(flags):
        figure["data"].insert(0, _band(months, figure["layout"]["yaxis"]))
    return figure


def breakdown(
    groups: Sequence[Bar], *, title, subtitle, footer, whole: float | None, whole_words: str
) -> dict:
    """A bar for each group, with its interval; the rate of all as a dashed line to compare with."""
    intervals = [group.interval for group in groups]
    known = bool(intervals) and None not in intervals
    return bars(
        [group.label for group in groups],
        [group.rate for group in groups],
        title=title,
        subtitle=subtitle,
        footer=footer,
        texts=[group.text for group in groups],
        low=[low for low, _high in intervals] if known else (),
        high=[high for _low, high in intervals] if known else (),
        target=None if whole is None else Target(whole, whole_words),
    )


def _band(months, axis) -> dict:
    """Hatching over the months whose exits are not all known yet, from axis to axis."""
    first = next(month.start for month in months if month.provisional)
    left, right = (first - HALF_MONTH).isoformat(), (months[-1].start + HALF_MONTH).isoformat()
    rates = [month.rate for month in months if month.rate is not None]
    low, high = axis.get("range") or (min(rates, default=0), max(rates, default=1))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [left, right, right, left, left],
        "y": [low, low, high, high, low],
        "fill": "toself",
        "fillcolor": "rgba(0,0,0,0)",
        "fillpattern": {"shape": "/", "size": 8, "solidity": 0.12, "fgcolor": "rgba(138,150,146,0.4)"},
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
