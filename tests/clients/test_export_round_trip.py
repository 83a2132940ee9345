"""What goes out comes back equal: nothing to write into the same records, the same bytes of empty ones."""

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from itertools import cycle

import openpyxl
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from clients.actions import export_portfolio, import_portfolio
from clients.methods.handback import rejected_workbook, rejected_zip
from clients.methods.sheets import SHEETS
from clients.models import Client
from clients.queries.imports import rejected_sheets
from spm.formulas import FORMULA
from tests.clients.imported import forget_everything, numbers, take_in
from tests.clients.portfolio_files import client, lines, loan, write_csv
from tests.exits.portfolios import sweep
from tests.payloads import FORMULA_SIGNS, SHORT

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r"-[0-9]+([.][0-9]+)?")

ODD = [
    *SHORT,
    *(
        "'plain",
        "''",
        "O'Hara",
        "007",
        "1.50",
        "2026-11-24",
        "TRUE",
        "1E5",
        "two\nlines",
        'say "a,b;c"',
        "a\tb",
    ),
    *(
        "''=1+1",
        "a;''=1",
        "_x003D_1+1",
        "_x005F_x003D_1",
        "a  b",
        "می‌خواهم",
        "Ñandú 😀",
        "x" * 199,
        "-5",
        "+3",
    ),
]
# Ids stand once in a file.
ODD_CODES = ["007", "7", "=1+1", "''=1", "-5", "+3", "@A", "C-1/é", "x" * 100, "a;=1", "_x0041_", "1E5", "'5"]
texts = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.text(alphabet="'=+-@;,|\t\n\" a1＝\u200b_x003D", min_size=1, max_size=12),
)
codes = st.one_of(st.sampled_from(ODD_CODES), st.text(alphabet="'=+-@;,|0 aé_x1", min_size=1, max_size=10))
days = st.dates(dt.date(1850, 1, 1), dt.date(2026, 1, 1))
amounts = st.decimals(0, Decimal("99999999999"), places=4).map(lambda amount: f"{amount:f}"[:16].rstrip("."))


def or_empty(values):
    return st.one_of(st.just(""), values)


@st.composite
def portfolios(draw) -> dict[str, list[dict]]:
    """Rows that mostly can come in, whose cells are as odd as cells can be."""

    def unique(most):
        found = draw(st.lists(codes, min_size=1, max_size=most, unique_by=str.strip))
        return [code for code in found if code.strip()]

    def rows(numbers_of, **cells):
        return [{column: draw(values) for column, values in cells.items()} | key for key in numbers_of]

    groups, officers, offices = unique(2), unique(2), unique(3)
    some = {
        name: st.sampled_from(found or ["X"])
        for name, found in (("group", groups), ("officer", officers), ("office", offices))
    }
    clients = [{"client_id": code} for code in unique(4)]
    loans = [{"loan_id": code} for code in unique(4) if clients]
    accounts = [{"account_id": code} for code in unique(3) if clients]
    of_client = st.sampled_from(clients or [{"client_id": ""}]).map(lambda row: row["client_id"])
    product = st.sampled_from(["CAPITAL", "=P", "AHORRO"])
    return portfolio_of(
        offices=rows([{"code": code} for code in offices], name=texts, kind=st.just("branch")),
        groups=rows([{"code": code} for code in groups], name=texts),
        officers=rows([{"code": code} for code in officers], name=texts),
        clients=rows(
            clients,
            name=texts,
            office=some["office"],
            sex=st.sampled_from(["F", "M", ""]),
            birth_date=or_empty(days.map(str)),
            area=st.sampled_from(["rural", "urban", ""]),
            officer=or_empty(some["officer"]),
            group=or_empty(some["group"]),
            joined_on=or_empty(days.map(str)),
            phone=or_empty(
                st.one_of(st.sampled_from(["+591 70", "-5", "'600"]), texts.map(lambda t: t[:40]))
            ),
        ),
        loans=rows(
            loans,
            client_id=of_client,
            product=product,
            principal=amounts,
            disbursed_on=days.map(str),
            closed_on=st.sampled_from(["", "2026-02-01"]),
            officer=or_empty(some["officer"]),
            office=or_empty(some["office"]),
            group=or_empty(some["group"]),
            outstanding=or_empty(amounts),
            days_late=or_empty(st.integers(0, 400).map(str)),
        ),
        repayments=rows(
            [{"repayment_id": code} for code in unique(4) if loans],
            loan_id=st.sampled_from(loans or [{"loan_id": ""}]).map(lambda row: row["loan_id"]),
            date=days.map(str),
            amount=amounts.map(lambda text: f"-{text}"),
        ),
        savings=rows(
            accounts, client_id=of_client, product=product, opened_on=days.map(str), balance=or_empty(amounts)
        ),
        movements=rows(
            [{"movement_id": code} for code in unique(3) if accounts],
            account_id=st.sampled_from(accounts or [{"account_id": ""}]).map(lambda row: row["account_id"]),
            date=days.map(str),
            amount=amounts,
            by_client=st.sampled_from(["1", "0", ""]),
        ),
        attendance=rows(
            [{"date": str(day)} for day in draw(st.sets(days, max_size=3)) if clients],
            client_id=of_client,
            present=st.sampled_from(["1", "0"]),
        ),
    )


def portfolio_of(**sheets) -> dict:
    return {name: sheets[name] for name in SHEETS if sheets.get(name)} | {
        name: sheets.get(name, []) for name in ("clients", "loans")
    }


def as_csv(folder) -> dict[str, bytes]:
    export_portfolio(folder, "csv", by=None)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def untouched(report) -> bool:
    """Was everything unchanged, and every row good?"""
    kept = {name: (counts["read"], 0, 0, counts["read"], 0) for name, counts in report["sheets"].items()}
    return kept == {name: numbers(report, name) for name in report["sheets"]} and len(kept) == len(SHEETS)


def odd_portfolio() -> dict[str, list[dict]]:
    """Every odd text as a name and a phone, every odd id in each place that has one."""
    ids = ODD_CODES
    return portfolio_of(
        offices=[{"code": code, "name": code, "kind": "branch"} for code in ids],
        groups=[{"code": code, "name": name} for code, name in zip(ids, ODD, strict=False)],
        clients=[
            client(f"C{at}", name=name, phone=name[:50], office=code, group=code)
            for at, (name, code) in enumerate(zip(ODD, cycle(ids), strict=False))
        ]
        + [client(code, birth_date="1850-01-31", joined_on="1900-02-28") for code in ids],
        loans=[
            loan(code, code, product=code, principal="12345678901.2345", disbursed_on="1903-12-31")
            for code in ids
        ],
        repayments=[
            {"loan_id": code, "date": "1899-12-31", "amount": "-0.0001", "repayment_id": code} for code in ids
        ],
    )


def test_every_odd_text_and_id_goes_out_inert_and_comes_back(tmp_path):
    assert len(names := set(ODD)) > 90
    take_in(write_csv(tmp_path / "in", odd_portfolio()))
    kept = set(Client.objects.values_list("name", flat=True))
    assert len(kept) > 60, names - kept

    out, book = as_csv(tmp_path / "out"), tmp_path / "out.xlsx"
    export_portfolio(book, "xlsx", by=None)

    assert formulas_in(out) == set()
    cells = [cell for sheet in openpyxl.load_workbook(book) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    risky = [cell for cell in cells if cell.data_type == "s" and FORMULA.match(cell.value)]
    assert {cell.quotePrefix for cell in risky} == {True}
    for way in (tmp_path / "out", book):
        assert untouched(take_in(way))
        forget_everything()
        take_in(way)
        assert set(Client.objects.values_list("name", flat=True)) == kept
        assert as_csv(tmp_path / "again") == out


def formulas_in(files: dict[str, bytes]) -> set[str]:
    """Cells that a spreadsheet would run, but for numbers."""
    rows = [row for text in files.values() for row in csv.reader(io.StringIO(text.decode(), newline=""))]
    cells = {cell for row in rows for cell in row}
    return {cell for cell in cells if cell.startswith(FORMULA_SIGNS) and not NUMBER.fullmatch(cell)}


@sweep(40, at_least=6)
@given(portfolios())
def test_a_portfolio_that_went_out_writes_nothing_when_it_comes_back_and_goes_out_again_the_same(
    tmp_path_factory, sheets
):
    folder = tmp_path_factory.mktemp("round")
    with transaction.atomic():
        forget_everything()
        take_in(write_csv(folder / "in", sheets))
        first = as_csv(folder / "out")
        book = folder / "out.xlsx"
        export_portfolio(book, "xlsx", by=None)
        assert untouched(take_in(folder / "out"))
        assert untouched(take_in(book))
        for way in (folder / "out", book):
            forget_everything()
            take_in(way)
            assert as_csv(folder / "again") == first
        transaction.set_rollback(True)


def in_a_book(folder, sheets):
    """As texts, whatever they look like."""
    book = [(name, *split(lines(name, rows))) for name, rows in sheets.items()]
    (folder / "in.xlsx").write_bytes(rejected_workbook(book))
    return folder / "in.xlsx"


def split(lines: list) -> tuple[list, list]:
    return lines[0], lines[1:]


@pytest.mark.parametrize("write", [lambda folder, sheets: write_csv(folder / "in", sheets), in_a_book])
def test_rejected_rows_handed_back_and_put_right_are_read_as_they_came_first(tmp_path, write):
    names = ["''=1+1", "a;''=1", "'=1+1", "'plain", "=1+1"]
    read = ["'=1+1", "a;'=1", "=1+1", "'plain", "=1+1"]
    rows = [client(f"C{at}", name=name, sex="X") for at, name in enumerate(names)]
    take_in(write_csv(tmp_path / "before", portfolio_of(clients=[client("BEFORE")])))
    batch = import_portfolio(write(tmp_path, portfolio_of(clients=rows)), by=None).batch

    sheets = [(name, headers, right(headers, rows)) for name, headers, rows in rejected_sheets(batch.report)]
    for name, content in (("b.xlsx", rejected_workbook(sheets)), ("b.zip", rejected_zip(sheets, ","))):
        (tmp_path / name).write_bytes(content)
        with transaction.atomic():
            take_in(tmp_path / name)
            kept = (
                Client.objects.exclude(external_id="BEFORE")
                .order_by("external_id")
                .values_list("name", flat=True)
            )
            assert list(kept.values_list("name", flat=True)) == read
            transaction.set_rollback(True)


def right(headers: list, rows: list) -> list:
    """The rows with the one cell changed that was wrong."""
    place = headers.index("sex")
    return [[*row[:place], "F", *row[place + 1 :]] for row in rows]
