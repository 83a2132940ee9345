"""The command `exit_rates`: its answer equals a count day by day, and it refuses in plain words."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from clients.models import Client
from exits.models import ExitDefinition
from tests.exits import brute_force
from tests.exits.portfolios import periods_until, portfolios, sweep
from tests.exits.stored import define, imported_on, store
from tests.factories import ClientFactory, LoanFactory, OfficerFactory, ProductFactory

GROUPS = ["office", "product", "officer", "group", "sex", "age", "area", "cycle", "year", "month"]
RATES = [
    "dropout_opening", "exit_dealt_with", "retention_dealt_with", "retention_opening", "exit_closing",
    "exit_average", "follow_on_retention",
]  # fmt: skip
KEYS = [
    "group", "start", "end", "as_of", "window", "provisional", "B", "new", "returned", "exits", "causes", "E",
    "D", "F", "rates",
]  # fmt: skip


def answer(*arguments):
    out = io.StringIO()
    call_command("exit_rates", *arguments, stdout=out)
    return out.getvalue()


def asked(start, end, *arguments):
    return json.loads(answer("--start", start.isoformat(), "--end", end.isoformat(), *arguments))


def longest(window):
    return window if isinstance(window, int) else max(window.values())


def general(window):
    return window if isinstance(window, int) else window[None]


def expected(portfolio, window, start, end, as_of, causes):
    """What the command must say, counted day by day, as {by: {group: line}}."""
    tables = brute_force.tables(portfolio, window, start, end, as_of, portfolio.savings, [None, *GROUPS])
    if not tables[None]:
        none = dict.fromkeys(["B", "new", "returned", "exits", "E", "D", "F"], 0)
        nobody = {"start": start, "end": end, "causes": dict.fromkeys(brute_force.CAUSES, 0), **none}
        tables[None] = {(None, None): nobody}
    lines = {by: {} for by in tables}
    for by, table in tables.items():
        for (group, label), counts in table.items():
            name = label if by in ("year", "month") else group
            name = name if name is None else str(name)
            lines[by][name] = {
                "group": name,
                **counts,
                "start": counts["start"].isoformat(),
                "end": counts["end"].isoformat(),
                "as_of": as_of.isoformat(),
                "window": general(window),
                "provisional": (as_of - counts["end"]).days <= longest(window),
                "rates": brute_force.seven_rates(counts, causes),
            }
    return lines


def by_group(lines):
    found = {line["group"]: line for line in lines}
    assert len(found) == len(lines)
    return found


@st.composite
def questions(draw):
    """A stored portfolio, a period as of each of its days, a window by hand or None, and causes."""
    portfolio = draw(portfolios(clean=True, max_clients=12))
    periods = [(as_of, *draw(periods_until(as_of))) for as_of in portfolio.as_of]
    causes = draw(st.sampled_from(["client,mfi,death", "client", "death,client"]))
    return portfolio, periods, draw(st.sampled_from([None, None, 0, 20])), causes


@pytest.mark.django_db
@sweep(dear=2)
@given(question=questions())
def test_the_command_equals_a_count_day_by_day(question):
    portfolio, periods, override, causes = question
    window = portfolio.window if override is None else override
    by_hand = ["--causes", causes, *([] if override is None else ["--window", str(override)])]
    with transaction.atomic():
        store(portfolio)
        define(portfolio)
        for as_of, start, end in periods:
            options = ["--as-of", as_of.isoformat(), *by_hand]
            told = expected(portfolio, window, start, end, as_of, causes.split(","))
            for by, lines in told.items():
                assert by_group(asked(start, end, *options, *(["--by", by] if by else []))) == lines
                assert all(
                    line["B"] + line["new"] + line["returned"] - line["exits"] == line["E"]
                    for line in lines.values()
                )
        transaction.set_rollback(True)


@pytest.fixture
def two_clients(office):
    """One repaid on 2024-03-01 and gone; one repaid the same day and back after 30 days, still borrowing."""
    ana, solo = OfficerFactory(code="ANA", name="Ana"), ProductFactory(code="SOLO")
    gone, back = (ClientFactory(external_id=name, office=office, officer=ana) for name in ("C1", "C2"))
    taken, ended = dt.date(2023, 12, 1), dt.date(2024, 3, 1)
    for number, client in enumerate((gone, back)):
        LoanFactory(
            external_id=f"L{number}",
            client=client,
            product=solo,
            disbursed_on=taken,
            closed_on=ended,
            status="repaid",
        )
    LoanFactory(external_id="L9", client=back, product=solo, disbursed_on=dt.date(2024, 3, 31))
    imported_on(dt.date(2024, 9, 30))


YEAR = ("--start", "2024-01-01", "--end", "2024-09-30")


def test_the_answer_is_one_line_with_its_keys_in_order(two_clients):
    (line,) = json.loads(answer(*YEAR))
    assert list(line) == KEYS
    assert list(line["causes"]) == ["client", "mfi", "death"]
    assert list(line["rates"]) == RATES
    assert line == {
        "group": None,
        "start": "2024-01-01",
        "end": "2024-09-30",
        "as_of": "2024-09-30",
        "window": 90,
        "provisional": True,
        "B": 2,
        "new": 0,
        "returned": 0,
        "exits": 1,
        "causes": {"client": 1, "mfi": 0, "death": 0},
        "E": 1,
        "D": 2,
        "F": 1,
        "rates": {
            "dropout_opening": 0.5,
            "exit_dealt_with": 0.5,
            "retention_dealt_with": 0.5,
            "retention_opening": 0.5,
            "exit_closing": 1.0,
            "exit_average": 1 / 1.5,
            "follow_on_retention": 0.5,
        },
    }


def test_a_window_given_by_hand_overrides_every_window(two_clients):
    ExitDefinition.objects.create(
        starts_on=dt.date(2020, 1, 1), window=60, product_windows={"SOLO": 45, "X": 400}
    )
    (stored,) = json.loads(answer(*YEAR))
    (by_hand,) = json.loads(answer(*YEAR, "--window", "29"))
    assert (stored["window"], stored["exits"], stored["returned"], stored["provisional"]) == (60, 1, 0, True)
    assert (by_hand["window"], by_hand["exits"], by_hand["returned"]) == (29, 2, 1)
    ended_long_ago = json.loads(answer("--start", "2024-01-01", "--end", "2024-06-01", "--window", "29"))
    assert ended_long_ago[0]["provisional"] is False


def test_the_definition_in_force_on_the_day_of_the_data_counts(two_clients):
    ExitDefinition.objects.create(starts_on=dt.date(2024, 6, 1), window=29)
    ExitDefinition.objects.create(starts_on=dt.date(2024, 10, 1), window=500)
    assert json.loads(answer(*YEAR))[0]["window"] == 29
    earlier = answer("--start", "2024-01-01", "--end", "2024-03-31", "--as-of", "2024-05-31")
    assert json.loads(earlier)[0]["window"] == 90


def test_parts_of_the_period_are_clipped_and_each_says_whether_it_is_provisional(two_clients):
    lines = json.loads(answer("--start", "2024-02-10", "--end", "2024-09-30", "--by", "month"))
    assert [(line["group"], line["start"], line["end"], line["provisional"]) for line in lines][:2] == [
        ("2024-02", "2024-02-10", "2024-02-29", False),
        ("2024-03", "2024-03-01", "2024-03-31", False),
    ]
    assert [line["group"] for line in lines if line["provisional"]] == ["2024-07", "2024-08", "2024-09"]


def test_groups_come_in_order_cycles_by_their_number(two_clients):
    assert [line["group"] for line in json.loads(answer(*YEAR, "--by", "cycle"))] == ["1", "2"]
    assert [line["group"] for line in json.loads(answer(*YEAR, "--by", "office"))] == ["NORTH-1"]


def test_without_an_import_the_latest_date_of_the_loans_up_to_today_counts(office):
    person = ClientFactory(office=office)
    LoanFactory(
        client=person,
        disbursed_on=dt.date(2024, 1, 5),
        closed_on=dt.date(2024, 6, 5),
        status="repaid",
    )
    LoanFactory(client=person, disbursed_on=dt.date(2999, 1, 1), due_on=None)
    (line,) = json.loads(answer("--start", "2024-01-01", "--end", "2024-06-05"))
    assert line["as_of"] == "2024-06-05"


def test_csv_has_a_column_for_each_cause_and_rate(two_clients):
    (row,) = csv.DictReader(io.StringIO(answer(*YEAR, "--format", "csv")))
    assert list(row) == [*KEYS[:10], "client", "mfi", "death", "E", "D", "F", *RATES]
    assert (row["group"], row["provisional"], row["exits"], row["exit_closing"]) == ("", "true", "1", "1.0")


def test_the_table_shows_shares_as_percentages_and_a_dash_for_the_undefined(two_clients):
    head, line = answer(*YEAR, "--causes", "death", "--format", "table").splitlines()
    assert head.split() == [*KEYS[:10], "client", "mfi", "death", "E", "D", "F", *RATES]
    assert line.split()[-7:] == ["0.0%", "0.0%", "50.0%", "50.0%", "0.0%", "0.0%", "50.0%"]
    nobody = answer("--start", "2020-01-01", "--end", "2020-12-31", "--format", "table")
    assert nobody.splitlines()[1].split()[-7:] == ["-"] * 7
    empty = answer("--start", "2020-01-01", "--end", "2020-12-31", "--by", "sex", "--format", "table")
    assert empty == "Nothing to count in this period.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("2024-05-01", "2024-04-01"), "The period starts on 2024-05-01, after its end on 2024-04-01."),
        (
            ("2024-05-01", "2024-10-01"),
            "The period ends on 2024-10-01, after 2024-09-30, the day of the data.",
        ),
        (
            ("2024-05-01", "2024-05-31", "--as-of", "2024-05-30"),
            "The period ends on 2024-05-31, after 2024-05-30, the day of the data.",
        ),
        (
            ("2024-05-01", "2024-05-31", "--causes", "client,moved"),
            "Unknown cause: moved. Choose from client, mfi, death.",
        ),
        (
            ("2024-05-01", "2024-05-31", "--causes", ""),
            "No cause is named. Choose from client, mfi, death.",
        ),
    ],
)
def test_it_refuses_what_it_cannot_count_in_a_plain_sentence(two_clients, arguments, words):
    start, end, *others = arguments
    with pytest.raises(CommandError) as refusal:
        answer("--start", start, "--end", end, *others)
    assert str(refusal.value) == words


@pytest.mark.parametrize(
    "option",
    [
        ("--window", "-1"),
        ("--as-of", "1.6.2024"),
        ("--as-of", "2024-6-1"),
        ("--as-of", "20240601"),
        ("--by", "weekday"),
    ],
)
def test_it_refuses_options_that_are_none(two_clients, option):
    with pytest.raises(CommandError, match=option[0]):
        answer(*YEAR, *option)


def test_a_status_on_a_day_that_no_stay_holds_is_warned_of_beside_the_answer(two_clients):
    def told(*more):
        out, err = io.StringIO(), io.StringIO()
        call_command("exit_rates", *YEAR, *more, stdout=out, stderr=err)
        return json.loads(out.getvalue())[0]["exits"], err.getvalue()

    assert told() == (1, "")
    Client.objects.update(status="deceased", status_on=dt.date(2023, 1, 1))
    words = (
        "2 clients are recorded as deceased or expelled on a day that no stay holds; not counted: C1, C2.\n"
    )
    assert told() == (1, words)
    Client.objects.filter(external_id="C1").update(status_on=dt.date(2024, 3, 31))
    assert told("--window", "30")[1].startswith("1 client is recorded")
    assert told("--window", "29")[1] == words


@pytest.mark.django_db
def test_without_data_it_says_so():
    with pytest.raises(CommandError) as refusal:
        answer(*YEAR)
    assert str(refusal.value) == "There are no data yet. Import a portfolio first."


def test_the_number_of_queries_does_not_grow_with_clients(two_clients, office, django_assert_num_queries):
    with django_assert_num_queries(10):
        answer(*YEAR, "--by", "officer")
    for _ in range(3):
        LoanFactory(client=ClientFactory(office=office))
    with django_assert_num_queries(10):
        answer(*YEAR, "--by", "officer")
