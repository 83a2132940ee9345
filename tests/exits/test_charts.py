"""Figures of the exit page: what is drawn, and that Plotly would take it."""

import datetime as dt

import plotly.graph_objects as go
import pytest

from exits import charts

WORDS = {"title": "Worst month: March", "subtitle": "Exits, each month", "footer": "Definition 1"}


def months(*rates, provisional=0):
    flags = [False] * (len(rates) - provisional) + [True] * provisional
    return [
        charts.Month(dt.date(2025, number, 1), rate, flag)
        for number, (rate, flag) in enumerate(zip(rates, flags, strict=True), start=1)
    ]


def trend(*rates, provisional=0):
    rows = months(*rates, provisional=provisional)
    return charts.trend(rows, name="Exits", provisional="provisional", **WORDS)


def breakdown(*groups, whole=0.2):
    rows = [charts.Bar(label, rate, f"{rate:.0%}", interval) for label, rate, interval in groups]
    return charts.breakdown(rows, whole=whole, whole_words="all: 20 %", **WORDS)


def test_a_trend_of_final_months_is_one_solid_line_from_zero():
    figure = trend(0.01, 0.02, 0.03)
    (line,) = figure["data"]
    assert (line["x"], line["y"]) == (["2025-01-01", "2025-02-01", "2025-03-01"], [0.01, 0.02, 0.03])
    assert line["line"]["dash"] == "solid"
    assert figure["layout"]["yaxis"]["range"][0] == 0


def test_provisional_months_are_dashed_on_a_hatched_band_with_their_word():
    figure = trend(0.01, 0.02, 0.03, 0.01, provisional=2)
    band, solid, dashed = figure["data"]
    assert band["fillpattern"]["shape"] == "/"
    assert (band["x"][0], band["x"][1]) == ("2025-02-14", "2025-04-16")
    assert (solid["y"], dashed["y"]) == ([0.01, 0.02], [0.02, 0.03, 0.01])
    assert dashed["line"]["dash"] == "dot"
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["provisional"]


def test_a_rate_below_zero_is_not_cut_off():
    assert "range" not in trend(0.1, -0.2, 0.3)["layout"]["yaxis"]


def test_a_month_without_a_rate_is_a_gap():
    (line,) = trend(0.01, None, 0.03)["data"]
    assert (line["y"], line["connectgaps"]) == ([0.01, None, 0.03], False)


def test_each_group_is_a_bar_with_its_interval_and_all_is_a_dashed_line():
    figure = breakdown(("Norte", 0.3, (0.2, 0.4)), ("Sur", 0.1, (0.05, 0.2)))
    (bars,) = figure["data"]
    assert dict(zip(bars["customdata"], bars["x"], strict=True)) == {"Norte": 0.3, "Sur": 0.1}
    assert bars["error_x"]["array"] == pytest.approx([0.1, 0.1])
    assert bars["error_x"]["arrayminus"] == pytest.approx([0.1, 0.05])
    (line,) = figure["layout"]["shapes"]
    assert (line["x0"], line["line"]["dash"]) == (0.2, "dash")
    assert "all: 20 %" in [note["text"] for note in figure["layout"]["annotations"]]


def test_a_formula_that_is_no_share_has_bars_without_intervals():
    figure = breakdown(("Norte", 0.3, None), ("Sur", 0.1, None), whole=None)
    assert "error_x" not in figure["data"][0]
    assert figure["layout"]["shapes"] == []


@pytest.mark.parametrize(
    "figure",
    [
        trend(0.01, 0.02),
        trend(0.01, None, 0.02, provisional=1),
        trend(None, None, provisional=2),
        breakdown(("Norte", 0.3, (0.2, 0.4))),
        breakdown(),
    ],
)
def test_plotly_takes_every_figure(figure):
    go.Figure({"data": figure["data"], "layout": figure["layout"]})


def test_what_bars_add_up_to_does_not_run_through_their_numbers():
    figure = charts.pareto(
        ["Product", "Staff"], [0.6, 0.4], ["60 % (6)", "40 % (4)"], adding_up="Sum", **WORDS
    )
    go.Figure(figure)
    bars, line = figure["data"]
    assert (set(bars["text"]), line["x"]) == ({""}, [0.6, 1.0])
    beside = figure["layout"]["annotations"]
    assert [(note["text"], note["x"], note["y"]) for note in beside] == [
        ("60 % (6)", 1, 0),
        ("40 % (4)", 1, 1),
    ]
    assert {note["xref"] for note in beside} == {"paper"}
