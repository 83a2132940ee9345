"""Workbooks that cost little to send and would cost their reader much memory."""

import zipfile

from tests.hostile.cases import Case, one
from tests.hostile.making import (
    CLIENT_SHEET,
    HEAD,
    MAIN,
    book,
    clients_of,
    relation,
    relations,
    rows_markup,
    sheet_markup,
    sound,
)

SHEET = sheet_markup(sound()["clients"])


def gate(name: str, code: str, content, file: str = "portfolio.xlsx") -> Case:
    return Case(name, lambda: one(content() if callable(content) else content, file), gate=code)


def corners(column: str, row: int) -> str:
    """The first cell and one far from it."""
    return f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{column}{row}"><v>1</v></c></row>'


def spread(places: list[str]) -> bytes:
    """A workbook with a client's header and a number at each of these places, in their order."""
    head = rows_markup(sound()["clients"])
    return clients_of(
        head
        + "".join(
            f'<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{place}"><v>1</v></c></row>'
            for place in places
        )
    )


def dense(rows_count: int, columns: int, cell: str = "<c><v>1</v></c>") -> str:
    return f"<row>{cell * columns}</row>" * rows_count


CASES = [
    gate("a cell in the last corner of the sheet", "too-wide", lambda: spread(["XFD1048576"])),
    gate("a cell in the last column", "too-wide", lambda: spread(["XFD1000"])),
    gate("a cell in a column that no sheet has", "too-wide", lambda: spread(["ZZZZZZ3"])),
    gate("a cell in a row that no sheet has", "too-wide", lambda: spread(["A4294967295"])),
    gate("a cell in a row beyond all counting", "too-wide", lambda: spread(["A99999999999999999999"])),
    gate("a wide row, and far below it one cell", "too-wide", lambda: spread(["XFD3", "A1048576"])),
    gate(
        "a row far below and cells far right without a place",
        "too-wide",
        lambda: clients_of(
            rows_markup(sound()["clients"]) + '<row r="1000000">' + "<c><v>1</v></c>" * 1_000 + "</row>"
        ),
    ),
    gate(
        "rows and cells without a place, one row very wide",
        "too-wide",
        lambda: clients_of(
            "<row><c><v>1</v></c></row>" * 10_000 + "<row>" + "<c><v>1</v></c>" * 10_000 + "</row>"
        ),
    ),
    gate(
        "a far cell with blanks around its place",
        "too-wide",
        lambda: clients_of(
            rows_markup(sound()["clients"]) + '<row r="9"><c  t="n"\n r = \'XFD1048576\' ><v>1</v></c></row>'
        ),
    ),
    gate(
        "a far cell under another prefix",
        "too-wide",
        lambda: clients_of(
            rows_markup(sound()["clients"])
            + f'<x:row xmlns:x="{MAIN}" r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
        ),
    ),
    gate(
        "a far cell behind a sign that looks like its end",
        "too-wide",
        lambda: clients_of(
            rows_markup(sound()["clients"]) + '<row r="9"><c x="/>" r="XFD1048576"><v>1</v></c></row>'
        ),
    ),
    gate(
        "a far cell behind a place within a word",
        "too-wide",
        lambda: clients_of(
            rows_markup(sound()["clients"]) + '<row r="9"><c x=" r=\'A9\'" r="XFD1048576"><v>1</v></c></row>'
        ),
    ),
    gate(
        "a far cell in small letters",
        "too-wide",
        lambda: clients_of(
            rows_markup(sound()["clients"]) + '<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>'
        ),
    ),
    gate(
        "a far cell in a sheet that lies elsewhere",
        "too-wide",
        lambda: book(
            parts={
                "xl/media/image1.png": sheet_markup(corners("XFD", 1_048_576)),
                "xl/_rels/workbook.xml.rels": relations(
                    relation(1, "worksheet", "media/image1.png"),
                    relation(2, "worksheet", "worksheets/sheet2.xml"),
                ),
            }
        ),
    ),
    gate(
        "a far cell in a sheet of no portfolio",
        "too-wide",
        lambda: book(sound() | {"notes": sheet_markup(corners("XFD", 1_048_576))}),
    ),
    gate("two million cells of one figure", "too-wide", lambda: clients_of(dense(100_000, 21))),
    gate(
        "two million cells of one figure, not packed",
        "too-wide",
        lambda: book(sound() | {"clients": sheet_markup(dense(100_000, 21))}, method=zipfile.ZIP_STORED),
    ),
    gate(
        "several sheets that are too much together",
        "too-wide",
        lambda: book(sound() | {f"s{n}": sheet_markup(corners("C", 500_000)) for n in range(4)}),
    ),
    gate(
        "two million shared texts of one letter",
        "bomb",
        lambda: book(
            parts={
                "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}">'
                + "<si><t>a</t></si>" * 2_000_000
                + "</sst>"
            }
        ),
    ),
    gate("more shared texts than the cells could show", "too-wide", lambda: shared_flood(2_100_000)),
    gate(
        "a text of twenty million letters",
        "bomb",
        lambda: clients_of(rows_markup([["client_id", "a" * 20_000_000]])),
    ),
    gate(
        "five million cells with nothing in them",
        "bomb",
        lambda: book(
            parts={
                CLIENT_SHEET: SHEET.replace(
                    "</sheetData>", '<row r="3">' + "<c/>" * 5_000_000 + "</row></sheetData>"
                )
            }
        ),
    ),
]


def shared_flood(count: int) -> bytes:
    texts = "".join(f"<si><t>{n * 7919 % 1_000_003}</t></si>" for n in range(count))
    return book(parts={"xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}">{texts}</sst>'})
