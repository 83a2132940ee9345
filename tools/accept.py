"""Try the product on real files that the repository does not hold.

    python tools/accept.py FOLDER

Every portfolio in the folder (clients.csv and loans.csv side by side, or an XLSX with both) goes into a
throw-away database; the import's counts and the exit rates of its last full year are printed. Where
core-banking/fineract_import_headers.json lies, a workbook with those headers is written and imported too.
Files it does not know are left alone. Exit code 1 if an import or a figure failed.
"""

import csv
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parent.parent
NEEDED = {"clients", "loans"}
FINERACT_HEADERS = Path("core-banking/fineract_import_headers.json")

# One office with an officer, two borrowers and what they owe, in the words of the Fineract workbooks.
FINERACT_ROWS = {
    "Offices": [
        {"Office Name*": "Head Office", "Opened On Date*": "2015-01-01", "External Id*": "HO"},
        {
            "Office Name*": "Lakeside",
            "Parent Office*": "Head Office",
            "Opened On Date*": "2016-01-01",
            "External Id*": "LAKE",
        },
    ],
    "Employee": [
        {
            "Office Name *": "Lakeside",
            "First Name *": "Rosa",
            "Last Name *": "Marin",
            "Is Loan Officer *": "TRUE",
            "Joined on *": "2016-02-01",
            "External Id *": "E1",
            "Is Active *": "TRUE",
        }
    ],
    "ClientPerson": [
        {
            "First Name*": first,
            "Last Name*": last,
            "Office Name*": "Lakeside",
            "Staff Name": "Rosa Marin",
            "External ID": number,
            "Active*": "TRUE",
            "Activation date": "2022-03-01",
            "Submitted On Date": "2022-03-01",
            "Date of Birth": "1985-06-15",
            "Gender": gender,
        }
        for first, last, number, gender in (("Ana", "Solis", "C1", "Female"), ("Luis", "Vega", "C2", "Male"))
    ],
    "Loans": [
        {
            "Office Name*": "Lakeside",
            "Loan Type*": "Individual",
            "Client/Group Name*": name,
            "Client ExternalID": number,
            "Product*": "Working capital",
            "Loan Officer*": "Rosa Marin",
            "Submitted On*": disbursed,
            "Approved On": disbursed,
            "Disbursed Date": disbursed,
            "Principal*": 500,
            "# of Repayments*": 12,
            "Repaid Every*": 1,
            "Loan Term*": 12,
            "External Id": loan,
        }
        for name, number, disbursed, loan in (
            ("Ana Solis", "C1", "2023-01-10", "L1"),
            ("Ana Solis", "C1", "2024-02-10", "L2"),
            ("Luis Vega", "C2", "2024-05-20", "L3"),
        )
    ],
    "LoanRepayment": [
        {
            "Office Name*": "Lakeside",
            "Client Name*": name,
            "Client Ext.Id": number,
            "Loan Account No.*": loan,
            "Amount Repaid*": amount,
            "Date*": day,
            "Type*": "Cash",
        }
        for name, number, loan, amount, day in (
            ("Ana Solis", "C1", "L1", 550, "2024-01-09"),
            ("Luis Vega", "C2", "L3", 50, "2024-12-31"),
        )
    ],
}


@dataclass(frozen=True)
class Portfolio:
    """What to import: a folder or a workbook, in which profile, and the period to ask for."""

    path: Path
    profile: str
    start: datetime.date
    end: datetime.date


def table(path: Path, name: str) -> Iterator[dict]:
    """The rows of one table of a portfolio, with lower-case column names."""
    if path.is_dir():
        file = next(file for file in path.iterdir() if file.name.lower() == f"{name}.csv")
        with file.open(encoding="utf-8-sig", newline="") as text:
            sample = text.readline()
            text.seek(0)
            delimiter = max(",;\t", key=sample.count)
            rows = csv.reader(text, delimiter=delimiter)
            yield from named(rows)
    else:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = next(sheet for sheet in book if sheet.title.lower() == name)
        yield from named(sheet.iter_rows(values_only=True))


def named(rows) -> Iterator[dict]:
    header = [str(cell or "").strip().lower() for cell in next(rows, ())]
    for row in rows:
        yield dict(zip(header, row, strict=False))


def tables(path: Path) -> set[str]:
    """The names of the tables that a folder or workbook holds."""
    if path.is_dir():
        return {file.stem.lower() for file in path.glob("*.[cC][sS][vV]")}
    try:
        return {name.lower() for name in openpyxl.load_workbook(path, read_only=True).sheetnames}
    except Exception:
        return set()


def dates(path: Path) -> Iterator[datetime.date]:
    """The days on which loans began or ended, as far as they can be read and are not in the future."""
    for row in table(path, "loans"):
        for cell in (row.get("disbursed_on"), row.get("closed_on")):
            try:
                day = datetime.date.fromisoformat(str(cell)[:10])
            except ValueError:
                continue
            if day <= datetime.date.today():  # noqa: DTZ011 the files know no time zone either
                yield day


def last_full_year(days: list[datetime.date]) -> tuple[datetime.date, datetime.date]:
    """The last calendar year that the days fill to its end, or all of them if they fill none."""
    first, last = min(days), max(days)
    year = last.year if (last.month, last.day) == (12, 31) else last.year - 1
    if year < first.year:
        return first, last
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)


def portfolios(folder: Path) -> Iterator[Portfolio]:
    """Every portfolio under the folder, itself included."""
    for path in (folder, *sorted(folder.rglob("*"))):
        if (path.is_dir() or path.suffix.lower() == ".xlsx") and tables(path) >= NEEDED:
            days = list(dates(path))
            if days:
                yield Portfolio(path, "generic", *last_full_year(days))


def write_fineract_workbook(headers: Path, target: Path) -> Portfolio:
    """A workbook with the columns of the header file, each header in its own place, and a few rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, columns in json.loads(headers.read_text()).items():
        if name not in FINERACT_ROWS:
            continue
        sheet = book.create_sheet(name)
        places = {}
        for column in columns:
            sheet.cell(1, column["col"] + 1, column["header"])
            places.setdefault(column["header"].strip(), column["col"] + 1)
        for number, row in enumerate(FINERACT_ROWS[name], start=2):
            for header, value in row.items():
                sheet.cell(number, places[header], value)
    book.save(target)
    return Portfolio(target, "fineract", datetime.date(2024, 1, 1), datetime.date(2024, 12, 31))


def manage(database: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run a command of the product on the throw-away database."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "CELERY_BROKER_URL": "memory://",
        "UPLOAD_DIR": str(database.parent / "uploads"),
    }
    command = [sys.executable, ROOT / "manage.py", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


def counts(report: dict) -> Iterator[str]:
    """The import's report, a line a sheet, then why rows were rejected, most frequent first."""
    kinds = ("read", "created", "updated", "unchanged", "rejected")
    yield f"  {'sheet':<14}" + "".join(f"{kind:>11}" for kind in kinds)
    for name, sheet in report["sheets"].items():
        yield f"  {name:<14}" + "".join(f"{sheet[kind]:>11,}" for kind in kinds)
    reasons = {}
    for row in report["rejected"]:
        key = (row["sheet"], row["column"] or "", row["reason"])
        reasons.setdefault(key, []).append(row["row"])
    for (sheet, column, reason), rows in sorted(reasons.items(), key=lambda item: -len(item[1]))[:10]:
        yield f"  rejected {len(rows)}: {sheet}.{column} {reason} (first in row {rows[0]})"
    speed = f"{report['seconds']} s, {report['rows_per_second']} rows a second"
    yield f"  {len(report['warnings'])} warnings; {speed}"


def try_one(portfolio: Portfolio, empty: Path, workdir: Path) -> bool:
    """Import one portfolio twice and print its figures; did everything work?"""
    print(f"\n=== {portfolio.path} ({portfolio.profile})")
    database, report = workdir / "accept.sqlite3", workdir / "report.json"
    shutil.copy(empty, database)
    order = ("import_portfolio", str(portfolio.path), "--profile", portfolio.profile, "--report", str(report))
    for attempt in ("first", "second"):
        done = manage(database, *order)
        if done.returncode:
            print(f"  The {attempt} import failed with exit code {done.returncode}.\n{done.stderr}")
            return False
        told = json.loads(report.read_text())
        print(f"  {attempt} import:", *counts(told), sep="\n")
    if any(sheet["created"] or sheet["updated"] for sheet in told["sheets"].values()):
        print("  The second import of the same files wrote something.")
        return False
    period = ("--start", portfolio.start.isoformat(), "--end", portfolio.end.isoformat())
    for by in ((), ("--by", "office"), ("--by", "product")):
        asked = manage(database, "exit_rates", *period, *by, "--format", "table")
        if asked.returncode:
            print(f"  exit_rates {' '.join(by)} failed with exit code {asked.returncode}.\n{asked.stderr}")
            return False
        print(f"  exit_rates {' '.join((*period, *by))}\n{asked.stdout}")
    return True


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments and arguments[0] else None
    if folder is None or not folder.is_dir():
        print("Say where the files are: make accept DATA=folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="spm-accept-") as temporary:
        workdir = Path(temporary)
        found = list(portfolios(folder))
        if (folder / FINERACT_HEADERS).exists():
            found.append(write_fineract_workbook(folder / FINERACT_HEADERS, workdir / "fineract.xlsx"))
        if not found:
            print(
                f"No portfolio in {folder}: neither clients and loans as CSV, nor an XLSX with these sheets."
            )
            return 0
        empty = workdir / "empty.sqlite3"
        made = manage(empty, "migrate", "--noinput")
        if made.returncode:
            print(made.stderr, file=sys.stderr)
            return 1
        worked = [try_one(portfolio, empty, workdir) for portfolio in found]
    print(f"\n{sum(worked)} of {len(worked)} portfolios went through.")
    return 0 if all(worked) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
