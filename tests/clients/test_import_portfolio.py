"""Bringing a portfolio into the records: every kind of bad row, again and again, and in parts."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients import models
from clients.actions import import_portfolio
from clients.models import Client, ClientPosting, ImportBatch, Loan, Office, Officer, Product
from clients.queries.imports import report_in_words
from spm.models import AuditEvent
from tests.clients.portfolio_files import client, loan, portfolio, write_csv, write_xlsx, write_zip

pytestmark = pytest.mark.django_db
KEPT = (
    *(models.Office, models.Product, models.Officer, models.Group, models.Client, models.Loan),
    *(models.Repayment, models.SavingsAccount, models.SavingsMovement, models.Attendance),
    *(models.ClientPosting, models.ImportBatch, AuditEvent),
)


@pytest.fixture
def folder(tmp_path):
    """Writes sheets as CSV files and gives their folder."""
    made = iter(range(99))
    return lambda sheets, **how: write_csv(tmp_path / f"portfolio-{next(made)}", sheets, **how)


def take_in(path, **how) -> dict:
    return import_portfolio(path, by=None, **how).report


def numbers(report, sheet) -> tuple:
    counts = report["sheets"][sheet]
    return tuple(counts[name] for name in ("read", "created", "updated", "unchanged", "rejected"))


def bad_cells(report) -> list[tuple]:
    return [(bad["sheet"], bad["row"], bad["column"], bad["code"]) for bad in report["rejected"]]


def contents() -> dict:
    """All that an import may write, row by row, without primary keys of our own making."""
    return {
        "offices": list(Office.objects.order_by("code").values_list("code", "name", "kind", "parent__code")),
        "clients": list(
            Client.objects.order_by("external_id").values_list(
                *("external_id", "name", "search_name", "office__code", "officer__code", "group__code"),
                *("sex", "birth_date", "area", "joined_on", "phone", "status", "status_on"),
            )
        ),
        "loans": list(
            Loan.objects.order_by("external_id").values_list(
                *(
                    "external_id",
                    "client__external_id",
                    "product__code",
                    "principal",
                    "disbursed_on",
                    "due_on",
                ),
                *("closed_on", "status", "written_off_on", "officer__code", "office__code", "group__code"),
                *("outstanding", "days_late"),
            )
        ),
        "repayments": list(
            models.Repayment.objects.order_by("external_id").values_list(
                "external_id", "loan__external_id", "on", "amount"
            )
        ),
        "movements": list(
            models.SavingsMovement.objects.order_by("external_id").values_list(
                "external_id", "account__external_id", "on", "amount", "by_client"
            )
        ),
        "attendance": list(
            models.Attendance.objects.order_by("client__external_id", "on").values_list(
                "client__external_id", "on", "present"
            )
        ),
        "postings": list(
            ClientPosting.objects.order_by("client__external_id", "since").values_list(
                "client__external_id", "office__code", "officer__code", "since"
            )
        ),
    }


def forget_everything():
    for model in (ClientPosting, *reversed(KEPT[1:10])):
        model.objects.all().delete()
    for office in Office.objects.order_by("-path"):
        office.delete()


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
    assert {sql.split('"')[1] for sql in writes} == {"clients_importbatch", "spm_auditevent"}
    assert contents() == before


BAD = {
    "offices": [
        {"code": "LOST", "name": "Lost", "kind": "branch", "parent": "NOWHERE"},
        {"code": "RING-1", "name": "Ring", "kind": "branch", "parent": "RING-2"},
        {"code": "RING-2", "name": "Ring", "kind": "branch", "parent": "RING-1"},
        {"code": "", "name": "No code", "kind": "branch"},
        {"code": "ODD", "name": "Odd", "kind": "kiosk"},
    ],
    "clients": [
        client("TWICE"),
        client("TWICE", name="Another"),
        client("", name="No number"),
        client("B1", name=""),
        client("B2", office=""),
        client("B3", sex="X", area="sea"),
        client("B4", birth_date="15/06/1990", joined_on="2024-02-30"),
        client("B5", status="deceased"),
        client("B6", status="gone"),
        client("B7", name="n" * 201),
        client("B8\u200b"),
        client("B9", name="bell\x07"),
    ],
    "loans": [
        loan("K1", "NOBODY"),
        loan("K2", "B1"),
        loan("K3", "C1", closed_on="2024-01-09", status="repaid"),
        loan("K4", "C1", written_off_on="2023-01-09", status="written_off"),
        loan("K5", "C1", closed_on="2024-02-09", status="open"),
        loan("K6", "C1", status="repaid"),
        loan("K7", "C1", status="written_off"),
        loan("K8", "C1", written_off_on="2024-02-09", closed_on="2024-02-09", status="repaid"),
        loan("K9", "C1", principal="1,000.50", outstanding="-1", days_late="1.5"),
        loan("K10", "C1", principal="-5"),
        loan("K11", "C1", principal="1e5"),
        loan("K12", "C1", principal="nan"),
        loan("K13", "C1", principal="1.23456"),
        loan("K14", "C1", disbursed_on="", product=""),
        loan("K15", "C1", principal="12345678901234567"),
        loan("K16", "C1", disbursed_on="10 Jan 2024", status="paid"),
    ],
    "repayments": [
        {"loan_id": "K1", "date": "2024-12-20", "amount": "5", "repayment_id": "Q1"},
        {"loan_id": "L1", "date": "", "amount": "", "repayment_id": "Q2"},
    ],
    "savings": [
        {"account_id": "Z1", "client_id": "B1", "product": "AHORRO", "opened_on": "2024-01-05"},
        {
            "account_id": "Z2",
            "client_id": "C1",
            "product": "AHORRO",
            "opened_on": "2024-01-05",
            "closed_on": "2023-01-01",
        },
    ],
    "movements": [
        {"movement_id": "Y1", "account_id": "Z1", "date": "2024-02-01", "amount": "80", "by_client": "1"},
        {"movement_id": "Y2", "account_id": "A1", "date": "2024-02-01", "amount": "80", "by_client": "yes"},
    ],
    "attendance": [
        {"client_id": "C2", "date": "2024-02-01", "present": "1"},
        {"client_id": "C2", "date": "2024-02-01", "present": "0"},
        {"client_id": "C2", "date": "2024-02-08", "present": ""},
    ],
}

BLAMED = [
    ("offices", 5, "parent", "unknown_parent"),
    ("offices", 6, "parent", "office_circle"),
    ("offices", 7, "parent", "office_circle"),
    ("offices", 8, "code", "required"),
    ("offices", 9, "kind", "choice"),
    ("clients", 5, "client_id", "twice"),
    ("clients", 6, "client_id", "twice"),
    ("clients", 7, "client_id", "required"),
    ("clients", 8, "name", "required"),
    ("clients", 9, "office", "required"),
    ("clients", 10, "sex", "choice"),
    ("clients", 10, "area", "choice"),
    ("clients", 11, "birth_date", "date"),
    ("clients", 11, "joined_on", "date"),
    ("clients", 12, "status_on", "status_needs_date"),
    ("clients", 13, "status", "choice"),
    ("clients", 14, "name", "too_long"),
    ("clients", 15, "client_id", "hidden_sign"),
    ("clients", 16, "name", "hidden_sign"),
    ("loans", 5, "client_id", "unknown_client"),
    ("loans", 6, "client_id", "unknown_client"),
    ("loans", 7, "closed_on", "before_start"),
    ("loans", 8, "written_off_on", "before_start"),
    ("loans", 9, "status", "open_has_end"),
    ("loans", 10, "status", "repaid_needs_closed_on"),
    ("loans", 11, "status", "written_off_needs_date"),
    ("loans", 12, "status", "repaid_is_written_off"),
    ("loans", 13, "principal", "number"),
    ("loans", 13, "outstanding", "negative"),
    ("loans", 13, "days_late", "whole"),
    ("loans", 14, "principal", "negative"),
    ("loans", 15, "principal", "number"),
    ("loans", 16, "principal", "number"),
    ("loans", 17, "principal", "decimals"),
    ("loans", 18, "product", "required"),
    ("loans", 18, "disbursed_on", "required"),
    ("loans", 19, "principal", "digits"),
    ("loans", 20, "disbursed_on", "date"),
    ("loans", 20, "status", "choice"),
    ("repayments", 4, "loan_id", "unknown_loan"),
    ("repayments", 5, "date", "required"),
    ("repayments", 5, "amount", "required"),
    ("savings", 3, "client_id", "unknown_client"),
    ("savings", 4, "closed_on", "before_start"),
    ("movements", 4, "account_id", "unknown_account"),
    ("movements", 5, "by_client", "flag"),
    ("attendance", 3, "client_id", "twice"),
    ("attendance", 4, "client_id", "twice"),
    ("attendance", 5, "present", "required"),
]


def with_bad_rows() -> dict:
    return {name: rows + BAD.get(name, []) for name, rows in portfolio().items()}


def mended() -> dict:
    """The bad rows, put right."""
    return {
        "offices": [{"code": "RING-1", "name": "Ring", "kind": "branch", "parent": "SIERRA"}],
        "clients": [client("B1", name="Named"), client("TWICE")],
        "loans": [loan("K2", "B1"), loan("K3", "C1", closed_on="2024-02-09", status="repaid")],
        "repayments": [{"loan_id": "K2", "date": "2024-12-20", "amount": "5", "repayment_id": "Q1"}],
        "savings": [{"account_id": "Z1", "client_id": "B1", "product": "AHORRO", "opened_on": "2024-01-05"}],
        "movements": [{"movement_id": "Y1", "account_id": "Z1", "date": "2024-02-01", "amount": "80"}],
        "attendance": [{"client_id": "C2", "date": "2024-02-01", "present": "1"}],
    }


def test_a_bad_row_of_every_kind_is_reported_and_the_good_rows_are_in(folder):
    report = take_in(folder(with_bad_rows()))

    assert bad_cells(report) == BLAMED
    assert {name: counts["rejected"] for name, counts in report["sheets"].items()} == {
        "offices": 5,
        "products": 0,
        "clients": 12,
        "loans": 16,
        "repayments": 2,
        "savings": 2,
        "movements": 2,
        "attendance": 3,
    }
    with_bad = contents()
    assert [row[0] for row in with_bad["clients"]] == ["C1", "C2", "C3"]
    assert [row[0] for row in with_bad["loans"]] == ["L1", "L2", "L3"]
    assert [row[0] for row in with_bad["offices"]] == ["HQ", "NORTE", "SIERRA"]


def test_the_corrected_rows_bring_in_the_rest_and_a_third_import_writes_nothing(folder):
    take_in(folder(with_bad_rows()))
    corrected = folder(mended())

    second = take_in(corrected)
    third = take_in(corrected)

    assert second["rejected"] == []
    assert {name: numbers(second, name)[1:] for name in second["sheets"]} == {
        "offices": (1, 0, 0, 0),
        "clients": (2, 0, 0, 0),
        "loans": (2, 0, 0, 0),
        "repayments": (1, 0, 0, 0),
        "savings": (1, 0, 0, 0),
        "movements": (1, 0, 0, 0),
        "attendance": (1, 0, 0, 0),
    }
    assert {numbers(third, name)[1:3] for name in third["sheets"]} == {(0, 0)}


def test_every_reason_has_words(folder):
    report = report_in_words(take_in(folder(with_bad_rows())))

    assert report["rejected"][0] == {
        "sheet": "offices",
        "row": 5,
        "column": "parent",
        "value": "NOWHERE",
        "reason": "There is no office “NOWHERE” in these files or in the records.",
    }
    assert all(entry["reason"] and "%(" not in entry["reason"] for entry in report["rejected"])
    json.dumps(report)


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
    assert {**dry, "seconds": 0, "rows_per_second": 0} == {**real, "seconds": 0, "rows_per_second": 0}
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

    take_in(folder(sheets))

    postings = ClientPosting.objects.filter(client__external_id="C1").values_list("officer__code", "since")
    assert list(postings) == [("ANA", dt.date(2024, 1, 1)), ("LUIS", dt.date(2025, 3, 1))]


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


def test_importing_in_parts_equals_importing_at_once(folder):
    whole = portfolio()
    part = {**whole, "clients": whole["clients"][:1], "loans": whole["loans"][:1]}
    part |= {"repayments": whole["repayments"][:1]}
    rest = {**whole, "clients": whole["clients"][1:], "loans": whole["loans"][1:]}
    rest |= {"repayments": whole["repayments"][1:]}

    take_in(folder(part))
    take_in(folder(rest))
    in_parts = contents()
    forget_everything()
    take_in(folder(whole))

    assert contents() == in_parts


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


@pytest.mark.parametrize("path", ["nowhere", "text.txt"])
def test_the_command_ends_with_one_for_a_source_it_cannot_read(tmp_path, path, capsys):
    (tmp_path / "text.txt").write_text("hello")

    with pytest.raises(SystemExit) as ended:
        call_command("import_portfolio", str(tmp_path / path))

    assert ended.value.code == 1
    assert "Nothing was written." in capsys.readouterr().out


def test_the_command_ends_with_one_when_strict_meets_a_bad_row(folder):
    with pytest.raises(SystemExit) as ended:
        call_command("import_portfolio", str(folder(with_bad_rows())), strict=True)

    assert ended.value.code == 1
    assert Client.objects.count() == 0
