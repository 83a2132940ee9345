"""Sheets of any length are planned in the database; what comes out is what planning them in memory gives."""

import datetime as dt
import random
from contextlib import closing

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from clients.actions import import_portfolio, plan, plan_staged, planned, staging
from clients.actions.changes import Changes
from clients.actions.write import write_plan
from clients.methods import columns
from clients.methods.reading import open_source
from clients.models import Client, Loan
from spm.jobs.progress import Quiet
from tests.clients.bad_rows import with_bad_rows
from tests.clients.imported import bad_cells, contents, numbers, take_in
from tests.clients.portfolio_files import COLUMNS, client, loan, portfolio, write_csv
from tests.exits.portfolios import sweep

pytestmark = pytest.mark.django_db

DAYS = ["2024-01-10", "2024-01-10", "2024-06-30", "2025-02-01", "2999-01-01", ""]
ODD_DAYS = [*DAYS, "2024-02-30", "10/01/2024", " 2024-06-30 "]
AMOUNTS = ["500", "500.00", "0", "750.50", "0.0001", ""]
ODD_AMOUNTS = [*AMOUNTS, "-5", "1,5", "1e5", "1.23456", "12345678901234567", " 7 ", "+3", "007"]
CODES = {
    "office": ["NORTE", "NORTE", "SUR", "HQ", "HEAD", ""],
    "officer": ["ANA", "LUIS", ""],
    "group": ["G1", "G2", ""],
    "product": ["CAPITAL", "AHORRO", "NUEVO", ""],
}
NAMES = ["María Peña", "José", "O'Hara", "'=1+1", "#N/A", "two\nlines", " blanks ", "bell\x07", "", "x" * 201]


def ids(letter: str) -> list[str]:
    return [
        *(f"{letter}{at}" for at in range(1, 7)),
        f" {letter}1",
        f"{letter}\u200b",
        "1.2E+10",
        f"{letter}.9/a",
    ]


def messy_cell(chance: random.Random, sheet: str, column: str) -> str:
    """Mostly good, often one that is there already, now and then as bad as they come."""
    if column.endswith("_id"):
        return chance.choice(ids({"client_id": "C", "loan_id": "L", "account_id": "A"}.get(column, "R")))
    odd = chance.random() < 0.15
    if column in CODES:
        return chance.choice(CODES[column])
    if column in {"principal", "amount", "outstanding", "balance"}:
        return chance.choice(ODD_AMOUNTS if odd else AMOUNTS[:4])
    if column == "date" or column.endswith(("_on", "_date")):
        return chance.choice(ODD_DAYS if odd else DAYS)
    others = {
        "name": NAMES if odd else NAMES[:2],
        "sex": ["F", "M", "", *["X"] * odd],
        "area": ["rural", "urban", ""],
        "phone": ["", "600 700", "'+591 7"],
        "status": {"clients": ["active", "active", "deceased", ""]}.get(
            sheet, ["open", "repaid", "written_off", ""]
        ),
        "days_late": ["", "0", "3", *["-1", "1.5"] * odd],
        "by_client": ["1", "0", "", *["yes"] * odd],
        "present": ["1", "0", *[""] * odd],
    }
    return chance.choice(others[column])


LONG = ["clients", "loans", "repayments", "savings", "movements", "attendance"]


def messy(chance: random.Random) -> dict:
    """Some sheets, with rows of a sound portfolio among rows of chance, and not all columns."""
    sheets, shown = {}, {}
    for sheet in LONG:
        if chance.random() < 0.25:
            continue
        rows = [
            {column: messy_cell(chance, sheet, column) for column in COLUMNS[sheet]}
            for _ in range(chance.randrange(12))
        ]
        rows += [row for row in portfolio()[sheet] if chance.random() < 0.5]
        chance.shuffle(rows)
        sheets[sheet] = rows
        wanted = {"client_id", "name", "office", "loan_id", "product", "principal", "disbursed_on", "date"}
        wanted |= {"amount", "repayment_id", "account_id", "opened_on", "movement_id", "present"}
        left_out = {column for column in COLUMNS[sheet] if chance.random() < 0.15} - wanted
        shown[sheet] = [column for column in COLUMNS[sheet] if column not in left_out]
    return {"sheets": sheets, "columns": shown}


def touch(chance: random.Random, sheets: dict) -> None:
    """Change a cell here and there, drop some rows: the next export of the same."""
    for sheet, rows in sheets.items():
        rows[:] = [row for row in rows if chance.random() < 0.9]
        for row in rows:
            for column in COLUMNS[sheet]:
                if chance.random() < 0.03:
                    row[column] = messy_cell(chance, sheet, column)


def outcome(path, monkeypatch, *, in_memory: bool) -> tuple:
    """The report and what is in the records afterwards; then all is as it was."""
    with monkeypatch.context() as patch, transaction.atomic():
        if in_memory:
            patch.setattr(plan, "may_be_long", lambda source, name: False)
        report = take_in(path)
        after = contents()
        transaction.set_rollback(True)
    return {**report, "seconds": 0, "rows_per_second": 0}, after


@sweep(100, at_least=8)
@given(st.integers(0, 2**32))
def test_whatever_the_files_hold_both_ways_give_the_same_report_and_records(tmp_path_factory, seed):
    chance = random.Random(seed)
    with pytest.MonkeyPatch.context() as monkeypatch:
        for module, name, size in (
            (columns, "CHUNK", 3),
            (staging, "SLICE", 4),
            (plan_staged, "SLICE", 4),
            (plan_staged, "FETCHED", 2),
            (planned, "HELD", 2),
        ):
            monkeypatch.setattr(module, name, size)
        with transaction.atomic():
            if chance.random() < 0.7:
                take_in(write_csv(tmp_path_factory.mktemp("base"), portfolio()))
            files = messy(chance)
            if chance.random() < 0.5:
                take_in(write_csv(tmp_path_factory.mktemp("before"), files["sheets"]))
                touch(chance, files["sheets"])
            path = write_csv(tmp_path_factory.mktemp("messy"), files["sheets"], columns=files["columns"])
            staged = outcome(path, monkeypatch, in_memory=False)
            in_memory = outcome(path, monkeypatch, in_memory=True)
            transaction.set_rollback(True)
    assert staged == in_memory


def test_of_very_many_bad_rows_some_are_told_and_all_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(plan_staged, "TOLD", 3)
    sheets = portfolio()
    sheets["clients"] += [client(f"B{at}", sex="X") for at in range(3)]
    sheets["loans"] += [loan(f"K{at}", "NOBODY") for at in range(2)]

    report = take_in(write_csv(tmp_path / "many", sheets))

    assert bad_cells(report) == [("clients", row, "sex", "choice") for row in (5, 6, 7)]
    assert [notice for notice in report["warnings"] if notice["code"] == "more_rejected"] == [
        {"code": "more_rejected", "params": {"sheet": "loans", "count": 2}}
    ]
    assert (numbers(report, "clients"), numbers(report, "loans")) == ((6, 3, 0, 0, 3), (5, 3, 0, 0, 2))
    assert (Client.objects.count(), Loan.objects.count()) == (3, 3)


def test_updates_beyond_what_memory_holds_come_back_in_their_order(monkeypatch):
    monkeypatch.setattr(planned, "HELD", 2)
    updates = planned.Updates()
    pairs = [((at,), (at + 1,)) for at in range(5)]
    for pair in pairs:
        updates.append(pair)

    assert (len(updates), list(updates), list(updates)) == (5, pairs, pairs)
    updates.close()
    assert updates.file.closed


def staged_tables() -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_temp_master WHERE type = 'table'")
        else:
            cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
        return [name for (name,) in cursor.fetchall()]


class Stopped(Exception):
    pass


class Stopping:
    """Somebody asks to stop as soon as a row has been read."""

    def step(self, done, total, message=""):
        raise Stopped


@pytest.mark.parametrize("sheets", [with_bad_rows(), portfolio()], ids=["bad rows", "sound"])
def test_no_row_of_the_file_stays_behind(tmp_path, sheets):
    take_in(write_csv(tmp_path / "first", portfolio()))
    path = write_csv(tmp_path / "second", sheets)

    take_in(path, dry_run=True)
    take_in(path)
    with pytest.raises(Stopped):
        take_in(path, progress=Stopping())

    assert staged_tables() == []


def written_and_checked(rows: planned.Plan) -> None:
    with transaction.atomic():
        write_plan(rows, Changes(), Quiet())
        connection.check_constraints()


def test_a_code_that_has_vanished_since_the_check_lets_nothing_in(tmp_path):
    source = open_source(write_csv(tmp_path / "portfolio", portfolio()))
    with closing(plan.plan_import(source, decimal=".", today=dt.date(2026, 1, 1), first=True)) as rows:
        rows.made["officers"].clear()
        with pytest.raises(IntegrityError):
            written_and_checked(rows)

    assert Client.objects.count() == 0


@pytest.fixture
def taken_in(monkeypatch) -> list[int]:
    """How many rows of clients each batch brings into their temporary table."""
    counts = []

    def add(staged, places, columns):
        if staged.name == "clients":
            counts.append(len(places))
        as_before(staged, places, columns)

    as_before = staging.Staged.add
    monkeypatch.setattr(staging.Staged, "add", add)
    return counts


def some_clients(count: int) -> dict:
    return {"clients": [client(f"C{at:02}", birth_date=DAYS[at % 2]) for at in range(count)], "loans": []}


@pytest.mark.parametrize(
    ("change", "came", "counts"),
    [
        (lambda rows: None, [], (12, 0, 0, 12, 0)),
        (lambda rows: rows[4].update(name="Eva"), [1], (12, 0, 1, 11, 0)),
        (lambda rows: rows[4].update(sex="X"), [1], (12, 0, 0, 11, 1)),
        (lambda rows: rows.append(client("C99")), [1], (13, 1, 0, 12, 0)),
        (lambda rows: rows.pop(1), [4], (11, 0, 0, 11, 0)),
        (lambda rows: rows.append(dict(rows[0])), [4, 4, 4, 1], (13, 0, 0, 11, 2)),
        (lambda rows: rows.reverse(), [4, 4, 4], (12, 0, 0, 12, 0)),
    ],
    ids=["the same", "one changed", "one bad", "one more", "one less", "one twice", "turned around"],
)
def test_what_is_just_as_recorded_is_not_taken_in(tmp_path, monkeypatch, taken_in, change, came, counts):
    monkeypatch.setattr(columns, "CHUNK", 4)
    sheets = some_clients(12)
    take_in(write_csv(tmp_path / "first", sheets))
    taken_in.clear()
    change(sheets["clients"])

    report = take_in(write_csv(tmp_path / "again", sheets))

    assert (taken_in, numbers(report, "clients")) == (came, counts)


def test_a_bad_row_does_not_hide_the_dates_of_rows_that_are_as_recorded(tmp_path):
    sheets = portfolio()
    take_in(write_csv(tmp_path / "first", sheets))
    sheets["repayments"].append(
        {"loan_id": "NONE", "date": "2025-06-01", "amount": "5", "repayment_id": "R9"}
    )

    imported = import_portfolio(write_csv(tmp_path / "again", {"repayments": sheets["repayments"]}), by=None)

    assert imported.batch.data_as_of == dt.date(2025, 3, 1)
