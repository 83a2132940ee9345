"""The house look of a figure: Plotly's JSON by hand, drawn by ``static/js/charts.js``. No Django in here.

Words arrive translated and direct labels formatted. Colours of ink and paper are the page's: the script sets
them when it draws, light or dark, and the decimal sign of the page's language.
"""

import datetime as dt
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log10

# Okabe and Ito's palette, told apart with any colour blindness; yellow last, as it is faint on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
GREY = "#8A9692"
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif'
BAR_HEIGHT, LINE_HEIGHT = 34, 17
# Letters on a line of the name beside a bar, and at the end of a line.
LABEL_WIDTH, END_WIDTH = 20, 13
# Of a letter beside a bar, in pixels, as wide fonts have it.
LETTER_WIDTH = 7.5
# Two names at line ends come no closer than this share of the axis.
LABEL_GAP = 0.065
# Where an axis of ratios has its marks.
RATIOS = (0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
# "$" before "%": the script writes the per cent sign as the house does, "2 %".
TICKS = {"share": "$.2~%", "count": ",.0f", "number": ",", "money": ",.0f"}
HOVER = {"share": "$.1%", "count": ",.0f", "number": ",", "money": ",.2f"}


@dataclass(frozen=True)
class Target:
    """A dashed line at ``value``, with its words."""

    value: float
    words: str


@dataclass(frozen=True)
class Series:
    """One line: ``y`` beside the figure's ``x``; None is a gap. ``low`` and ``high`` are its interval."""

    name: str
    y: Sequence
    low: Sequence = field(default=())
    high: Sequence = field(default=())


def plain(text) -> str:
    """Text as text: Plotly would read ``<b>`` in a branch's name as markup."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def house_figure(*, title, subtitle="", footer="", traces, height=320, **layout) -> dict:
    """A figure as a dict of plain values: ``{"data": [...], "layout": {...}, "config": {...}}``.

    ``title`` states the finding, ``subtitle`` the measure and its unit, ``footer`` definition, n and date.
    The page shows these three as text around the drawing; the saved picture holds them.
    """
    axis = {"zeroline": False, "automargin": True, "fixedrange": True, "tickangle": 0}
    return {
        "data": list(traces),
        "layout": {
            "title": {"text": str(title), "subtitle": {"text": str(subtitle)}},
            "meta": {"footer": str(footer)},
            "font": {"family": FONT, "size": 13},
            "height": height,
            "margin": {"l": 8, "r": 16, "t": 16, "b": 32, "pad": 4},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "dragmode": False,
            **layout,
            "xaxis": axis | layout.get("xaxis", {}),
            "yaxis": axis | layout.get("yaxis", {}),
        },
        "config": {"displayModeBar": False, "responsive": True},
    }


def bars(
    labels,
    values,
    *,
    title,
    subtitle="",
    footer="",
    unit="share",
    texts=(),
    low=(),
    high=(),
    provisional=(),
    provisional_words="",
    target: Target | None = None,
) -> dict:
    """Lying bars from zero, the first on top; ``texts`` are the values as they stand beside the bars.

    ``low`` and ``high`` are drawn as thin lines; bars where ``provisional`` is true are hatched.
    """
    names = [plain(label) for label in labels]
    values = list(values)
    on_lines = [_on_short_lines(label) for label in labels]
    lines = max((text.count("<br>") + 1 for text in on_lines), default=1)
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(values))),
        "x": values,
        "marker": {"color": COLOURS[0], "pattern": _hatching(len(values), provisional)},
        "text": _bar_texts(texts, values, provisional, provisional_words),
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": names,
        "hovertemplate": f"%{{customdata}}: %{{x:{HOVER[unit]}}}<extra></extra>",
    }
    if low and high:
        trace["error_x"] = _interval(values, low, high)
        # the label stands clear of the interval
        trace["textposition"] = "none"
    reach = _reach(values, high, target)
    return house_figure(
        title=title,
        subtitle=subtitle,
        footer=footer,
        traces=[trace],
        height=72 + max(BAR_HEIGHT, LINE_HEIGHT * lines) * max(len(values), 1),
        xaxis={"range": [0, reach], "tickformat": TICKS[unit], "nticks": 5, "rangemode": "tozero"},
        yaxis={
            "autorange": "reversed",
            "tickmode": "array",
            "tickvals": list(range(len(names))),
            "ticktext": on_lines,
            "showgrid": False,
        },
        bargap=0.35,
        margin=_margin_for(trace["text"]),
        annotations=_beside_intervals(trace, high) + _target_words(target, "x"),
        shapes=_target_line(target, "x"),
    )


def ratios(labels, values, low, high, *, texts, title, subtitle="", footer="") -> dict:
    """Ratios as dots with their intervals on a logarithmic axis, the first on top, and a line at 1."""
    values = list(values)
    on_lines = [_on_short_lines(label) for label in labels]
    lines = max((text.count("<br>") + 1 for text in on_lines), default=1)
    trace = {
        "type": "scatter",
        "mode": "markers",
        "y": list(range(len(values))),
        "x": values,
        "marker": {"color": COLOURS[0], "size": 10},
        "error_x": _interval(values, low, high) | {"thickness": 2},
        "cliponaxis": False,
        "customdata": [plain(label) for label in labels],
        "hovertemplate": "%{customdata}: %{x:.2f}<extra></extra>",
    }
    ends = [log10(min([*low, 1]) / 1.25), log10(max([*high, 1]) * 1.25)]
    return house_figure(
        title=title,
        subtitle=subtitle,
        footer=footer,
        traces=[trace],
        height=72 + max(BAR_HEIGHT, LINE_HEIGHT * lines) * max(len(values), 1),
        xaxis={"type": "log", "range": ends, "tickvals": list(RATIOS), "tickformat": TICKS["number"]},
        yaxis={
            "range": [len(values) - 0.5, -0.5],
            "tickmode": "array",
            "tickvals": list(range(len(values))),
            "ticktext": on_lines,
            "showgrid": False,
        },
        margin=_margin_for(texts),
        # a place on a logarithmic axis is its logarithm, but for shapes
        annotations=[
            _note(text, x=log10(end), y=y, xanchor="left", xshift=6, yanchor="middle")
            for y, (text, end) in enumerate(zip(texts, high, strict=True))
        ],
        shapes=_target_line(Target(1, ""), "x"),
    )


def line(
    x,
    series,
    *,
    title,
    subtitle="",
    footer="",
    unit="share",
    provisional=(),
    provisional_words="",
    target: Target | None = None,
    from_zero=True,
    time=True,
) -> dict:
    """Lines over ``x`` (ISO dates; numbers or words with ``time=False``), each with its name at its end.

    ``series`` is a list of ``Series``; beyond seven they are grey. The points where ``provisional`` is true
    are at the end, and drawn dashed.
    """
    x = [value if time or isinstance(value, int) else plain(value) for value in x]
    first = next((place for place, flag in enumerate(provisional) if flag), len(x))
    traces, labels = [], []
    for number, one in enumerate(series):
        colour = COLOURS[number] if number < len(COLOURS) else GREY
        traces += _line_traces(x, one, colour, first, unit)
        labels += _end_label(x, one, colour) if len(series) > 1 else []
    reach = _reach([value for one in series for value in (*one.y, *one.high)], (), target)
    _spread(labels, reach)
    if first < len(x) and provisional_words:
        labels.append(_note(provisional_words, x=1, xref="paper", xanchor="right", y=1, yref="paper"))
    bottom = {"range": [0, reach]} if from_zero else {}
    return house_figure(
        title=title,
        subtitle=subtitle,
        footer=footer,
        traces=traces,
        xaxis={"showgrid": False, "nticks": 8, **(_time_span(x) if time else _span(x))},
        yaxis={"tickformat": TICKS[unit], "nticks": 5, **bottom},
        annotations=labels + _target_words(target, "y"),
        shapes=_target_line(target, "y"),
        margin={"l": 8, "r": 110 if len(series) > 1 else 16, "t": 24, "b": 32, "pad": 4},
    )


def _line_traces(x, one: Series, colour: str, first: int, unit: str) -> list[dict]:
    """The sure part solid; the provisional part dashed, from the last sure point on."""
    parts = [("solid", 0, first), ("dot", max(first - 1, 0), len(x))]
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": plain(one.name),
            "x": x[start:end],
            "y": list(one.y[start:end]),
            "line": {"color": colour, "width": 2.5, "dash": dash},
            "marker": {"size": 5, "color": colour, "symbol": "circle" if dash == "solid" else "circle-open"},
            "connectgaps": False,
            "cliponaxis": False,
            "hovertemplate": f"%{{x}}: %{{y:{HOVER[unit]}}}<extra>{plain(one.name)}</extra>",
            **_line_interval(one, start, end),
        }
        for dash, start, end in parts
        if end > start and not (dash == "dot" and first >= len(x))
    ]


def _line_interval(one: Series, start: int, end: int) -> dict:
    if not (one.low and one.high):
        return {}
    return {"error_y": _interval(one.y[start:end], one.low[start:end], one.high[start:end])}


def _interval(values, low, high) -> dict:
    """Distances from the value, 0 where there is none."""
    rows = list(zip(values, low, high, strict=True))
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(up - value, 0) if None not in (up, value) else 0 for value, _down, up in rows],
        "arrayminus": [max(value - down, 0) if None not in (down, value) else 0 for value, down, _up in rows],
        "thickness": 1.2,
        "width": 0,
        "color": GREY,
    }


def _margin_for(texts) -> dict:
    """With room for a label that begins near the end of the axis, also where that is a phone's edge."""
    longest = max(map(len, texts), default=0)
    return {"l": 8, "r": max(56, LETTER_WIDTH * longest), "t": 16, "b": 32, "pad": 4}


def _hatching(count: int, provisional) -> dict:
    flags = [*provisional, *[False] * (count - len(provisional))]
    return {"shape": ["/" if flag else "" for flag in flags], "solidity": 0.35, "size": 6}


def _bar_texts(texts, values, provisional, words: str) -> list[str]:
    texts = [plain(text) for text in texts] or ["" for _value in values]
    flags = [*provisional, *[False] * (len(texts) - len(provisional))]
    return [
        f"{text} {plain(words)}".strip() if flag else text for text, flag in zip(texts, flags, strict=True)
    ]


def _beside_intervals(trace: dict, high) -> list[dict]:
    if "error_x" not in trace:
        return []
    rows = zip(trace["y"], trace["x"], high, trace["text"], strict=True)
    return [
        _note(text, x=max(value, up or 0), y=y, xanchor="left", xshift=6, yanchor="middle")
        for y, value, up, text in rows
        if text and value is not None
    ]


def _end_label(x, one: Series, colour: str) -> list[dict]:
    points = [(there, value) for there, value in zip(x, one.y, strict=True) if value is not None]
    if not points:
        return []
    (there, value) = points[-1]
    # the name in ink, for contrast; a bullet in the line's colour ties them together
    words = f'<span style="color:{colour}">●</span> {_on_short_lines(one.name, END_WIDTH)}'
    beside = {"xanchor": "left", "xshift": 8, "yanchor": "middle", "align": "left"}
    return [_note(words, x=there, y=value, **beside, markup=True)]


def _spread(labels: list[dict], reach: float) -> None:
    """Move names of lines that end close together apart, upwards."""
    below = None
    for label in sorted(labels, key=lambda label: label["y"]):
        if below is not None:
            lines = 1 + (label["text"].count("<br>") + below["text"].count("<br>")) / 2
            label["y"] = max(label["y"], below["y"] + lines * LABEL_GAP * reach)
        below = label


def _time_span(x) -> dict:
    """From half a step before the first day to half a step after the last; names beside do not stretch it."""
    if not x:
        return {"type": "date"}
    first, last = (dt.date.fromisoformat(day) for day in (x[0], x[-1]))
    half = dt.timedelta(days=max((last - first).days // (2 * max(len(x) - 1, 1)), 1))
    return {"type": "date", "range": [(first - half).isoformat(), (last + half).isoformat()]}


def _span(x) -> dict:
    """From a little before the first number or word to a little after the last."""
    if x and all(isinstance(value, int) for value in x):
        beside = max((x[-1] - x[0]) / 50, 0.5)
        return {"type": "linear", "range": [x[0] - beside, x[-1] + beside]}
    return {"type": "category", "range": [-0.5, len(x) - 0.5]}


def _on_short_lines(label, width: int = LABEL_WIDTH) -> str:
    return "<br>".join(plain(part) for part in textwrap.wrap(str(label), width) or [""])


def _note(words: str, *, markup=False, **place) -> dict:
    return {"text": words if markup else plain(words), "showarrow": False, "font": {"size": 12}, **place}


def beyond_axis(words: str, y) -> dict:
    """Words to the right of the drawing, at the height of ``y``."""
    return _note(words, x=1, xref="paper", xanchor="left", xshift=8, y=y, yanchor="middle")


def _target_line(target: Target | None, along: str) -> list[dict]:
    if target is None:
        return []
    across = "y" if along == "x" else "x"
    ends = {f"{across}ref": "paper", f"{across}0": 0, f"{across}1": 1}
    at = {f"{along}0": target.value, f"{along}1": target.value}
    return [{"type": "line", "line": {"width": 1.5, "dash": "dash"}, **ends, **at}]


def _target_words(target: Target | None, along: str) -> list[dict]:
    if target is None:
        return []
    place = (
        {"x": target.value, "y": 1, "yref": "paper", "yanchor": "bottom"}
        if along == "x"
        else {"y": target.value, "x": 0, "xref": "paper", "xanchor": "left", "yanchor": "bottom"}
    )
    return [_note(target.words, **place)]


def _reach(values, high, target: Target | None) -> float:
    """The end of the axis: a little beyond the longest bar, its interval and the target."""
    ends = [value for value in (*values, *high, target and target.value) if value is not None]
    return max(ends, default=0) * 1.1 or 1
