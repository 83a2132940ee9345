"""Files for the gate, made as they are needed: texts, ZIPs, and workbooks written part by part."""

import io
import stat
import struct
import zipfile
from xml.sax.saxutils import escape

CLIENT = {
    "client_id": "C1",
    "name": "Ana Quispe",
    "office": "NORTE",
    "sex": "F",
    "birth_date": "1990-06-15",
    "joined_on": "2024-01-01",
    "phone": "70012345",
}
LOAN = {
    "loan_id": "L1",
    "client_id": "C1",
    "product": "CAPITAL",
    "principal": "500",
    "disbursed_on": "2024-01-10",
    "outstanding": "120.25",
    "days_late": "3",
}
SOUND = {"clients": CLIENT, "loans": LOAN}


def table(row: dict) -> list[list]:
    """A header and one row."""
    return [list(row), list(row.values())]


def sound() -> dict[str, list[list]]:
    return {name: table(row) for name, row in SOUND.items()}


def with_cell(sheet: str, column: str, value) -> dict[str, list[list]]:
    """A portfolio with one cell, of row 2, changed; its loan is of another client, who is sound."""
    other = CLIENT | {"client_id": "C2", "name": "Luis Rojas", "sex": "M"}
    rows = {"clients": CLIENT, "loans": LOAN | {"client_id": "C2"}}
    rows[sheet] = rows[sheet] | {column: value}
    return {"clients": [*table(rows["clients"]), list(other.values())], "loans": table(rows["loans"])}


# --- texts -------------------------------------------------------------------------------------------------


def csv_text(rows: list[list], *, delimiter: str = ",", end: str = "\n") -> str:
    def quoted(cell) -> str:
        text = str(cell)
        special = any(sign in text for sign in f'"\r\n{delimiter}')
        return '"{}"'.format(text.replace('"', '""')) if special else text

    return "".join(delimiter.join(map(quoted, row)) + end for row in rows)


def csv_files(sheets: dict[str, list[list]], **how) -> list[tuple[str, bytes]]:
    return [(f"{name}.csv", csv_text(rows, **how).encode()) for name, rows in sheets.items()]


def csv_with(sheet: str, content: bytes | str) -> list[tuple[str, bytes]]:
    """The sound portfolio with the whole text of one sheet replaced."""
    content = content.encode() if isinstance(content, str) else content
    return [
        *csv_files({name: rows for name, rows in sound().items() if name != sheet}),
        (f"{sheet}.csv", content),
    ]


SOUND_TEXT = {name: csv_text(rows) for name, rows in sound().items()}


# --- archives ----------------------------------------------------------------------------------------------

CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"


def packed(members: dict, method=zipfile.ZIP_DEFLATED, change=None) -> bytes:
    """A ZIP of these members; ``change(info)`` may alter each entry before it is written."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            if change:
                change(info)
            archive.writestr(info, content)
    return output.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def linked(info) -> None:
    """The entry as a symbolic link."""
    info.external_attr = (stat.S_IFLNK | 0o777) << 16


def patched(content: bytes, mark: bytes, offset: int, value: bytes, *, last: bool = False) -> bytes:
    """The bytes with ``value`` at ``offset`` behind the first ``mark``, or behind the last."""
    at = (content.rindex(mark) if last else content.index(mark)) + offset
    return content[:at] + value + content[at + len(value) :]


def short(number: int) -> bytes:
    return struct.pack("<H", number)


def long(number: int) -> bytes:
    return struct.pack("<I", number)


def csv_zip(sheets: dict | None = None, **extra: bytes) -> bytes:
    return packed(dict(csv_files(sheets or sound())) | extra)


# --- workbooks ---------------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The second style is a date, the third a number with thousands.
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="4" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def letters(column: int) -> str:
    """1 is A, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell_markup(place: str, value) -> str:
    """One cell: numbers as numbers, a tuple as its raw attributes and content, all else as inline text."""
    if isinstance(value, tuple):
        return f'<c r="{place}" {value[0]}>{value[1]}</c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    if value == "":
        return ""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def rows_markup(rows: list[list], first: int = 1) -> str:
    return "".join(
        f'<row r="{at}">'
        + "".join(cell_markup(f"{letters(n)}{at}", value) for n, value in enumerate(row, 1))
        + "</row>"
        for at, row in enumerate(rows, first)
    )


def sheet_markup(rows: list[list] | str, *, before: str = "", after: str = "") -> str:
    """A worksheet of these rows, or of rows that are markup already."""
    data = rows if isinstance(rows, str) else rows_markup(rows)
    return f'{HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def relation(number: int, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"{more}/>'


def relations(*inner: str) -> str:
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{"".join(inner)}</Relationships>'


def book_parts(sheets: dict | None = None, *, about: str = "", state: dict | None = None) -> dict[str, str]:
    """The parts of a workbook: sheets by name, each as rows or as the markup of the whole worksheet.

    ``about`` stands in the workbook before its sheets; ``state`` gives sheets more attributes.
    """
    sheets = sheets or sound()
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    names = list(enumerate(sheets, 1))
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kinds}.worksheet+xml"/>'
        for n, _ in names
    )
    tabs = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}" {(state or {}).get(name, "")}/>'
        for n, name in names
    )
    links = [relation(n, "worksheet", f"worksheets/sheet{n}.xml") for n, _ in names]
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": relations(relation(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{about}<sheets>{tabs}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": relations(*links, relation(99, "styles", "styles.xml")),
        "xl/styles.xml": STYLES,
    }
    for n, name in names:
        rows = sheets[name]
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            rows if isinstance(rows, str) and "<worksheet" in rows else sheet_markup(rows)
        )
    return parts


CLIENT_SHEET, LOAN_SHEET = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"


def book(
    sheets: dict | None = None,
    *,
    parts: dict | None = None,
    without: tuple = (),
    method=zipfile.ZIP_DEFLATED,
    **how,
) -> bytes:
    """A workbook; ``parts`` replaces or adds parts of its package, ``without`` leaves some out."""
    made = {**book_parts(sheets, **how), **(parts or {})}
    return packed({name: content for name, content in made.items() if name not in without}, method)


def clients_of(rows: str, **around) -> bytes:
    """A workbook whose clients are these rows of markup."""
    return book(sound() | {"clients": sheet_markup(rows, **around)})
