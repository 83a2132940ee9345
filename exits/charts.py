"""Figures of the exit page: leaving by month, and by group. Words arrive translated, rates as fractions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from spm.charts import COLOURS, Series, Target, bars, beyond_axis, line, ratios

HALF_MONTH = dt.timedelta(days=15)
MONTH = 30.4375
"""Days in a month."""
BESIDE = 84
"""Pixels for `19 % (1,234)` beside a drawing."""


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
    groups: Sequence[Bar], *, title, subtitle, footer, whole: float | None = None, whole_words: str = ""
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


def odds(groups: Sequence[Bar], *, title, subtitle, footer) -> dict:
    """Odds ratios with their intervals, around 1."""
    low, high = zip(*(group.interval for group in groups), strict=True)
    return ratios(
        [group.label for group in groups],
        [group.rate for group in groups],
        low,
        high,
        texts=[group.text for group in groups],
        title=title,
        subtitle=subtitle,
        footer=footer,
    )


def pareto(
    labels: Sequence[str],
    shares: Sequence[float],
    texts: Sequence[str],
    *,
    adding_up,
    title,
    subtitle,
    footer,
) -> dict:
    """A bar for each share, largest first, and a line of what the bars add up to; both of the same whole.

    The texts stand beyond the axis, where the line does not cross them.
    """
    figure = bars(labels, shares, title=title, subtitle=subtitle, footer=footer)
    figure["layout"]["annotations"] = [beyond_axis(text, place) for place, text in enumerate(texts)]
    figure["layout"]["margin"]["r"] = BESIDE
    together = [round(sum(shares[: place + 1]), 6) for place in range(len(shares))]
    figure["data"].append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": adding_up,
            "x": together,
            "y": list(range(len(shares))),
            "line": {"color": COLOURS[1], "width": 2},
            "marker": {"size": 6, "color": COLOURS[1]},
            "cliponaxis": False,
            "hovertemplate": f"{adding_up}: %{{x:$.1%}}<extra></extra>",
        }
    )
    figure["layout"]["xaxis"]["range"] = [0, 1.05]
    return figure


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


@dataclass(frozen=True)
class Curve:
    """A share over days since a beginning, and its interval where it has one."""

    name: str
    days: Sequence[int]
    share: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Limit:
    """One month of a control chart; None where nobody was counted."""

    month: dt.date
    share: float | None
    low: float | None
    high: float | None


def curves(lines: Sequence[Curve], *, title, subtitle, footer, in_days=False) -> dict:
    """Shares over the time since a beginning, in months or days; the interval where there is one line."""
    longest = max((one.days for one in lines), key=len, default=[])
    x = [int(day) if in_days else round(day / MONTH) for day in longest]
    alone = len(lines) == 1
    series = [
        Series(
            one.name,
            _padded(one.share, len(x)),
            _padded(one.low, len(x)) if alone and one.low else (),
            _padded(one.high, len(x)) if alone and one.high else (),
        )
        for one in lines
    ]
    return line(x, series, title=title, subtitle=subtitle, footer=footer, time=False)


def cohorts(lines: Sequence[tuple[str, Sequence[float]]], *, title, subtitle, footer) -> dict:
    """A line for each cohort, over the number of periods since its own."""
    width = max((len(shares) for _name, shares in lines), default=0)
    series = [Series(name, _padded(shares, width)) for name, shares in lines]
    x = [f"+{number}" for number in range(width)]
    return line(x, series, title=title, subtitle=subtitle, footer=footer, time=False)


def control(
    months: Sequence[Limit], *, name, low_name, high_name, mean, mean_words, title, subtitle, footer
) -> dict:
    """The share month by month between its limits, the mean as a dashed line."""
    series = [
        Series(name, [month.share for month in months]),
        Series(high_name, [month.high for month in months]),
        Series(low_name, [month.low for month in months]),
    ]
    return line(
        [month.month.isoformat() for month in months],
        series,
        title=title,
        subtitle=subtitle,
        footer=footer,
        target=Target(mean, mean_words),
    )


def gain(
    falls: Sequence[str],
    nets: Sequence[tuple[float, float, float]],
    *,
    name,
    nothing,
    title,
    subtitle,
    footer,
) -> dict:
    """What is gained by each fall, in money, with its range (low, likely, high); a dashed line at nothing."""
    lows, likely, highs = zip(*nets, strict=True)
    return line(
        falls,
        [Series(name, likely, lows, highs)],
        title=title,
        subtitle=subtitle,
        footer=footer,
        unit="money",
        target=Target(0, nothing),
        from_zero=False,
        time=False,
    )


def _padded(values, length):
    return [*values, *[None] * (length - len(values))]
