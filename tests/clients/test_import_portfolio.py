"""Bringing a portfolio into the records: every kind of bad row, again and again, and in parts."""

import datetime as dt
import json
from decimal import Decimal
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.actions import import_portfolio
from clients.management.commands.import_portfolio import Command
from clients.models import Client, ClientPosting, ImportBatch, Loan, Office, Officer, Product
from spm.models import AuditEvent, Job
from tests.clients.bad_rows import with_bad_rows
from tests.clients.imported import KEPT, bad_cells, contents, numbers, take_in
from tests.clients.portfolio_files import client, loan, portfolio, write_csv, write_xlsx, write_zip

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """Writes sheets as CSV files and gives their folder."""
    made = iter(range(99))
    return lambda sheets, **how: write_csv(tmp_path / f"portfolio-{next(made)}", sheets, **how)


def test_a_sound_portfolio_comes_in_whole(folder):
    report = take_in(folder(portfolio()))

    assert report["rejected"] == []
    assert {name: numbers(report, name)[:2] for name in report["sheets"]} == {
        "offices": (3, 3),
        "products": (2, 2),
        "clients": (3, 3),
        "loans": (3, 3),
        "repayments": (2, 2),
        "savings": (1, 1),
        "movements": (2, 2),
        "attendance": (1, 1),
    }
    kept = contents()
    assert kept["offices"] == [
        ("HQ", "Casa matriz", "head", None),
        ("NORTE", "Valle Norte", "branch", "SIERRA"),
        ("SIERRA", "Región Sierra", "region", "HQ"),
    ]
    assert kept["clients"][1] == (
        *("C2", "José Núñez", "jose nunez", "NORTE", "ANA", None, "M", dt.date(1990, 6, 15), "rural"),
        *(dt.date(2024, 1, 1), "", "active", None),
    )
    assert kept["loans"][1] == (
        *("L2", "C2", "CAPITAL", Decimal("750.5"), dt.date(2024, 1, 10), dt.date(2025, 1, 10), None, "open"),
        *(None, None, "NORTE", None, Decimal("120.25"), 3),
    )
    assert kept["postings"][0] == ("C1", "NORTE", "ANA", dt.date(2024, 1, 1))
    assert Office.objects.get(code="NORTE").path.count("/") == 4


def test_a_second_import_of_the_same_files_writes_nothing(folder):
    path = folder(portfolio())
    take_in(path)
    before = contents()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        report = take_in(path)

    assert {numbers(report, name)[1:3] for name in report["sheets"]} == {(0, 0)}
    assert sum(counts["unchanged"] for counts in report["sheets"].values()) == 17
    writes = [
        query["sql"] for query in asked if query["sql"].lstrip().startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    told = {"clients_importbatch", "spm_auditevent", "spm_audithead"}
    assert {sql.split('"')[1] for sql in writes} == told
    assert contents() == before


def test_strict_keeps_everything_out_for_a_single_bad_row(folder):
    sheets = portfolio()
    sheets["loans"].append(loan("K1", "NOBODY"))

    imported = import_portfolio(folder(sheets), by=None, strict=True)

    assert imported.refused
    assert Client.objects.count() == 0
    assert [batch.state for batch in ImportBatch.objects.all()] == ["refused"]
    assert [event.verb for event in AuditEvent.objects.all()] == ["import.refused"]


def test_a_dry_run_reports_the_same_and_leaves_no_trace(folder):
    take_in(folder(portfolio()))
    changed = with_bad_rows()
    changed["clients"][0]["name"] = "Other"
    before = [list(model.objects.order_by("pk").values_list()) for model in KEPT]

    dry = take_in(folder(changed), dry_run=True)

    assert [list(model.objects.order_by("pk").values_list()) for model in KEPT] == before
    real = take_in(folder(changed))
    # How long it took, and what is only known once it is written.
    for report in (dry, real):
        for part in ("seconds", "rows_per_second", "reconciliation"):
            report.pop(part, None)
    assert dry == real
    assert dry["changes"] == {"clients": [{"key": "C1", "cells": [["name", "María Peña", "Other"]]}]}


def test_an_empty_cell_clears_and_a_missing_column_leaves(folder):
    take_in(folder(portfolio()))

    columns = {"clients": ["client_id", "name", "office", "officer", "sex"], "loans": None}
    report = take_in(folder({"clients": [client("C1", sex="")]}, columns=columns))

    assert numbers(report, "clients") == (1, 0, 1, 0, 0)
    row = Client.objects.get(external_id="C1")
    assert (row.sex, row.officer, row.group.code, row.birth_date) == ("", None, "G1", dt.date(1990, 6, 15))


def test_a_file_without_a_status_column_lets_the_dates_speak(folder):
    take_in(folder(portfolio()))
    columns = {"loans": ["loan_id", "client_id", "product", "principal", "disbursed_on", "closed_on"]}

    closed = [loan("L2", "C2", principal="750.50", closed_on="2025-03-01"), loan("L3", "C3", closed_on="")]
    report = take_in(folder({"loans": closed}, columns=columns))

    assert numbers(report, "loans") == (2, 0, 1, 1, 0)
    assert dict(Loan.objects.values_list("external_id", "status")) == {
        "L1": "repaid",
        "L2": "repaid",
        "L3": "written_off",
    }


def test_an_empty_status_is_inferred_from_the_dates(folder):
    sheets = portfolio()
    for row in sheets["loans"]:
        row["status"] = ""

    take_in(folder(sheets))

    assert [row[7] for row in contents()["loans"]] == ["repaid", "open", "written_off"]


def test_a_move_to_another_office_or_officer_is_kept_with_its_day(folder):
    take_in(folder(portfolio()))
    sheets = portfolio()
    sheets["clients"][0]["officer"] = "LUIS"
    sheets["clients"][1]["name"] = "Only the name is new"

    take_in(folder(sheets))

    postings = ClientPosting.objects.filter(client__external_id="C1").values_list("officer__code", "since")
    assert list(postings) == [("ANA", dt.date(2024, 1, 1)), ("LUIS", dt.date(2025, 3, 1))]
    assert ClientPosting.objects.filter(client__external_id="C2").count() == 1


def test_what_a_file_names_and_no_file_defines_is_made_and_reported(folder):
    sheets = {
        "clients": portfolio()["clients"],
        "loans": portfolio()["loans"],
        "savings": portfolio()["savings"],
    }

    report = take_in(folder(sheets))

    assert [(notice["code"], notice["params"]["code"]) for notice in report["warnings"]] == [
        ("made_offices", "NORTE"),
        ("made_officers", "ANA"),
        ("made_groups", "G1"),
        ("made_products", "CAPITAL"),
        ("made_products", "AHORRO"),
    ]
    assert contents()["offices"] == [
        ("HEAD", "Head office", "head", None),
        ("NORTE", "NORTE", "branch", "HEAD"),
    ]
    assert dict(Product.objects.values_list("code", "kind")) == {"CAPITAL": "loan", "AHORRO": "savings"}
    assert list(Officer.objects.values_list("code", flat=True)) == ["ANA"]


def test_the_head_office_made_on_first_use_takes_the_name_of_the_real_one(folder, manager):
    take_in(folder(portfolio()))

    assert next(row[:3] for row in contents()["offices"]) == ("HQ", "Casa matriz", "head")
    assert manager.memberships.get().office.code == "HQ"


def test_a_second_head_office_is_a_bad_row(folder):
    take_in(folder(portfolio()))

    report = take_in(folder({"offices": [{"code": "HQ2", "name": "Other", "kind": "head"}]}))

    assert bad_cells(report) == [("offices", 2, "kind", "other_head")]


def test_a_date_after_today_is_kept_and_warned(folder):
    sheets = portfolio()
    sheets["clients"][0]["joined_on"] = "2999-01-01"
    sheets["loans"][0]["due_on"] = "2999-01-01"

    imported = import_portfolio(folder(sheets), by=None)

    assert [warning for warning in imported.report["warnings"] if "future" in warning["code"]] == [
        {"code": "future_date", "params": {"sheet": "clients", "row": 2, "column": "joined_on"}},
        {"code": "more_future_dates", "params": {"sheet": "loans", "count": 1, "column": "due_on"}},
    ]
    assert Client.objects.get(external_id="C1").joined_on == dt.date(2999, 1, 1)
    assert imported.batch.data_as_of == dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    "how",
    [
        {"delimiter": ";"},
        {"delimiter": "\t"},
        {"encoding": "utf-8-sig"},
        {"delimiter": ";", "encoding": "utf-8-sig"},
    ],
    ids=str,
)
def test_delimiter_and_byte_order_mark_make_no_difference(folder, how):
    report = take_in(folder(portfolio(), **how))

    assert report["rejected"] == []
    assert Client.objects.count() == 3


def test_decimal_commas_are_read_when_announced(folder):
    sheets = portfolio()
    sheets["loans"][1] |= {"principal": "750,50", "outstanding": "120,25"}
    sheets["repayments"][0]["amount"] = "510,40"
    sheets["savings"][0]["balance"] = "80,5"
    sheets["movements"][1]["amount"] = "0,5"

    report = take_in(folder(sheets, delimiter=";"), decimal=",")

    assert report["rejected"] == []
    assert Loan.objects.get(external_id="L2").principal == Decimal("750.5")


def test_a_workbook_and_a_zip_say_the_same_as_a_folder(folder, tmp_path):
    plain = folder(portfolio())
    first = take_in(plain)
    book = take_in(write_xlsx(tmp_path / "book.xlsx", portfolio()))
    zipped = take_in(write_zip(tmp_path / "book.zip", plain))

    assert first["rejected"] == book["rejected"] == zipped["rejected"] == []
    for again in (book, zipped):
        assert {numbers(again, name)[1:3] for name in again["sheets"]} == {(0, 0)}


@pytest.mark.parametrize(
    ("sheets", "columns", "blamed"),
    [
        ({"clients": [client()]}, {}, ("loans", "", "missing_sheet")),
        ({"loans": [loan()]}, {}, ("clients", "", "missing_sheet")),
        (
            {"clients": [client()], "loans": []},
            {"loans": ["loan_id"]},
            ("loans", "client_id", "missing_column"),
        ),
        (
            {"clients": [client()], "loans": []},
            {"clients": ["client_id", "name", "office", "Name "]},
            ("clients", "name", "duplicate_column"),
        ),
    ],
)
def test_a_source_that_cannot_serve_is_refused(folder, sheets, columns, blamed):
    imported = import_portfolio(folder(sheets, columns=columns), by=None)

    assert imported.refused
    (problem,) = imported.report["rejected"]
    assert (problem["sheet"], problem["column"], problem["code"]) == blamed
    assert Client.objects.count() == 0


def test_the_number_of_queries_does_not_grow_with_the_rows(folder):
    def asked(name, count):
        sheets = {
            "clients": [client(f"C{name}-{at}") for at in range(count)],
            "loans": [loan(f"L{name}-{at}", f"C{name}-{at}") for at in range(count)],
        }
        with CaptureQueriesContext(connection) as queries:
            take_in(folder(sheets))
        return len(queries)

    asked("first", 1)
    assert asked("one", 1) == asked("three", 3)
    assert asked("one", 1) == asked("three", 3)


def test_the_command_reports_and_answers(folder, tmp_path, capsys):
    call_command("import_portfolio", str(folder(with_bad_rows())), report=tmp_path / "report.json")

    report = json.loads((tmp_path / "report.json").read_text())
    assert list(report) == ["sheets", "rejected", "warnings", "seconds", "rows_per_second"]
    assert report["sheets"]["clients"] == {
        "read": 15,
        "created": 3,
        "updated": 0,
        "unchanged": 0,
        "rejected": 12,
    }
    assert next(tuple(entry) for entry in report["rejected"]) == ("sheet", "row", "column", "value", "reason")
    assert "clients                 15         3" in capsys.readouterr().out


def test_a_command_that_ends_before_it_counts_the_figures_leaves_that_to_a_worker(folder, monkeypatch):
    monkeypatch.setattr(Command, "summarise", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        call_command("import_portfolio", str(folder(portfolio())))

    waiting = Job.objects.order_by("pk").values_list("work", "state")
    assert sorted(waiting) == sorted((name, "queued") for name in settings.AFTER_IMPORT)
    assert Client.objects.count() == 3


@pytest.mark.parametrize("path", ["nowhere", "text.txt"])
def test_the_command_ends_with_one_for_a_source_it_cannot_read(tmp_path, path, capsys):
    (tmp_path / "text.txt").write_text("hello")

    with pytest.raises(SystemExit) as ended:
        call_command("import_portfolio", str(tmp_path / path))

    assert ended.value.code == 1
    begun, _heads, *said = capsys.readouterr().out.splitlines()
    assert begun == "All is written at once, at the end. If this stops before then, nothing was written."
    assert said == [
        "- This is neither a folder of CSV files nor a workbook that can be opened.",
        "Nothing was written.",
    ]


def test_the_command_ends_with_one_when_strict_meets_a_bad_row(folder):
    with pytest.raises(SystemExit) as ended:
        call_command("import_portfolio", str(folder(with_bad_rows())), strict=True)

    assert ended.value.code == 1
    assert Client.objects.count() == 0


def test_a_rejected_row_does_not_move_the_day_of_the_data(folder):
    sheets = portfolio()
    sheets["loans"].append(loan("K1", "NOBODY", disbursed_on="2025-09-09"))
    sheets["repayments"].append({"loan_id": "K1", "date": "2025-10-10", "amount": "5", "repayment_id": "R9"})

    imported = import_portfolio(folder(sheets), by=None)

    assert len(imported.report["rejected"]) == 2
    assert imported.batch.data_as_of == dt.date(2025, 3, 1)


@pytest.mark.parametrize("report", ["missing/report.json", "."])
def test_a_report_that_cannot_be_written_is_said_before_anything_comes_in(folder, tmp_path, report):
    with pytest.raises(CommandError):
        call_command("import_portfolio", str(folder(portfolio())), report=tmp_path / report)

    assert Client.objects.count() == 0
