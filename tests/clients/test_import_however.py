"""However the same rows come, as CSV files, as a workbook or by saved columns, they give the same."""

import datetime as dt
import random
import re
from collections import Counter

import openpyxl
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from clients.actions import plan_staged, staging
from clients.methods import columns
from clients.models import Client, ImportProfile
from tests.clients.imported import contents, numbers, take_in
from tests.clients.messy_files import AMOUNTS, DAYS, messy, touch
from tests.clients.portfolio_files import COLUMNS, client, portfolio, write_csv
from tests.exits.portfolios import sweep

pytestmark = pytest.mark.django_db

# Signs that no workbook holds, and texts that a reader of one takes for signs by their number.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch):
    for module, name, size in (
        (columns, "CHUNK", 3),
        (staging, "SLICE", 4),
        (plan_staged, "SLICE", 4),
        (plan_staged, "FETCHED", 2),
    ):
        monkeypatch.setattr(module, name, size)


def as_cell(column: str, text: str):
    """Good days and amounts as Excel holds them."""
    if text in DAYS and text:
        return dt.date.fromisoformat(text)
    return float(text) if text in AMOUNTS and text and column not in {"name", "phone"} else text


def write_workbook(path, files: dict):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet, rows in files["sheets"].items():
        page, shown = book.create_sheet(sheet), files["columns"].get(sheet, COLUMNS[sheet])
        for number, line in enumerate([dict(zip(shown, shown, strict=True)), *rows], start=1):
            for place, column in enumerate(shown, start=1):
                cell = page.cell(number, place)
                cell.value = as_cell(column, line.get(column, ""))
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


def write_split(folder, files: dict, chance: random.Random):
    """Each sheet's rows in two files, which saved columns bring together again."""
    sheets = []
    folder.mkdir(parents=True)
    for sheet, rows in files["sheets"].items():
        at, shown = chance.randint(0, len(rows)), files["columns"].get(sheet, COLUMNS[sheet])
        for label, some in ((f"{sheet} a", rows[:at]), (f"{sheet} b", rows[at:])):
            written = write_csv(folder / "one", {sheet: some}, columns={sheet: shown}) / f"{sheet}.csv"
            written.rename(folder / f"{label}.csv")
            sheets.append(entry(label, sheet, shown))
    (folder / "one").rmdir()
    return profile(sheets)


def entry(label: str, sheet: str, shown: list[str]) -> dict:
    """Of a mapping: these columns of the file bear our names."""
    by = {column: {"from": column} for column in shown}
    return {"label": label, "header": sorted(shown), "to": sheet, "columns": by}


def profile(sheets: list[dict]) -> ImportProfile:
    return ImportProfile.objects.create(
        name="split", mapping={"dates": "iso", "decimal": ".", "sheets": sheets}
    )


def outcome(path, **how) -> tuple[dict, dict]:
    """The report and what is in the records afterwards; then all is as it was."""
    with transaction.atomic():
        report = take_in(path, **how)
        after = contents()
        transaction.set_rollback(True)
    return report, after


def told(report: dict) -> dict:
    """What a report says, whatever kind of file it speaks of."""
    return {name: report.get(name) for name in ("sheets", "kinds", "rejected", "warnings", "changes")}


def summed(report: dict) -> dict[str, Counter]:
    """The counts of each of our sheets, whatever it is called in the files."""
    sums: dict[str, Counter] = {}
    for label, counts in report["sheets"].items():
        sums.setdefault(report["kinds"][label], Counter()).update(counts)
    return {sheet: counts for sheet, counts in sums.items() if counts.total()}


def with_what_was(chance: random.Random, tmp_path_factory) -> dict:
    """Files of chance, before which others may have come in."""
    if chance.random() < 0.7:
        take_in(write_csv(tmp_path_factory.mktemp("base"), portfolio()))
    files = messy(chance)
    for row in (row for rows in files["sheets"].values() for row in rows):
        row.update({column: UNWRITABLE.sub("", text) for column, text in row.items()})
    if chance.random() < 0.5:
        take_in(write_csv(tmp_path_factory.mktemp("before"), files["sheets"]))
        touch(chance, files["sheets"])
    return files


@sweep(12, at_least=3)
@given(st.integers(0, 2**32))
def test_a_workbook_gives_the_same_report_and_records_as_csv_files(tmp_path_factory, seed):
    chance = random.Random(seed)
    with transaction.atomic():
        files = with_what_was(chance, tmp_path_factory)
        folder = write_csv(tmp_path_factory.mktemp("csv"), files["sheets"], columns=files["columns"])
        report, after = outcome(folder)
        book = write_workbook(tmp_path_factory.mktemp("book") / "book.xlsx", files)
        again, after_book = outcome(book)
        transaction.set_rollback(True)
    assert (told(again), after_book) == (told(report), after)


@sweep(12, at_least=3)
@given(st.integers(0, 2**32))
def test_rows_in_two_files_give_the_same_as_in_one(tmp_path_factory, seed):
    chance = random.Random(seed)
    with transaction.atomic():
        files = with_what_was(chance, tmp_path_factory)
        if not files["sheets"]:
            return
        folder = write_csv(tmp_path_factory.mktemp("csv"), files["sheets"], columns=files["columns"])
        report, after = outcome(folder)
        split = tmp_path_factory.mktemp("split") / "files"
        mapping = write_split(split, files, chance)
        again, after_split = outcome(split, profile="mapped", mapping=mapping)
        transaction.set_rollback(True)
    assert after_split == after
    assert summed(again) == summed(report)
    assert Counter(map(cell, again["rejected"])) == Counter(map(cell, report["rejected"]))


def cell(bad: dict) -> tuple:
    return bad["column"], bad["value"], bad["code"]


def test_a_column_that_only_one_of_two_files_has_stays_as_recorded_in_the_rows_of_the_other(tmp_path):
    short, whole = (
        ["client_id", "name", "office"],
        ["client_id", "name", "office", "phone", "status_on", "status"],
    )
    known = client("C1", phone="600", status="deceased", status_on="2024-02-01")
    take_in(write_csv(tmp_path / "first", {"clients": [known, client("C2", phone="700")], "loans": []}))
    for label, rows, shown in (
        ("short", [client("C1", name="Eva"), client("C3")], short),
        ("whole", [client("C2", phone="")], whole),
    ):
        written = write_csv(tmp_path / "split", {"clients": rows}, columns={"clients": shown})
        (written / "clients.csv").rename(written / f"{label}.csv")
    mapping = profile([entry("short", "clients", short), entry("whole", "clients", whole)])

    report = take_in(tmp_path / "split", profile="mapped", mapping=mapping)

    assert (numbers(report, "short"), numbers(report, "whole")) == ((2, 1, 1, 0, 0), (1, 0, 1, 0, 0))
    assert list(
        Client.objects.order_by("external_id").values_list("name", "phone", "status", "status_on")
    ) == [
        ("Eva", "600", "deceased", dt.date(2024, 2, 1)),
        (client("C2")["name"], "", "active", None),
        (client("C3")["name"], "", "active", None),
    ]
