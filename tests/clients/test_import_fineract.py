"""Workbooks with the headers of Fineract's import templates, typed here with all their quirks."""

import datetime as dt
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from clients.actions import import_portfolio
from clients.models import Client, Group, Loan, Office, Officer, Repayment, SavingsAccount
from clients.queries import imports

pytestmark = pytest.mark.django_db

# Header texts by column: trailing blanks, a typo, texts that come again as look-up lists to the right.
HEADERS = {
    "ClientPerson": {
        0: "First Name*",
        1: "Last Name*",
        2: "Middle Name",
        3: "Office Name*",
        4: "Staff Name",
        5: "External ID ",
        6: "Active*",
        7: "Activation date",
        8: "Submitted On Date",
        9: "Mobile number",
        10: "Date of Birth ",
        11: "Client Type ",
        12: "Gender ",
        14: "Is a staff memeber ",
        15: "Address Enabled *",
        26: "All * marked fields are compulsory.",
        35: "Lookup office Name ",
        36: "Lookup Office Opened Date ",
        37: "Lookup Gender ",
    },
    "ClientEntity": {
        0: "Name*",
        1: "Office Name*",
        2: "Staff Name",
        3: "Incorporation Date",
        5: "Mobile number",
        12: "External ID ",
        13: "Active*",
        14: "Activation Date ",
        15: "Submitted On Date",
        35: "Lookup office Name ",
    },
    "Loans": {
        0: "Office Name*",
        1: "Loan Type*",
        2: "Client/Group Name*",
        3: "Client ExternalID",
        4: "Product*",
        5: "Loan Officer*",
        6: "Submitted On*",
        7: "Approved On",
        8: "Disbursed Date",
        11: "Principal*",
        12: "# of Repayments*",
        13: "Repaid Every*",
        15: "Loan Term*",
        29: "Amount Repaid",
        30: "Date-Last Repayment",
        35: "External Id",
        36: "Charge Name*",
        37: "Charged Amount",
        39: "Charge Name*",
        40: "Charged Amount",
        42: "GROUP ID",
        43: "Client Name",
        44: "Lookup Client ExternalID",
        47: "Status",
    },
    "LoanRepayment": {
        0: "Office Name*",
        1: "Client Name*",
        2: "Client Ext.Id",
        3: "Loan Account No.*",
        5: "Principal",
        6: "Total Outstanding Amount",
        7: "Loan Disbursement Date",
        8: "Amount Repaid*",
        9: "Date*",
        10: "Type*",
        17: "Lookup Client",
        19: "Lookup Account",
    },
    "Employee": {
        0: "Office Name *",
        1: "First Name *",
        2: "Last Name *",
        3: "Is Loan Officer *",
        5: "Joined on *",
        6: "External Id *",
        7: "Is Active *",
    },
    "Offices": {
        0: "Office Name*",
        1: "Parent Office*",
        2: "Parent OfficeId*",
        3: "Opened On Date*",
        4: "External Id*",
        7: "Lookup Offices",
        8: "Lookup OfficeId*",
    },
    "Groups": {
        0: "Group Name*",
        1: "Office Name*",
        2: "Staff Name*",
        4: "External ID",
        5: "Active*",
        16: "Client Names* (Enter in consecutive cells horizontally)",
        251: "Office Name",
    },
    "SavingsAccounts": {
        0: "Office Name*",
        1: "Individual/Group*",
        2: "Client Name*",
        3: "Product*",
        4: "Field Officer*",
        5: "Submitted On*",
        6: "Approved On*",
        7: "Activation Date*",
        22: "External Id",
        31: "Client Name",
        32: "Client Activation Date",
        34: "Charge Id",
        37: "Charge Id",
    },
}

# What the client without External ID is called: nothing in it tells his name.
JUAN = "Valle Norte: 51b0d32fe7"

ROWS = {
    "Offices": [
        {"Office Name*": "Sierra", "Parent Office*": "Head Office", "Lookup Offices": "Head Office"},
        {"Office Name*": "Valle Norte", "Parent Office*": "Sierra", "External Id*": "VN"},
    ],
    "Employee": [{"Office Name *": "Valle Norte", "First Name *": "Ana", "Last Name *": "Quispe"}],
    "Groups": [
        {
            "Group Name*": "Las Flores",
            "Office Name*": "Valle Norte",
            "Staff Name*": "Quispe, Ana",
            16: "Rosa María Mamani(7)",
            17: "Taller Luz",
        }
    ],
    "ClientPerson": [
        {
            "First Name*": "Rosa",
            "Middle Name": "María",
            "Last Name*": "Mamani",
            "Office Name*": "Valle Norte",
            "Staff Name": "Quispe, Ana",
            "External ID ": 1001.0,
            "Activation date": dt.date(2024, 1, 5),
            "Date of Birth ": "24 November 1990",
            "Gender ": "Female",
            "Mobile number": 70012345,
            "Lookup office Name ": "Head Office",
        },
        {
            "First Name*": "Juan",
            "Last Name*": "Rojas",
            "Office Name*": "Valle Norte",
            "Gender ": "male",
            "Submitted On Date": "2024-02-01",
            "Lookup office Name ": "Sierra",
        },
        {"First Name*": "Eva", "Last Name*": "Paz", "Office Name*": "Sierra", "Date of Birth ": "24/11/90"},
        {"Lookup office Name ": "Valle Norte"},
    ],
    "ClientEntity": [
        {
            "Name*": "Taller Luz",
            "Office Name*": "Valle Norte",
            "External ID ": "E-7",
            "Activation Date ": "5 mar 2024",
        }
    ],
    "Loans": [
        {
            "Office Name*": "Valle Norte",
            "Loan Type*": "Individual",
            "Client/Group Name*": "Rosa María Mamani",
            "Client ExternalID": 1001,
            "Product*": "Capital",
            "Loan Officer*": "Quispe, Ana",
            "Disbursed Date": dt.date(2024, 3, 1),
            "Principal*": 500.5,
            "External Id": "L-1",
            "Amount Repaid": 20,
            "Status": "Imported",
            "Charge Name*": "Fee",
        },
        {
            "Office Name*": "Valle Norte",
            "Loan Type*": "JLG",
            "Client/Group Name*": "Juan Rojas(8)",
            "Product*": "Capital",
            "Disbursed Date": "02 April 2024",
            "Principal*": 300,
        },
        {
            "Office Name*": "Valle Norte",
            "Loan Type*": "Group",
            "Client/Group Name*": "Las Flores",
            "Product*": "Capital",
            "Disbursed Date": "02 April 2024",
            "Principal*": 300,
            "External Id": "L-3",
        },
    ],
    "LoanRepayment": [
        {
            "Loan Account No.*": "L-1",
            "Amount Repaid*": 50,
            "Date*": "01 April 2024",
            "Office Name*": "Valle Norte",
        },
        {
            "Loan Account No.*": "L-1",
            "Amount Repaid*": 25,
            "Date*": "01 April 2024",
            "Office Name*": "Valle Norte",
        },
    ],
    "SavingsAccounts": [
        {
            "Office Name*": "Valle Norte",
            "Individual/Group*": "Individual",
            "Client Name*": "Juan Rojas",
            "Product*": "Ahorro",
            "Activation Date*": "03 February 2024",
            "External Id": "S-1",
        }
    ],
}


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        page = book.create_sheet(name)
        for place, text in HEADERS[name].items():
            page.cell(1, place + 1, text)
        for number, row in enumerate(ROWS[name], start=2):
            for key, value in row.items():
                place = key if isinstance(key, int) else list(HEADERS[name].values()).index(key)
                column = key if isinstance(key, int) else list(HEADERS[name])[place]
                page.cell(number, column + 1, value)
    book.create_sheet("Staff")
    book.save(path)
    return path


def take_in(path):
    return import_portfolio(path, by=None, profile="fineract").report


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
