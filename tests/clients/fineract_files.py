"""Workbooks as Fineract writes them: its headers with their quirks, and rows of a small institution."""

import datetime as dt

import openpyxl

from clients.actions import import_portfolio

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
