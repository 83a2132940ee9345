"""Sheets of any length are planned in the database, whatever they hold."""

import datetime as dt
from contextlib import closing
from threading import current_thread, main_thread

import pytest
from django.db import IntegrityError, connection, transaction

from clients.actions import alongside, import_portfolio, plan, plan_staged, planned, staging
from clients.actions.changes import Changes
from clients.actions.write import write_plan
from clients.methods import columns
from clients.methods.reading import open_source
from clients.models import Client, Loan
from spm.jobs.progress import Quiet
from tests.clients.bad_rows import with_bad_rows
from tests.clients.imported import bad_cells, numbers, take_in
from tests.clients.messy_files import DAYS
from tests.clients.portfolio_files import client, loan, portfolio, write_csv

pytestmark = pytest.mark.django_db


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


@pytest.mark.django_db(transaction=True)
def test_records_are_asked_for_ahead_while_rows_are_read(tmp_path, monkeypatch, taken_in):
    """Outside a transaction, as by command and by a job, by another thread with a connection of its own."""
    monkeypatch.setattr(columns, "CHUNK", 4)
    asked = []

    def fetched(sql, place, rows):
        asked.append((current_thread() is main_thread(), place, rows))
        return as_before(sql, place, rows)

    as_before = alongside.fetched
    monkeypatch.setattr(alongside, "fetched", fetched)
    sheets = some_clients(12)
    take_in(write_csv(tmp_path / "first", sheets))
    taken_in.clear()
    sheets["clients"][5].update(name="Eva")
    sheets["clients"].pop()

    report = take_in(write_csv(tmp_path / "again", sheets))

    first = Client.objects.order_by("pk").first().pk
    ahead = {(False, first + 3, 4), (False, first + 7, 4), (False, first + 10, 3)}
    # The last rows are fewer than were asked for.
    assert {one for one in asked if one[1] > first} == ahead | {(True, first + 7, 3)}
    assert (taken_in, numbers(report, "clients")) == ([1], (11, 0, 1, 10, 0))
    assert Client.objects.get(name="Eva").external_id == "C05"


def test_a_bad_row_does_not_hide_the_dates_of_rows_that_are_as_recorded(tmp_path):
    sheets = portfolio()
    take_in(write_csv(tmp_path / "first", sheets))
    sheets["repayments"].append(
        {"loan_id": "NONE", "date": "2025-06-01", "amount": "5", "repayment_id": "R9"}
    )

    imported = import_portfolio(write_csv(tmp_path / "again", {"repayments": sheets["repayments"]}), by=None)

    assert imported.batch.data_as_of == dt.date(2025, 3, 1)
