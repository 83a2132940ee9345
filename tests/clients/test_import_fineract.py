"""Workbooks with the headers of Fineract's import templates, typed here with all their quirks."""

import datetime as dt
import zipfile
from decimal import Decimal

import pytest

from clients.actions import import_portfolio
from clients.models import Client, Group, Loan, Office, Officer, Repayment, SavingsAccount
from clients.queries import imports
from tests.clients.fineract_files import HEADERS, JUAN, ROWS, take_in, workbook

pytestmark = pytest.mark.django_db


def test_a_workbook_with_fineracts_headers_comes_in(tmp_path):
    report = take_in(workbook(tmp_path / "all.xlsx", HEADERS))

    assert [(bad["sheet"], bad["row"], bad["column"], bad["code"]) for bad in report["rejected"]] == [
        ("ClientPerson", 4, "birth_date", "date"),
        ("Loans", 4, "client_id", "required"),
    ]
    assert list(Office.objects.order_by("path").values_list("code", "kind", "parent__code")) == [
        ("Head Office", "head", None),
        ("Sierra", "branch", "Head Office"),
        ("Valle Norte", "branch", "Sierra"),
    ]
    assert list(Officer.objects.values_list("code", "name")) == [("Ana Quispe", "Ana Quispe")]
    assert list(Group.objects.values_list("code", "name")) == [("Valle Norte: Las Flores", "Las Flores")]
    fields = (
        "external_id",
        "name",
        "sex",
        "birth_date",
        "joined_on",
        "phone",
        "officer__code",
        "group__name",
    )
    assert list(Client.objects.order_by("external_id").values_list(*fields)) == [
        (
            *("1001", "Rosa María Mamani", "F", dt.date(1990, 11, 24), dt.date(2024, 1, 5), "70012345"),
            *("Ana Quispe", "Las Flores"),
        ),
        ("E-7", "Taller Luz", "", None, dt.date(2024, 3, 5), "", None, "Las Flores"),
        (JUAN, "Juan Rojas", "M", None, dt.date(2024, 2, 1), "", None, None),
    ]
    assert list(
        Loan.objects.order_by("external_id").values_list(
            *("external_id", "client__external_id", "principal", "disbursed_on", "status", "officer__code")
        )
    ) == [
        ("L-1", "1001", Decimal("500.5"), dt.date(2024, 3, 1), "open", "Ana Quispe"),
        (
            *(f"{JUAN} Capital 2024-04-02", JUAN, Decimal(300)),
            *(dt.date(2024, 4, 2), "open", None),
        ),
    ]
    assert list(Repayment.objects.order_by("external_id").values_list("external_id", "amount")) == [
        ("L-1 2024-04-01 1", Decimal(50)),
        ("L-1 2024-04-01 2", Decimal(25)),
    ]
    assert SavingsAccount.objects.get().client.name == "Juan Rojas"


def test_the_same_workbook_twice_changes_nothing(tmp_path):
    path = workbook(tmp_path / "all.xlsx", HEADERS)
    take_in(path)

    again = take_in(path)

    assert {(counts["created"], counts["updated"]) for counts in again["sheets"].values()} == {(0, 0)}


def test_a_folder_and_a_zip_of_workbooks_say_the_same(tmp_path):
    folder = tmp_path / "books"
    folder.mkdir()
    for name in HEADERS:
        workbook(folder / f"{name}.xlsx", [name])
    with zipfile.ZipFile(tmp_path / "books.zip", "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)

    first = take_in(folder)
    second = take_in(tmp_path / "books.zip")

    assert first["sheets"]["Loans"] == {"read": 3, "created": 2, "updated": 0, "unchanged": 0, "rejected": 1}
    assert {(counts["created"], counts["updated"]) for counts in second["sheets"].values()} == {(0, 0)}


def test_later_a_branch_may_name_a_parent_that_is_recorded(tmp_path, monkeypatch):
    take_in(workbook(tmp_path / "all.xlsx", HEADERS))
    monkeypatch.setitem(ROWS, "Offices", [{"Office Name*": "Puerto", "Parent Office*": "Sierra"}])

    report = take_in(workbook(tmp_path / "more.xlsx", ["Offices"]))

    assert report["rejected"] == []
    assert Office.objects.get(code="Puerto").parent.code == "Sierra"


def test_a_sheet_without_a_needed_header_is_refused(tmp_path, monkeypatch):
    headers = {place: text for place, text in HEADERS["Loans"].items() if text != "Principal*"}
    monkeypatch.setitem(HEADERS, "Loans", headers)
    monkeypatch.setitem(ROWS, "Loans", [])

    imported = import_portfolio(
        workbook(tmp_path / "all.xlsx", ["ClientPerson", "Loans"]), by=None, profile="fineract"
    )

    assert imported.refused
    assert [(bad["sheet"], bad["column"]) for bad in imported.report["rejected"]] == [("Loans", "principal")]


def test_parents_that_no_sheet_defines_are_made_where_several_could_be_the_head_office(tmp_path, monkeypatch):
    offices = [
        {"Office Name*": "Puerto", "Parent Office*": "Costa"},
        {"Office Name*": "Valle Norte", "Parent Office*": "Sierra"},
    ]
    monkeypatch.setitem(ROWS, "Offices", offices)

    report = take_in(workbook(tmp_path / "all.xlsx", HEADERS))

    assert [bad for bad in report["rejected"] if bad["sheet"] == "Offices"] == []
    assert [notice["params"] for notice in report["warnings"] if notice["code"] == "made_offices"] == [
        {"code": "Costa", "sheet": "Offices"},
        {"code": "Sierra", "sheet": "Offices"},
    ]
    assert Office.objects.get(code="Costa").parent.code == "HEAD"


def test_clients_of_one_name_in_one_office_are_told_apart_and_their_loans_are_not_guessed(
    tmp_path, monkeypatch
):
    rows = [row for row in ROWS["ClientPerson"] if row.get("First Name*") == "Juan"]
    monkeypatch.setitem(ROWS, "ClientPerson", [rows[0], rows[0] | {"First Name*": "JUAN "}])

    report = take_in(workbook(tmp_path / "all.xlsx", ["ClientPerson", "Loans"]))

    assert list(Client.objects.order_by("external_id").values_list("external_id", "name")) == [
        (JUAN, "Juan Rojas"),
        (f"{JUAN} 2", "JUAN Rojas"),
    ]
    assert ("client_id", f"{JUAN} ?", "unknown_client") in [
        (bad["column"], bad["value"], bad["code"]) for bad in report["rejected"]
    ]


def test_a_client_is_known_again_by_name_in_a_later_workbook_of_loans_alone(tmp_path):
    take_in(workbook(tmp_path / "all.xlsx", HEADERS))

    report = take_in(workbook(tmp_path / "loans.xlsx", ["Loans"]))

    assert report["sheets"]["Loans"] == {"read": 3, "created": 0, "updated": 0, "unchanged": 2, "rejected": 1}


def test_sheets_of_clients_are_masked_whatever_fineract_calls_them(tmp_path):
    report = take_in(workbook(tmp_path / "all.xlsx", HEADERS))

    assert [
        (bad.sheet, bad.column, bad.value)
        for bad in imports.rejections(report, report["rejected"], names=True)
    ] == [("ClientPerson", "birth_date", "24/11/90"), ("Loans", "client_id", "")]
    masked = imports.rejections(report, report["rejected"], names=False)
    assert [bad.value for bad in masked] == ["•••", ""]
    assert "24/11/90" not in masked[0].reason
