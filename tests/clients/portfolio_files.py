"""Writes portfolios for tests: rows by sheet, as a folder of CSV files, a zip of them or a workbook."""

import csv
import zipfile
from pathlib import Path

import openpyxl

COLUMNS = {
    "offices": ["code", "name", "kind", "parent"],
    "products": ["code", "name", "kind"],
    "officers": ["code", "name"],
    "groups": ["code", "name"],
    "clients": [
        *("client_id", "name", "office", "sex", "birth_date", "area", "officer", "group"),
        *("joined_on", "phone", "status", "status_on"),
    ],
    "loans": [
        *("loan_id", "client_id", "product", "principal", "disbursed_on", "due_on", "closed_on", "status"),
        *("written_off_on", "officer", "office", "group", "outstanding", "days_late"),
    ],
    "repayments": ["loan_id", "date", "amount", "repayment_id"],
    "savings": ["account_id", "client_id", "product", "opened_on", "closed_on", "balance"],
    "movements": ["movement_id", "account_id", "date", "amount", "by_client"],
    "attendance": ["client_id", "date", "present"],
}


def client(number="C1", **cells) -> dict:
    """A plausible client of the office NORTE."""
    plain = {"name": "María Peña", "office": "NORTE", "sex": "F", "birth_date": "1990-06-15", "area": "rural"}
    return {"client_id": number, **plain, "joined_on": "2024-01-01", "status": "active"} | cells


def loan(number="L1", client_id="C1", **cells) -> dict:
    """An open loan."""
    plain = {"product": "CAPITAL", "principal": "500", "disbursed_on": "2024-01-10", "due_on": "2025-01-10"}
    return {"loan_id": number, "client_id": client_id, **plain, "status": "open"} | cells


def portfolio() -> dict[str, list[dict]]:
    """A small sound portfolio with a row or more on every sheet."""
    return {
        "offices": [
            {"code": "HQ", "name": "Casa matriz", "kind": "head"},
            {"code": "NORTE", "name": "Valle Norte", "kind": "branch", "parent": "SIERRA"},
            {"code": "SIERRA", "name": "Región Sierra", "kind": "region", "parent": "HQ"},
        ],
        "products": [
            {"code": "CAPITAL", "name": "Capital de trabajo", "kind": "loan"},
            {"code": "AHORRO", "name": "Ahorro", "kind": "savings"},
        ],
        "clients": [
            client("C1", officer="ANA", group="G1"),
            client("C2", name="José Núñez", sex="M", officer="ANA"),
            client("C3", name="Luz Díaz", status="deceased", status_on="2024-12-01"),
        ],
        "loans": [
            loan(
                "L1",
                "C1",
                closed_on="2024-12-20",
                status="repaid",
                group="G1",
                outstanding="0",
                days_late="0",
            ),
            loan("L2", "C2", principal="750.50", outstanding="120.25", days_late="3", office="NORTE"),
            loan("L3", "C3", written_off_on="2025-02-01", status="written_off"),
        ],
        "repayments": [
            {"loan_id": "L1", "date": "2024-12-20", "amount": "510.40", "repayment_id": "R1"},
            {"loan_id": "L2", "date": "2025-03-01", "amount": "100", "repayment_id": "R2"},
        ],
        "savings": [
            {
                "account_id": "A1",
                "client_id": "C1",
                "product": "AHORRO",
                "opened_on": "2024-01-05",
                "balance": "80.5",
            }
        ],
        "movements": [
            {"movement_id": "M1", "account_id": "A1", "date": "2024-02-01", "amount": "80", "by_client": "1"},
            {
                "movement_id": "M2",
                "account_id": "A1",
                "date": "2024-03-01",
                "amount": "0.5",
                "by_client": "0",
            },
        ],
        "attendance": [{"client_id": "C1", "date": "2024-02-01", "present": "1"}],
    }


def lines(sheet: str, rows: list[dict], columns=None) -> list[list]:
    columns = columns or COLUMNS[sheet]
    return [columns, *([row.get(column, "") for column in columns] for row in rows)]


def write_csv(
    folder: Path, sheets: dict[str, list[dict]], *, delimiter=",", encoding="utf-8", columns=None
) -> Path:
    """One file a sheet; ``columns`` narrows a sheet to some of its columns."""
    folder.mkdir(exist_ok=True, parents=True)
    for sheet, rows in sheets.items():
        with (folder / f"{sheet}.csv").open("w", newline="", encoding=encoding) as file:
            csv.writer(file, delimiter=delimiter).writerows(lines(sheet, rows, (columns or {}).get(sheet)))
    return folder


def write_zip(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.glob("*.csv")):
            archive.write(file, file.name)
    return path


def write_xlsx(path: Path, sheets: dict[str, list[dict]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet, rows in sheets.items():
        page = book.create_sheet(sheet)
        for line in lines(sheet, rows):
            page.append(line)
    book.save(path)
    return path
