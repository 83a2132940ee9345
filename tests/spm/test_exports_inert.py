"""Every writer of files x every payload, read back: no formula, and the text as it was stored."""

import csv
import io
import re
import zipfile
from functools import partial
from types import SimpleNamespace

import openpyxl
import pytest
from django.utils import translation
from openpyxl.utils.escape import unescape

from clients.methods.handback import rejected_workbook, rejected_zip
from clients.methods.outgoing import Outgoing, unchanged, write_csv, write_workbook
from clients.methods.sheets import SHEETS
from exits.management.commands import exit_rates
from spm import exports
from spm.formulas import FORBIDDEN, as_given, inert
from tests.payloads import FORMULA_SIGNS, PAYLOADS
from tests.spm.test_exports import content

REQUEST = SimpleNamespace(user=PAYLOADS[0])
UNSEEN = "\u00ad\u200b\u200e\u202e\u2028\u2060\ufeff"


def everywhere(text: str) -> exports.Table:
    """A table with the text in its name, header, filter and cells."""
    columns = [exports.Column(text, code="text", unit=text), exports.Column("x", code="other")]
    return exports.Table(text, columns, iter([(text, "x"), ("x", text)]), about=[(text, text)])


def exported(form: str, language: str, text: str) -> bytes:
    with translation.override(language):
        return content(exports.respond(REQUEST, everywhere(text), form))


def unzipped(archive: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read("clients.csv")


def rejected(text: str) -> list[tuple]:
    return [("clients", [text, "x"], [[text, "x", "why"], ["x", text, text]])]


def of_the_command(text: str) -> bytes:
    out = io.StringIO(newline="")
    row = {"group": text, "start": "2025-01-01", "provisional": False, "rates": {}}
    exit_rates.write_csv([row], out)
    return out.getvalue().encode()


def portfolio(write, text: str) -> bytes:
    file, sheet = io.BytesIO(), SHEETS["groups"]
    write(file, Outgoing(sheet, list(sheet.columns), iter([(text, "x"), ("x", text)])))
    return file.getvalue()


BOOKS = {
    "xlsx": lambda text: exported("xlsx", "en", text),
    "rejected rows": lambda text: rejected_workbook(rejected(text)),
    "portfolio": partial(portfolio, lambda file, going: write_workbook(file, [going])),
}
# Each with its separator.
TEXTS = {
    "csv": (",", lambda text: exported("csv", "en", text)),
    "csv for Excel": (",", lambda text: exported("csv-excel", "en", text)),
    "csv para Excel": (";", lambda text: exported("csv-excel", "es", text)),
    "rejected rows": (",", lambda text: unzipped(rejected_zip(rejected(text), ","))),
    "rejected rows with ;": (";", lambda text: unzipped(rejected_zip(rejected(text), ";"))),
    "exit_rates": (",", of_the_command),
    "portfolio": (",", partial(portfolio, write_csv)),
}
# A number below zero stays one; cut elsewhere, the rest of its line hangs on to it.
NUMBER = re.compile(r"-[0-9]+([.,][0-9]+)?(\"?[,;].*)?")


def as_kept(text: str) -> str:
    """The text as XML bears it: line ends are one sign there."""
    text = re.sub(r"\r\n?", "\n", FORBIDDEN.sub("", text))
    return text[:32_767]


def test_there_are_payloads_enough():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.mark.parametrize("writer", BOOKS)
def test_no_cell_of_a_workbook_is_a_formula_and_each_text_is_as_stored(writer):
    for payload in PAYLOADS:
        book = openpyxl.load_workbook(io.BytesIO(BOOKS[writer](payload)))
        cells = [
            cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None
        ]
        assert {cell.data_type for cell in cells} <= {"s", "n"}, repr(payload)
        assert {type(cell.value) for cell in cells if cell.data_type == "n"} <= {int}, repr(payload)
        last = book.worksheets[-1]
        told = [last["A2"], last["B3"]]
        replaced = FORBIDDEN.sub("\ufffd", payload) if writer == "rejected rows" else payload
        if writer == "portfolio":
            replaced = unchanged(payload)
        assert [unescape(cell.value) for cell in told] == [as_kept(replaced)] * 2, repr(payload)
        for cell in cells:
            if str(cell.value).startswith(FORMULA_SIGNS):
                assert cell.quotePrefix, repr(payload)
        assert all(not sheet.title.startswith("'") and len(sheet.title) <= 31 for sheet in book)


def pieces(text: str) -> set[str]:
    """Every cell that some program makes of the file, whatever it takes for the separator and the quotes."""
    read = set()
    for delimiter in ",;\t|":
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            read.update(line)
        for line in re.split(r"[\r\n]", text):
            read.update(line.split(delimiter))
    return {piece.strip(' "\u00a0\u3000\x0b' + UNSEEN) for piece in read}


@pytest.mark.parametrize("writer", TEXTS)
def test_no_cell_of_a_csv_is_a_formula_however_it_is_cut_and_each_text_is_as_stored(writer):
    delimiter, write = TEXTS[writer]
    csv.field_size_limit(10**6)
    for payload in PAYLOADS:
        text = write(payload).decode().removeprefix("\ufeff")
        run = {piece for piece in pieces(text) if piece.startswith(FORMULA_SIGNS)}
        assert {piece for piece in run if not NUMBER.fullmatch(piece)} == set(), repr(payload)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        stored = payload.replace("\x00", "")
        if writer.startswith("rejected"):
            given = as_given(stored.strip())
            told = [lines[1][0], lines[2][1]]
            assert [as_given(cell) for cell in told] == [given] * 2, repr(payload)
        elif writer == "exit_rates":
            assert as_given(lines[1][0]) == stored, repr(payload)
        else:
            assert [as_given(lines[-2][0]), as_given(lines[-1][1])] == [stored] * 2, repr(payload)


def test_what_is_no_formula_gets_no_apostrophe():
    for text in ["Ana Quispe", "O'Higgins", "a; b", "x=1", "Valle Norte, 5", "'plain", "R-5", "1\n2"]:
        assert inert(text) == text


def test_an_apostrophe_stands_before_what_could_be_a_formula_and_behind_each_separator():
    marked = {
        "=1": "'=1",
        "a;=1": "a;'=1",
        "'=1": "''=1",
        "a\n -b": "a\n' -b",
        "\tx": "'\tx",
        ",\t@": "','\t'@",
    }
    assert {text: inert(text) for text in marked} == marked
    assert {text: as_given(inert(text)) for text in marked} == {text: text for text in marked}


def test_a_long_text_of_separators_is_marked_in_a_time_that_grows_with_its_length():
    text = "\t" * 1_000_000 + "x" + ",'" * 500_000
    assert as_given(inert(text)) == text


def test_infinity_and_what_is_no_number_are_words_in_a_workbook():
    columns = [exports.Column("x", kind="number", code="x")]
    rows = iter([(float("nan"),), (float("inf"),), (0.5,)])
    read = content(exports.respond(REQUEST, exports.Table("t", columns, rows), "xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(read)).worksheets[1]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["nan", "inf", 0.5]
