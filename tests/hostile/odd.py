"""Files that are unlike what Excel would write, and as good: none of them may be refused."""

import io
import struct
import zipfile

from tests.hostile.cases import Case, one
from tests.hostile.making import (
    CLIENT,
    CLIENT_SHEET,
    HEAD,
    LOAN,
    MAIN,
    SOUND_TEXT,
    book,
    book_parts,
    clients_of,
    csv_files,
    csv_text,
    csv_with,
    csv_zip,
    packed,
    relation,
    relations,
    rows_markup,
    sheet_markup,
    sound,
    unpacked,
    with_cell,
)

CLIENTS, LOANS = SOUND_TEXT["clients"], SOUND_TEXT["loans"]
PARTS = book_parts()
CLIENT_ROWS = sound()["clients"]
FILLED = rows_markup(CLIENT_ROWS)


def text(name: str, content, **more) -> Case:
    return Case(name, lambda: csv_with("clients", content), **more)


def workbook(name: str, content, file: str = "portfolio.xlsx", **more) -> Case:
    return Case(name, lambda: one(content(), file), **more)


def archive(name: str, content, **more) -> Case:
    return Case(name, lambda: one(content(), "portfolio.zip"), **more)


def sheet(name: str, **around) -> Case:
    return workbook(name, lambda: clients_of(FILLED, **around))


def cell(name: str, column: str, attributes: str, content: str, of: str = "clients", **more) -> Case:
    return workbook(name, lambda: book(with_cell(of, column, (attributes, content)), **more))


def shared(markup: str) -> bytes:
    """A workbook whose client's name is the first shared text."""
    texts = f'{HEAD}<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si>{markup}</si></sst>'
    links = (relation(n, "worksheet", f"worksheets/sheet{n}.xml") for n in (1, 2))
    return book(
        with_cell("clients", "name", ('t="s"', "<v>0</v>")),
        parts={
            "xl/sharedStrings.xml": texts,
            "xl/_rels/workbook.xml.rels": relations(
                *links, relation(3, "sharedStrings", "sharedStrings.xml")
            ),
        },
    )


def streamed(members: dict) -> bytes:
    """A ZIP whose sizes stand behind each content, as programs write that cannot go back."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.written = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.written += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return bytes(pipe.written)


def large(members: dict) -> bytes:
    """A ZIP with the longer numbers of large archives, though it is small."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            with target.open(name, "w", force_zip64=True) as member:
                member.write(content)
    return output.getvalue()


def with_longer_end(content: bytes) -> bytes:
    """The end of a large archive before the usual one, which then holds the largest numbers only."""
    end = content.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack("<HLL", content[end + 10 : end + 20])
    longer = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    usual = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:end] + longer + locator + usual


def many_clients(count: int) -> list[list]:
    return [list(CLIENT), *([f"C{n}", *list(CLIENT.values())[1:]] for n in range(1, count + 1))]


def without_places(markup: str) -> str:
    """Cells and rows in their order, without saying where they stand."""
    for column in "ABCDEFG":
        for row in "12":
            markup = markup.replace(f' r="{column}{row}"', "")
    return markup.replace('<row r="1">', "<row>").replace('<row r="2">', "<row>")


TEXTS = [
    Case("CSV files as they should be", lambda: csv_files(sound())),
    text("a CSV file with a byte order mark", "\ufeff" + CLIENTS),
    Case("CSV files split by semicolons", lambda: csv_files(sound(), delimiter=";")),
    Case("CSV files split by tabs", lambda: csv_files(sound(), delimiter="\t")),
    Case("CSV files with the line ends of Windows", lambda: csv_files(sound(), end="\r\n")),
    Case("CSV files with the line ends of old Macs", lambda: csv_files(sound(), end="\r")),
    text("a CSV file without a last line end", CLIENTS.rstrip()),
    text("a CSV file with blank lines below", CLIENTS + "\n\n  \n"),
    text("a CSV file with blank lines above", "\n\n" + CLIENTS),
    text("a CSV file with blank lines between", CLIENTS.replace("\n", "\n\n")),
    text("a CSV file with rows of commas below", CLIENTS + ",,,,,,\n" * 50),
    text("a CSV file with empty columns at the right", CLIENTS.replace("\n", ",,,\n")),
    text(
        "a CSV file with every cell in quotes",
        '"' + CLIENTS.rstrip().replace(",", '","').replace("\n", '"\n"') + '"\n',
    ),
    text("a CSV file with a line break in a name", CLIENTS.replace("Ana Quispe", '"Ana\nQuispe"')),
    text("a CSV file with a comma in a name", CLIENTS.replace("Ana Quispe", '"Quispe, Ana"')),
    text("a CSV file with a large header", CLIENTS.replace("client_id", "CLIENT_ID")),
    text("a CSV file with blanks around its headers", CLIENTS.replace("name", " name ")),
    text("a CSV file with a mark of inches in a name", CLIENTS.replace("Ana Quispe", 'Ana 5" Quispe')),
    text("a CSV file with names of many scripts", CLIENTS.replace("Ana Quispe", "Мария 王芳 مريم ñandú")),
    text("a CSV file with zeros before a number", CLIENTS.replace("70012345", "00591700")),
    Case(
        "CSV files with decimal commas",
        lambda: csv_files(
            sound()
            | {"loans": [list(LOAN), [*list(LOAN.values())[:3], "500,25", "2024-01-10", "120,5", "3"]]},
            delimiter=";",
        ),
        decimal=",",
    ),
    Case(
        "CSV files with large endings",
        lambda: [(name.upper(), content) for name, content in csv_files(sound())],
    ),
    Case("two thousand rows that are alike", lambda: csv_with("clients", csv_text(many_clients(2_000)))),
]

ARCHIVES = [
    archive("a ZIP of CSV files", csv_zip),
    archive(
        "a ZIP with a folder",
        lambda: packed(
            {
                "portfolio/": b"",
                "portfolio/clients.csv": CLIENTS.encode(),
                "portfolio/loans.csv": LOANS.encode(),
            }
        ),
    ),
    archive(
        "a ZIP from a Mac",
        lambda: csv_zip(**{"__MACOSX/._clients.csv": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1"}),
    ),
    archive("a ZIP from Windows with its pictures of folders", lambda: csv_zip(**{"Thumbs.db": b"\xd0\xcf"})),
    archive("a ZIP that is not packed", lambda: packed(unpacked(csv_zip()), zipfile.ZIP_STORED)),
    archive("a ZIP with the sizes behind", lambda: streamed(unpacked(csv_zip()))),
    archive("a small ZIP with long numbers", lambda: large(unpacked(csv_zip()))),
    archive("a small ZIP with the end of a large one", lambda: with_longer_end(csv_zip())),
    archive("a ZIP with a comment", lambda: csv_zip()[:-2] + struct.pack("<H", 5) + b"notes"),
    archive(
        "a ZIP with names in capitals",
        lambda: packed({"CLIENTS.CSV": CLIENTS.encode(), "LOANS.CSV": LOANS.encode()}),
    ),
    archive(
        "a ZIP with a folder of accents",
        lambda: packed({"año/clients.csv": CLIENTS.encode(), "año/loans.csv": LOANS.encode()}),
    ),
]

BOOKS = [
    workbook("a workbook as it should be", book),
    workbook("a workbook called XLSX", book, "PORTFOLIO.XLSX"),
    workbook("a workbook called by another ending", book, "portfolio.bin"),
    workbook("a workbook that is not packed", lambda: book(method=zipfile.ZIP_STORED)),
    workbook("a workbook with the sizes behind", lambda: streamed(unpacked(book()))),
    workbook("a small workbook with long numbers", lambda: large(unpacked(book()))),
    workbook("a small workbook with the end of a large one", lambda: with_longer_end(book())),
    workbook(
        "a workbook with entries for its folders",
        lambda: packed({"xl/": b"", "xl/worksheets/": b""} | unpacked(book())),
    ),
    workbook("a workbook with what macOS leaves", lambda: book(parts={"__MACOSX/._x": b"\0\5"})),
    workbook("a workbook without styles", lambda: book(without=("xl/styles.xml",))),
    workbook(
        "a workbook whose parts come in another order",
        lambda: packed(dict(reversed(unpacked(book()).items()))),
    ),
    workbook(
        "a workbook with a picture",
        lambda: book(parts={"xl/media/image1.png": b"\x89PNG" + bytes(range(256)) * 40}),
    ),
    workbook(
        "a workbook that says DOCTYPE in a cell",
        lambda: book(with_cell("clients", "name", "<!DOCTYPE html>")),
    ),
    workbook(
        "a workbook with pages of help",
        lambda: book(sound() | {"Help": [["How to fill this in"]]}),
        notices=("unknown_sheet",),
    ),
    workbook(
        "a workbook with a hidden sheet",
        lambda: book(sound() | {"lists": [["F"], ["M"]]}, state={"lists": 'state="hidden"'}),
        notices=("unknown_sheet",),
    ),
    workbook(
        "a workbook with sheets in capitals",
        lambda: book({name.upper(): rows for name, rows in sound().items()}),
    ),
    workbook(
        "a workbook of the dates of old Macs",
        lambda: book(
            with_cell("clients", "birth_date", ('s="1"', "<v>31577</v>")), about='<workbookPr date1904="1"/>'
        ),
    ),
    workbook("a workbook of two thousand rows", lambda: book(sound() | {"clients": many_clients(2_000)})),
    sheet("a workbook with the false dimension of openpyxl", before='<dimension ref="A1"/>'),
    sheet("a workbook with a dimension far too large", before='<dimension ref="A1:XFD1048576"/>'),
    sheet(
        "a workbook with frozen panes",
        before='<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/>'
        "</sheetView></sheetViews>",
    ),
    sheet("a workbook with a filter", after='<autoFilter ref="A1:G2"/>'),
    sheet(
        "a workbook with merged cells beside the table",
        after='<mergeCells count="1"><mergeCell ref="J1:K2"/></mergeCells>',
    ),
    sheet(
        "a workbook with colours by rules",
        after='<conditionalFormatting sqref="A1:A9"><cfRule type="duplicateValues" priority="1"/>'
        "</conditionalFormatting>",
    ),
    sheet(
        "a workbook with lists to choose from",
        after='<dataValidations count="1"><dataValidation type="list" sqref="D2:D99">'
        '<formula1>"F,M"</formula1></dataValidation></dataValidations>',
    ),
    workbook(
        "a workbook with empty cells that have a format, down to the last row",
        lambda: clients_of(FILLED + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'),
    ),
    workbook(
        "a workbook with empty rows that have a height",
        lambda: clients_of(
            FILLED + "".join(f'<row r="{n}" ht="20" customHeight="1"/>' for n in range(3, 2_000))
        ),
    ),
    workbook(
        "a workbook with wide rows of empty cells",
        lambda: clients_of(
            FILLED.replace(
                "</row>", "".join(f'<c r="{a}{b}9" s="1"/>' for a in "AB" for b in "ABCDEFG") + "</row>"
            )
        ),
    ),
    workbook("a workbook without the places of its cells", lambda: clients_of(without_places(FILLED))),
    workbook(
        "a workbook with a prefix before every tag",
        lambda: book(parts={CLIENT_SHEET: prefixed(sheet_markup(CLIENT_ROWS))}),
    ),
    workbook(
        "a workbook over many lines",
        lambda: book(
            parts={
                CLIENT_SHEET: sheet_markup(CLIENT_ROWS)
                .replace("><row", ">\n  <row")
                .replace("></row", ">\n</row")
            }
        ),
    ),
    workbook("a workbook with shared texts", lambda: shared("<t>Ana Quispe</t>")),
    workbook(
        "a workbook with a shared text of several colours",
        lambda: shared("<r><t>Ana </t></r><r><rPr><b/></rPr><t>Quispe</t></r>"),
    ),
    workbook(
        "a workbook with a shared text and its sound",
        lambda: shared('<t>王芳</t><rPh sb="0" eb="1"><t>オウ</t></rPh>'),
    ),
    cell("a workbook with a date as a date", "birth_date", 's="1"', "<v>33039</v>"),
    cell("a workbook with a date as a text", "birth_date", 't="d"', "<v>1990-06-15</v>"),
    cell("a workbook with a number as a text", "principal", 't="str"', "<v>500</v>", of="loans"),
    cell("a workbook with a number with a format", "principal", 's="2"', "<v>500.5</v>", of="loans"),
    cell("a workbook with a client number as a number", "client_id", "", "<v>1001</v>"),
    cell("a workbook with a formula and its value", "name", 't="str"', "<f>A1&amp;B1</f><v>Ana Quispe</v>"),
    cell("a workbook with a formula of an amount", "principal", "", "<f>SUM(1,2)</f><v>500</v>", of="loans"),
    cell(
        "a workbook with a name with blanks around",
        "name",
        't="inlineStr"',
        '<is><t xml:space="preserve">  Ana  </t></is>',
    ),
]


def prefixed(markup: str) -> str:
    """Every tag under a prefix of its own, as some programs write."""
    for tag in ("worksheet", "sheetData", "row", "c", "is", "t", "v"):
        for end in (" ", ">"):
            markup = markup.replace(f"<{tag}{end}", f"<x:{tag}{end}").replace(f"</{tag}>", f"</x:{tag}>")
    return markup.replace("xmlns=", "xmlns:x=")


CASES = TEXTS + ARCHIVES + BOOKS
