"""The computed sentence of the exit page, the findings of its charts, and the words of its formulas."""

import datetime as dt

import pytest
from django.utils import translation

from exits.methods import CAUSES, Counts
from exits.models import ExitDefinition
from exits.queries.figures import figures_of
from exits.views.breakdown import breakdown_section, breakdown_title, ordered
from exits.views.formulas import formula_rows, interval_words, shown
from exits.views.sentence import (
    change_words,
    cycle_words,
    left_words,
    office_words,
    provisional_words,
    sentences,
    small_words,
)
from exits.views.trend import trend_title

AS_OF = dt.date(2026, 11, 22)
DEFINITION = ExitDefinition(starts_on=dt.date(2024, 1, 1))


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def figures(
    left=0,
    mfi=0,
    death=0,
    opening=0,
    new=0,
    group=None,
    start=None,
    end=None,
    kept=CAUSES,
    decided=(0, 0),
    **says,
):
    """Figures of 2025 with so many clients at the start and new ones, of whom so many left."""
    causes = {"client": left, "mfi": mfi, "death": death}
    counts = Counts(
        B=opening,
        new=new,
        causes=causes,
        E=opening + new - sum(causes.values()),
        D=decided[0],
        F=decided[1],
    )
    return figures_of(
        counts,
        group=group,
        label=says.get("label", group or ""),
        start=start or dt.date(2025, 1, 1),
        end=end or dt.date(2025, 12, 31),
        as_of=AS_OF,
        definition=says.get("definition", DEFINITION),
        window=90,
        longest_window=says.get("longest_window", 90),
        kept=kept,
    )


def of_2024(**counts):
    return figures(start=dt.date(2024, 1, 1), end=dt.date(2024, 12, 31), **counts)


def test_the_sentence_says_how_many_left_of_how_many():
    now = figures(left=1204, opening=5081, new=1498)
    assert left_words(now) == (
        "In 2025, <strong>1,204 clients left</strong>: 18.3\u202f% of the 6,579 we served."
    )


def test_one_client_is_not_clients():
    assert left_words(figures(left=1, opening=40)) == (
        "In 2025, <strong>1 client left</strong>: 2.5\u202f% of the 40 we served."
    )


def test_the_sentence_names_the_causes_it_counts():
    counts = {"left": 5, "mfi": 3, "death": 2, "opening": 100}
    said = {kept: left_words(figures(kept=kept, **counts)) for kept in [(c,) for c in CAUSES]}
    assert said == {
        ("client",): "In 2025, <strong>5 clients left by choice</strong>: 5.0\u202f% of the 100 we served.",
        ("mfi",): "In 2025, <strong>we ended with 3 clients</strong>: 3.0\u202f% of the 100 we served.",
        ("death",): "In 2025, <strong>2 clients died</strong>: 2.0\u202f% of the 100 we served.",
    }
    assert left_words(figures(kept=("client", "mfi"), **counts)) == (
        "In 2025, <strong>8 clients left</strong>, deaths not counted: 8.0\u202f% of the 100 we served."
    )


def test_a_period_of_months_begins_the_sentence_with_from():
    half = figures(left=10, opening=100, start=dt.date(2025, 1, 1), end=dt.date(2025, 6, 30))
    assert left_words(half).startswith("From January 2025 to June 2025, <strong>10 clients left")
    month = figures(left=10, opening=100, start=dt.date(2025, 3, 1), end=dt.date(2025, 3, 31))
    assert left_words(month).startswith("In March 2025, ")


def test_numbers_are_written_as_the_language_writes_them():
    with translation.override("es"):
        text = left_words(figures(left=1204, opening=5081, new=1498))
    assert all(number in text for number in ("1.204", "18,3\u202f%", "6.579"))


def test_spanish_begins_with_the_article_that_the_period_asks_for():
    with translation.override("es"):
        year = left_words(figures(left=1, opening=40))
        months = left_words(figures(left=2, opening=40, end=dt.date(2025, 6, 30)))
        days = left_words(figures(left=0, opening=40, end=dt.date(2025, 1, 21)))
    left = "<strong>se {} {} cliente{}</strong>: el {}\u202f% de los 40 que atendimos."
    assert year == "En 2025, " + left.format("fue", 1, "", "2,5")
    assert months == "De enero de 2025 a junio de 2025, " + left.format("fueron", 2, "s", "5,0")
    assert days == "Del 1 de enero de 2025 al 21 de enero de 2025, " + left.format("fueron", 0, "s", "0,0")


def test_more_and_less_than_the_year_before_are_in_points():
    now = figures(left=20, opening=100)
    assert change_words(now, of_2024(left=18, opening=100)) == (
        "That is <strong>2.0 points more</strong> than in 2024."
    )
    assert change_words(now, of_2024(left=22, opening=100)) == (
        "That is <strong>2.0 points less</strong> than in 2024."
    )
    assert change_words(now, of_2024(left=20, opening=100)) == "That is as much as in 2024."


def test_without_anything_before_nothing_is_compared():
    assert change_words(figures(left=20, opening=100), None) == ""
    assert change_words(figures(left=20, opening=100), of_2024()) == ""


def test_figures_of_another_definition_are_refused_in_words():
    other = of_2024(left=18, opening=100, definition=ExitDefinition(starts_on=AS_OF, counts_savings=True))
    assert change_words(figures(left=20, opening=100), other) == (
        "Not compared with 2024, which was counted by another definition."
    )


def test_figures_that_may_still_grow_are_not_compared_and_say_until_when():
    late = {"start": dt.date(2026, 1, 1), "end": AS_OF}
    now = figures(left=20, opening=100, **late)
    assert change_words(now, of_2024(left=25, opening=100)) == ""
    assert provisional_words(now, 90) == (
        "These figures are provisional until the data reach 21 February 2027: a client may rest for up to "
        "90 days, so not all exits are known yet."
    )
    assert provisional_words(figures(left=20, opening=100), 90) == ""


def test_an_office_is_named_only_if_chance_does_not_explain_it():
    whole = figures(left=180, opening=1000)
    clear = [figures(left=90, opening=300, group="Norte"), figures(left=90, opening=700, group="Sur")]
    unclear = [figures(left=95, opening=500, group="Norte"), figures(left=85, opening=500, group="Sur")]
    tiny = [figures(left=9, opening=10, group="Norte"), figures(left=171, opening=990, group="Sur")]
    assert office_words(whole, clear) == "Norte loses most (30.0\u202f%)."
    assert office_words(whole, unclear) == "No office stands out."
    assert office_words(whole, tiny) == "No office stands out."
    assert office_words(whole, clear[:1]) == ""


def test_the_loan_after_which_most_left_is_counted_not_rated():
    cycles = [figures(left=60, opening=600, group="1"), figures(left=50, opening=100, group="2")]
    assert cycle_words(cycles) == "More left after loan number 1 than after any other: 60 of 110."
    even = [figures(left=50, opening=600, group="1"), figures(left=50, opening=100, group="2")]
    few = [figures(left=9, opening=600, group="1"), figures(left=5, opening=100, group="2")]
    assert (cycle_words(even), cycle_words(few), cycle_words([])) == ("", "", "")


def test_few_clients_are_said_to_be_few():
    assert small_words(figures(left=2, opening=29)) == (
        "These are few clients, so one more or less changes the rate much."
    )
    assert small_words(figures(left=2, opening=30)) == ""


def test_the_whole_sentence_is_text_and_its_names_are_no_markup():
    whole = figures(left=180, opening=1000)
    offices = [
        figures(left=90, opening=300, group="N", label="<b>Norte"),
        figures(left=90, opening=700, group="S"),
    ]
    said = sentences(whole, of_2024(left=150, opening=1000), offices, [])
    assert said == (
        "In 2025, <strong>180 clients left</strong>: 18.0\u202f% of the 1,000 we served. "
        "That is <strong>3.0 points more</strong> than in 2024. &lt;b&gt;Norte loses most (30.0\u202f%)."
    )


def test_without_clients_the_sentence_says_so():
    assert sentences(figures(), None, [], []) == "Nobody was a client in this period and filter."


# --- findings ----------------------------------------------------------------------------------------------


def month(year, number, left, provisional=False):
    start = dt.date(year, number, 1)
    end = (start + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    window = 10_000 if provisional else 90
    label = f"{start:%B %Y}"
    return figures(left=left, opening=100, start=start, end=end, label=label, longest_window=window)


def test_the_trend_names_its_worst_final_month():
    months = [month(2025, 1, 2), month(2025, 2, 5), month(2025, 3, 9, provisional=True)]
    assert trend_title(months, "exit_dealt_with") == "Worst month: February 2025, 5.0\u202f%"
    assert trend_title(months, "retention_dealt_with") == "Worst month: February 2025, 95.0\u202f%"
    assert trend_title(months[:1], "exit_dealt_with") == "Month by month"


def test_a_month_that_is_worst_in_two_years_running_is_the_finding():
    months = [month(year, n, 9 if n == 7 else 2) for year in (2024, 2025) for n in range(1, 13)]
    assert trend_title(months, "exit_dealt_with") == "July is the worst month, year after year"


def test_the_breakdown_names_a_group_that_stands_out():
    whole = figures(left=180, opening=1000)
    groups = [
        figures(left=90, opening=300, group="F", label="Woman"),
        figures(left=90, opening=700, group="M"),
    ]
    assert breakdown_title(groups, whole, "sex", "exit_dealt_with") == "Highest: Woman, 30.0\u202f%"
    assert breakdown_title(groups, whole, "sex", "retention_dealt_with") == "Lowest: Woman, 70.0\u202f%"
    assert breakdown_title(groups[:1], whole, "sex", "exit_dealt_with") == "No group stands out"


def test_groups_are_ordered_by_the_worst_rate_and_those_without_one_come_last():
    groups = [
        figures(left=5, opening=100, group="low"),
        figures(decided=(1, 1), group="none"),
        figures(left=9, opening=100, group="high"),
    ]
    assert [g.group for g in ordered(groups, "office", "exit_dealt_with")] == ["high", "low", "none"]
    assert [g.group for g in ordered(groups, "office", "retention_dealt_with")] == ["high", "low", "none"]
    assert [g.group for g in ordered(groups, "age", "exit_dealt_with")] == ["low", "none", "high"]


def test_twelve_groups_are_drawn_and_the_others_stand_in_the_table_alone():
    groups = [figures(left=n, opening=100, group=f"O{n:02}") for n in range(1, 16)]
    whole = figures(left=120, opening=1500)
    says = {"dimension": "officer", "formula": "exit_dealt_with", "url": lambda *a, **k: "", "footer": ""}
    section = breakdown_section(groups, whole, **says)
    assert len(section["figure"]["data"][0]["x"]) == 12
    assert len(section["rows"]) == 15
    assert section["left_out"] == "3 more groups are in the table alone."


def test_a_group_of_few_clients_is_marked_and_not_drawn():
    groups = [figures(left=9, opening=29, group="few"), figures(left=9, opening=30, group="enough")]
    says = {"dimension": "officer", "formula": "exit_dealt_with", "url": lambda *a, **k: "", "footer": ""}
    section = breakdown_section(groups, figures(left=18, opening=59), **says)
    assert [(row[0].text, row[0].words) for row in section["rows"]] == [
        ("Few", "few clients"),
        ("Enough", ""),
    ]
    assert section["figure"]["data"][0]["customdata"] == ["Enough"]
    assert section["left_out"] == "1 more group is in the table alone."


# --- formulas ----------------------------------------------------------------------------------------------


def test_all_seven_formulas_stand_side_by_side_for_three_choices_of_causes():
    rows = formula_rows(
        figures(left=200, mfi=60, death=40, opening=1000, new=400, decided=(800, 600)), "exit_closing"
    )
    assert [(row.name, row.inputs, row.values) for row in rows] == [
        ("dropout_opening", "X 300 · B 1,000", ("30.0\u202f%", "26.0\u202f%", "20.0\u202f%")),
        ("exit_dealt_with", "X 300 · B 1,000 · N 400", ("21.4\u202f%", "18.6\u202f%", "14.3\u202f%")),
        ("retention_dealt_with", "E 1,100 · B 1,000 · N 400", ("78.6\u202f%", "–", "–")),
        ("retention_opening", "E 1,100 · N 400 · B 1,000", ("70.0\u202f%", "–", "–")),
        ("exit_closing", "X 300 · E 1,100", ("27.3\u202f%", "23.6\u202f%", "18.2\u202f%")),
        ("exit_average", "X 300 · B 1,000 · E 1,100", ("28.6\u202f%", "24.8\u202f%", "19.0\u202f%")),
        ("follow_on_retention", "F 600 · D 800", ("75.0\u202f%", "–", "–")),
    ]
    assert [row.name for row in rows if row.chosen] == ["exit_closing"]
    assert [row.name for row in rows if row.interval] == [
        "exit_dealt_with",
        "retention_dealt_with",
        "follow_on_retention",
    ]


def test_a_rate_without_a_denominator_says_what_is_missing():
    rows = {row.name: row.values[0] for row in formula_rows(figures(left=10, new=10), "exit_dealt_with")}
    assert rows["dropout_opening"] == "not defined: no clients at the start"
    assert rows["exit_closing"] == "not defined: no clients at the end"
    assert rows["follow_on_retention"] == "not defined: nobody had to decide"
    assert rows["exit_dealt_with"] == "100.0\u202f%"
    assert shown(None, "exit_dealt_with") == "not defined: no clients in the period"


def test_rates_past_all_and_below_nothing_are_shown_as_they_are():
    rows = {
        row.name: row.values[0]
        for row in formula_rows(figures(left=800, opening=200, new=900), "exit_closing")
    }
    assert rows["dropout_opening"] == "400.0\u202f%"
    assert rows["retention_opening"].endswith("300.0\u202f%")
    assert rows["retention_opening"][0] in "-−"


def test_an_interval_is_two_numbers_and_one_sign():
    assert interval_words((0.2461, 0.3042)) == "24.6 to 30.4\u202f%"
    assert interval_words(None) == ""
    with translation.override("es"):
        assert "24,6" in interval_words((0.2461, 0.3042))
