"""Reading and checking portfolio files, without a database."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from clients.methods import fold
from clients.methods.cells import Reader, as_text
from clients.methods.handback import rejected_zip
from clients.methods.problems import Bad, Unreadable
from clients.methods.reading import Source, open_source
from clients.methods.rules import broken_rules, inferred_status
from clients.methods.sheets import SHEETS, Column, Kind
from clients.methods.tree import in_circles, top_down
from spm.formulas import inert
from tests.clients.portfolio_files import client, loan, portfolio, write_csv, write_xlsx
from tests.payloads import PAYLOADS


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Muñoz   PEÑA ", "munoz pena"),
        ("ÁÉÍÓÚ Ü", "aeiou u"),
        ("Straße", "strasse"),
        ("Quispe\u00a0Añá", "quispe ana"),
        ("Łukasz", "łukasz"),
        ("", ""),
    ],
)
def test_a_name_is_folded_for_search(text, folded):
    assert fold(text) == folded


def read(kind, cell, decimal=".", **column):
    value = Reader(Column("x", kind, **column), decimal=decimal, today=dt.date(2026, 11, 24))[cell]
    return value.code if isinstance(value, Bad) else value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026-11-24", dt.date(2026, 11, 24)),
        (" 2024-02-29 ", dt.date(2024, 2, 29)),
        (dt.date(2024, 2, 29), dt.date(2024, 2, 29)),
        (dt.datetime(2024, 2, 29, 13, 5), dt.date(2024, 2, 29)),  # noqa: DTZ001 a cell has no zone
        ("", None),
        ("   ", None),
        ("2023-02-29", "date"),
        ("24/11/2026", "date"),
        ("20261124", "date"),
        ("2026-W48-2", "date"),
        ("2026-11-24T00:00", "date"),
        ("٢٠٢٦-١١-٢٤", "date"),
        (45000.0, "date"),
    ],
)
def test_a_date_is_an_iso_date_or_a_date_cell(cell, value):
    assert read(Kind.DATE, cell) == value


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1234.5", ".", Decimal("1234.5")),
        ("1234,5", ",", Decimal("1234.5")),
        ("-7", ".", Decimal(-7)),
        ("+7", ".", Decimal(7)),
        ("0.00000", ".", Decimal(0)),
        ("1.23000000", ".", Decimal("1.23")),
        (0.1 + 0.2, ".", Decimal("0.3")),
        (500.0, ",", Decimal(500)),
        (1e11, ".", Decimal(100_000_000_000)),
        ("1234,5", ".", "number"),
        ("1234.5", ",", "number"),
        ("1.234,50", ",", "number"),
        ("1,234.50", ".", "number"),
        ("1 234", ".", "number"),
        ("1e5", ".", "number"),
        ("nan", ".", "number"),
        ("inf", ".", "number"),
        ("１２", ".", "number"),
        (float("inf"), ".", "number"),
        (True, ".", Decimal(1)),
        ("1.23456", ".", "decimals"),
        ("1234567890123456", ".", "digits"),
        ("123456789012345", ".", "digits"),
        ("9" * 500, ".", "digits"),
        ("100000000000000", ".", "digits"),
        ("10000000000000", ".", Decimal(10_000_000_000_000)),
    ],
)
def test_money_has_one_decimal_sign_and_no_other(cell, decimal, value):
    assert read(Kind.MONEY, cell, decimal) == value


def test_a_negative_number_is_bad_only_where_it_makes_no_sense():
    assert read(Kind.MONEY, "-5") == Decimal(-5)
    assert read(Kind.MONEY, "-5", negative=False) == "negative"
    assert read(Kind.COUNT, "-5", negative=False) == "negative"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0012", "0012"),
        (" A 1 ", "A 1"),
        (123.0, "123"),
        (12.5, "12.5"),
        (True, "1"),
        ("A\u200b1", "hidden_sign"),
        ("A\ufeff1", "hidden_sign"),
        ("A\x001", "hidden_sign"),
        ("A\n1", "hidden_sign"),
        ("1.23E+15", "damaged_id"),
        (1.234567890123457e16, "damaged_id"),
        ("x" * 101, "too_long"),
        ("#N/A", "sheet_error"),
        ("'=1", "=1"),
        ("'x", "'x"),
    ],
)
def test_an_id_is_kept_as_text(cell, value):
    assert read(Kind.ID, cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("María\n  Peña", "María Peña"),
        ("Quispe\u00a0Añá", "Quispe Añá"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("bell\x07", "hidden_sign"),
        ("turned\u202e", "hidden_sign"),
    ],
)
def test_a_text_may_break_its_line_but_holds_nothing_hidden(cell, value):
    assert read(Kind.TEXT, cell) == value


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Kind.FLAG, "1", True),
        (Kind.FLAG, "0", False),
        (Kind.FLAG, 1.0, True),
        (Kind.FLAG, False, False),
        (Kind.FLAG, "true", "flag"),
        (Kind.COUNT, "30", 30),
        (Kind.COUNT, 30.0, 30),
        (Kind.COUNT, "1.5", "whole"),
        (Kind.COUNT, "9999999999", "digits"),
    ],
)
def test_flags_are_1_or_0_and_counts_are_whole(kind, cell, value):
    assert read(kind, cell) == value


def test_a_reader_remembers_the_latest_day_that_is_not_after_today():
    reader = Reader(Column("x", Kind.DATE), today=dt.date(2026, 11, 24))
    for cell in ("2024-01-01", "2026-11-24", "2999-01-01", "2020-01-01"):
        reader[cell]

    assert (reader.latest, reader.saw_future) == (dt.date(2026, 11, 24), True)


@pytest.mark.parametrize(
    ("closed_on", "written_off_on", "status"),
    [
        (None, None, "open"),
        (dt.date(2024, 1, 1), None, "repaid"),
        (None, dt.date(2024, 1, 1), "written_off"),
        (dt.date(2024, 1, 1), dt.date(2024, 1, 1), "written_off"),
    ],
)
def test_the_dates_of_a_loan_say_its_status_and_agree_with_it(closed_on, written_off_on, status):
    assert inferred_status(closed_on, written_off_on) == status
    sheet = SHEETS["loans"]
    cells = {"disbursed_on": dt.date(2024, 1, 1), "closed_on": closed_on, "written_off_on": written_off_on}
    agreeing = {
        said
        for said in ("open", "repaid", "written_off")
        if not broken_rules(
            "loans", tuple((cells | {"status": said}).get(column.name) for column in sheet.columns)
        )
    }
    assert agreeing == {status}


def test_circles_in_a_tree_are_found_with_all_that_hangs_below_them():
    parents = {"HQ": None, "A": "HQ", "B": "A", "X": "Y", "Y": "X", "Z": "X", "SELF": "SELF"}

    assert in_circles(parents) == {"X", "Y", "Z", "SELF"}


def test_a_tree_is_ordered_from_the_top_down():
    assert top_down({"C": "B", "B": "A", "A": None, "D": "elsewhere"}) == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        *((text, text) for text in ("-5", "-5,5", "Ana", "'plain", "-5.5")),
        *((text, inert(text)) for text in ("=1+1", "a;=1+1", ",@SUM(A1)")),
        ("'=1+1", "'=1+1"),
        ("+591 70", "'+591 70"),
        ("+59170", "'+59170"),
        ("-5+1", "'-5+1"),
    ],
)
def test_no_text_handed_back_can_be_a_formula_and_it_is_read_as_it_came(text, kept):
    with zipfile.ZipFile(io.BytesIO(rejected_zip([("clients", ["name"], [[text, ""]])], ","))) as archive:
        content = archive.read("clients.csv").decode("utf-8-sig")

    _header, (cell, _reason) = csv.reader(io.StringIO(content, newline=""))

    assert cell == kept
    assert as_text(cell) == as_text(text)


def test_every_payload_handed_back_is_read_as_it_came():
    for payload in PAYLOADS:
        archive = rejected_zip([("clients", ["name"], [[payload, ""]])], ",")
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            text = opened.read("clients.csv").decode("utf-8-sig")
        ((cell, _reason),) = list(csv.reader(io.StringIO(text, newline="")))[1:]
        assert as_text(cell) == as_text(payload.replace("\x00", "")), repr(payload)


# Files


def rows_of(source: Source, sheet: str) -> list:
    (table,) = [table for table in source.tables if table.label == sheet]
    return list(table.rows())


def bytes_in(folder, name, content: bytes):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder


HEAD = b"client_id,name,office\n"


def test_rows_are_numbered_from_the_header_and_blank_ones_count(tmp_path):
    folder = bytes_in(tmp_path / "p", "clients.csv", HEAD + b"C1,Ana,N\n\n,,\nC2,Eva,N\n")

    assert rows_of(open_source(folder), "clients") == [(2, ["C1", "Ana", "N"]), (5, ["C2", "Eva", "N"])]


def test_a_line_break_inside_quotes_is_one_row(tmp_path):
    folder = bytes_in(tmp_path / "p", "clients.csv", HEAD + b'C1,"Ana\nMaria",N\nC2,Eva,N\n')

    assert [number for number, _ in rows_of(open_source(folder), "clients")] == [2, 3]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r", b""])
def test_every_line_ending_is_read(tmp_path, ending):
    content = HEAD.replace(b"\n", ending or b"\n") + b"C1,Ana,N" + ending
    folder = bytes_in(tmp_path / "p", "clients.csv", content)

    assert rows_of(open_source(folder), "clients") == [(2, ["C1", "Ana", "N"])]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_sheet"),
        (b"\n\n", "empty_sheet"),
        (b"client_id,name\n", "missing_column"),
        (b"client_id,name,office,NAME\n", "duplicate_column"),
        ("client_id,name,office\nC1,Peña,N\n".encode("latin-1"), "not_utf8"),
        ("client_id,name,office\nC1,Peña,N\n".encode("utf-16"), "not_utf8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path, content, code):
    source = open_source(bytes_in(tmp_path / "p", "clients.csv", content))
    problems = [flaw.problem for flaw in source.refused]
    if not problems:
        with pytest.raises(Unreadable) as refused:
            rows_of(source, "clients")
        problems = [refused.value.problem]

    assert [(problem.sheet, problem.code) for problem in problems] == [("clients", code)]


def test_a_quote_that_is_never_closed_is_reported_with_its_row(tmp_path):
    source = open_source(bytes_in(tmp_path / "p", "clients.csv", HEAD + b'C1,Ana,N\nC2,"Eva,N\nC3,Luz,N\n'))

    with pytest.raises(Unreadable) as refused:
        rows_of(source, "clients")

    assert (refused.value.problem.code, refused.value.problem.row) == ("open_quote", 3)


def test_names_of_files_and_headers_are_case_blind_and_unknown_ones_are_told(tmp_path):
    folder = bytes_in(
        tmp_path / "p", "Clients.CSV", b" CLIENT_ID ,Name,Office,shoe,reason\nC1,Ana,N,39,why\n"
    )
    bytes_in(folder, "notes.csv", b"a,b\n")

    source = open_source(folder)

    assert source.tables[0].columns == {"client_id": 0, "name": 1, "office": 2}
    assert [(notice.code, *notice.params.values()) for notice in source.notices] == [
        ("unknown_column", "clients", "shoe"),
        ("unknown_file", "notes.csv"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_even_where_others_stand_in_the_header(tmp_path, delimiter):
    header = delimiter.join(["client_id", "name", "office", '"a,b;c,d;e"'])
    folder = bytes_in(tmp_path / "p", "clients.csv", f"{header}\nC1{delimiter}Ana{delimiter}N\n".encode())

    assert rows_of(open_source(folder), "clients") == [(2, ["C1", "Ana", "N"])]


def test_a_workbook_gives_the_same_rows_as_a_folder(tmp_path):
    folder = open_source(write_csv(tmp_path / "p", portfolio()))
    book = open_source(write_xlsx(tmp_path / "p.xlsx", portfolio()))

    assert {table.label: list(table.rows()) for table in book.tables} == {
        table.label: list(table.rows()) for table in folder.tables
    }


def test_one_workbook_alone_in_a_folder_is_the_portfolio(tmp_path):
    write_xlsx(tmp_path / "p.xlsx", {"clients": [client()], "loans": [loan()]})

    assert open_source(tmp_path).named() == {"clients", "loans"}


@pytest.mark.parametrize("content", [b"hello", b"PK\x03\x04broken"])
def test_what_is_no_portfolio_is_refused(tmp_path, content):
    (tmp_path / "p.xlsx").write_bytes(content)

    with pytest.raises(Unreadable) as refused:
        open_source(tmp_path / "p.xlsx")

    assert refused.value.problem.code == "no_source"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("120.2500"), "120.25"),
        (Decimal(5000), "5000"),
        (dt.date(2024, 1, 2), "2024-01-02"),
        (None, ""),
    ],
)
def test_a_value_is_shown_as_it_would_be_typed(value, text):
    assert as_text(value) == text


def test_a_workbook_with_a_broken_sheet_is_refused(tmp_path):
    whole = write_xlsx(tmp_path / "p.xlsx", {"clients": [client()], "loans": [loan()]})
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(whole) as kept, zipfile.ZipFile(broken, "w") as made:
        for name in kept.namelist():
            content = kept.read(name)
            made.writestr(name, content[:300] if name.endswith("sheet1.xml") else content)

    with pytest.raises(Unreadable) as refused:
        rows_of(open_source(broken), "clients")

    assert refused.value.problem.code == "no_source"


def test_in_a_workbook_too_the_header_is_row_1_whatever_stands_above_it(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "clients"
    lines = [[], [], ["client_id", "name", "office"], ["C1", "Ana", "N"], [], ["C2", "Eva", "N"]]
    for number, line in enumerate(lines, start=1):
        for place, text in enumerate(line, start=1):
            book.active.cell(number, place, text)
    book.save(tmp_path / "p.xlsx")

    assert [number for number, _ in rows_of(open_source(tmp_path / "p.xlsx"), "clients")] == [2, 4]
