"""The house figure: every one is valid Plotly and keeps the house rules."""

import json
from itertools import pairwise

import pytest
from plotly.graph_objects import Figure

from spm.charts import (
    COLOURS,
    GREY,
    LABEL_GAP,
    LETTER_WIDTH,
    Series,
    Target,
    bars,
    house_figure,
    line,
    ratios,
)

MONTHS = ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"]


def drawn(figure) -> Figure:
    """The figure as Plotly takes it; a name or value that Plotly does not know is an error."""
    assert json.loads(json.dumps(figure)) == figure
    return Figure({"data": figure["data"], "layout": figure["layout"]})


def some_bars(**more):
    return bars(["Norte", "Sur <b>"], [0.2, 0.1], title="Norte loses most", texts=["20 %", "10 %"], **more)


def some_line(*series, **more):
    series = series or (Series("All", [0.1, 0.2, None, 0.3]),)
    return line(MONTHS, series, title="Leaving rises", **more)


FIGURES = {
    "empty": house_figure(title="Nothing", traces=[]),
    "bars": some_bars(),
    "bars with all": some_bars(
        low=[0.15, 0.05], high=[0.25, 0.15], provisional=[False, True], provisional_words="provisional",
        target=Target(0.12, "target"), subtitle="exit rate", footer="n 100", unit="share",
    ),
    "ratios": ratios(["A", "B <b>"], [0.5, 2], [0.2, 1.1], [0.9, 4], texts=["0.5", "2"], title="A less"),
    "bars of nothing": bars([], [], title="Nothing"),
    "bars with a gap": bars(["A", "B"], [None, 3], title="1", low=[None, 2], high=[None, 4]),
    "line": some_line(),
    "line with all": some_line(
        Series("A", [0.1, 0.2, 0.1, 0.2], [0, 0.1, 0, 0.1], [0.2, 0.3, 0.2, 0.3]), Series("B", [None] * 4),
        provisional=[False, False, True, True], provisional_words="sure later", target=Target(0.15, "target"),
    ),
    "line all provisional": some_line(provisional=[True] * 4),
    "line of words": line(["a", "b"], [Series("S", [1, 2])], title="W", time=False, unit="count"),
    "line of nothing": line([], [], title="Nothing"),
}  # fmt: skip


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_every_figure_is_plotly_and_carries_no_template(figure):
    whole = drawn(figure)
    assert "template" not in figure["layout"]
    assert whole.layout.title.text == figure["layout"]["title"]["text"]


def test_a_figure_is_small():
    series = [Series(f"S{number}", [0.5] * 60) for number in range(7)]
    months = [f"{year}-{month:02}-01" for year in range(2020, 2025) for month in range(1, 13)]
    assert len(json.dumps(line(months, series, title="T"))) < 20_000


def test_title_subtitle_and_footer_stay_as_written_for_the_page():
    layout = some_bars(subtitle="a < b", footer="R&D")["layout"]
    assert (layout["title"]["subtitle"]["text"], layout["meta"]["footer"]) == ("a < b", "R&D")


def test_bars_lie_from_zero_in_the_given_order_with_their_words():
    (bar,) = drawn(some_bars()).data
    layout = drawn(some_bars()).layout
    assert (list(bar.x), list(layout.yaxis.ticktext)) == ([0.2, 0.1], ["Norte", "Sur &lt;b&gt;"])
    assert (list(bar.text), layout.xaxis.range[0], layout.yaxis.autorange) == (
        ["20 %", "10 %"],
        0,
        "reversed",
    )


def test_an_interval_is_a_thin_line_and_the_words_stand_clear_of_it():
    figure = drawn(some_bars(low=[0.15, 0.05], high=[0.25, 0.15]))
    (bar,) = figure.data
    assert [*bar.error_x.array, *bar.error_x.arrayminus] == pytest.approx([0.05] * 4)
    assert (bar.error_x.thickness, bar.error_x.width) == (1.2, 0)
    assert [(note.text, note.x) for note in figure.layout.annotations] == [("20 %", 0.25), ("10 %", 0.15)]


def test_provisional_bars_are_hatched_and_say_so():
    (bar,) = drawn(some_bars(provisional=[False, True], provisional_words="provisional")).data
    assert (bar.marker.pattern.shape, list(bar.text)) == (("", "/"), ["20 %", "10 % provisional"])


def test_a_target_is_a_dashed_line_with_its_words():
    for figure, at in [
        (some_bars(target=Target(0.12, "target")), "x0"),
        (some_line(target=Target(0.1, "goal")), "y0"),
    ]:
        (shape,) = drawn(figure).layout.shapes
        assert (shape.line.dash, shape[at]) == ("dash", figure["layout"]["annotations"][-1][at[0]])


def test_the_provisional_end_of_a_line_is_dashed_and_joins_the_sure_part():
    sure, provisional = drawn(some_line(provisional=[False, False, True, True])).data
    assert (sure.line.dash, list(sure.x), list(provisional.x)) == ("solid", MONTHS[:2], MONTHS[1:])
    assert provisional.line.dash == "dot"


def test_a_missing_value_is_a_gap():
    (trace,) = drawn(some_line()).data
    assert (trace.y, trace.connectgaps) == ((0.1, 0.2, None, 0.3), False)


def test_lines_are_named_at_their_ends_and_the_eighth_is_grey():
    figure = drawn(some_line(*[Series(f"S{number}", [0.1, 0.2, 0.3, None]) for number in range(8)]))
    assert [trace.line.color for trace in figure.data] == [*COLOURS, GREY]
    assert [(note.x, "S7" in note.text) for note in figure.layout.annotations][-1] == (MONTHS[2], True)
    assert figure.layout.showlegend is False


def test_one_line_alone_needs_no_name():
    assert drawn(some_line()).layout.annotations == ()


def test_no_axis_cuts_off_what_it_shows():
    for figure in (some_bars(high=[0.9, 0.1], low=[0, 0]), some_line(target=Target(0.9, "far"))):
        axis = figure["layout"]["xaxis" if figure["data"][0]["type"] == "bar" else "yaxis"]
        assert axis["range"][0] == 0
        assert axis["range"][1] > 0.9


def test_names_of_lines_that_end_together_stand_apart():
    figure = some_line(*[Series(name, [0.1, 0.2, 0.3, 0.3]) for name in "ABC"])
    ends = [note["y"] for note in figure["layout"]["annotations"]]
    gaps = [round(higher - lower, 3) for lower, higher in pairwise(ends)]
    assert gaps == [round(LABEL_GAP * 0.33, 3)] * 2


def test_a_long_name_at_a_lines_end_takes_lines_and_the_room_of_them():
    names = ["Crédito solidario", "Crédito negocio"]
    figure = line(MONTHS, [Series(name, [0.2] * len(MONTHS)) for name in names], title="T")
    notes = figure["layout"]["annotations"]
    assert [note["text"].count("<br>") for note in notes] == [1, 1]
    apart = abs(notes[0]["y"] - notes[1]["y"]) / figure["layout"]["yaxis"]["range"][1]
    assert apart == pytest.approx(2 * LABEL_GAP)


def test_words_beside_bars_have_the_room_they_take():
    short, long = ([words] for words in ("1 %", "+20.4 points more"))
    margins = [bars(["A"], [0.2], texts=texts, title="T")["layout"]["margin"]["r"] for texts in (short, long)]
    assert margins == [56, LETTER_WIDTH * len("+20.4 points more")]


def test_bars_stand_as_far_apart_as_the_lines_of_a_long_label_need():
    name = "Size of the last loan: PEN 3,000.00 to PEN 4,900.00"
    one, three = bars([name[:20]], [1], title="1"), bars([name], [1], title="1")
    assert (one["layout"]["height"], three["layout"]["height"]) == (72 + 34, 72 + 3 * 17)


def test_ratios_stand_around_one_with_their_text_at_the_end_of_the_interval():
    figure = drawn(FIGURES["ratios"])
    (dots,) = figure.data
    assert (list(dots.x), list(dots.error_x.array), dots.error_x.arrayminus[0]) == ([0.5, 2], [0.4, 2], 0.3)
    assert figure.layout.xaxis.type == "log"
    assert [(note.text, round(10**note.x, 6)) for note in figure.layout.annotations] == [
        ("0.5", 0.9),
        ("2", 4),
    ]
    assert [(line.x0, line.x1) for line in figure.layout.shapes] == [(1, 1)]
