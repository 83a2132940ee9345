"""Workbooks that are none, carry programs along, or whose markup defines words of its own."""

from tests.hostile.cases import Case, one
from tests.hostile.making import (
    CLIENT_SHEET,
    HEAD,
    book,
    book_parts,
    packed,
    sheet_markup,
    sound,
)

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
LAUGHS = (
    "<!DOCTYPE x ["
    '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
ELSEWHERE = '<!DOCTYPE x SYSTEM "http://203.0.113.1/x.dtd">'
SHEET = sheet_markup(sound()["clients"])
PARTS = book_parts()


def gate(name: str, code: str, content, file: str = "portfolio.xlsx") -> Case:
    return Case(name, lambda: one(content() if callable(content) else content, file), gate=code)


def declared(markup: str, words: str) -> str:
    """The part with words behind its XML declaration."""
    return markup.replace(HEAD, HEAD + words) if HEAD in markup else HEAD + words + markup


KINDS = [
    gate("an old Excel file called xlsx", "old-excel", OLD + b"\0" * 4_000),
    gate(
        "a workbook with a password", "encrypted", OLD + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    ),
    gate("a web page called xlsx", "markup", b"<html><table></table></html>"),
    gate(
        "an XML spreadsheet of 2003 called xlsx",
        "markup",
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    ),
    gate("a PDF called xlsx", "stranger", b"%PDF-1.4"),
    gate("a picture called xlsx", "stranger", b"\x89PNG\r\n\x1a\n"),
    gate("a text called xlsx that is no table", "unnamed", b"Dear colleagues,\n"),
    gate("a ZIP of pictures called xlsx", "not-csv", lambda: packed({"a.png": b"\x89PNG"})),
    gate(
        "a text document called xlsx",
        "stranger",
        lambda: packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
    ),
    gate(
        "a presentation called xlsx",
        "stranger",
        lambda: packed({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}),
    ),
    gate("a binary workbook called xlsx", "binary", lambda: book(parts={"xl/workbook.bin": b"\x83\x01"})),
    gate("a workbook without its list of parts", "not-csv", lambda: book(without=("[Content_Types].xml",))),
    gate("a workbook without its main part", "stranger", lambda: book(without=("xl/workbook.xml",))),
    gate("a workbook with macros", "macros", lambda: book(parts={"xl/vbaProject.bin": b"\0"})),
    gate(
        "a workbook with macros in another folder",
        "macros",
        lambda: book(parts={"other/VBAProject.bin": b"\0"}),
    ),
    gate(
        "a workbook with sheets of old macros",
        "macros",
        lambda: book(parts={"xl/macrosheets/sheet1.xml": "<xm/>"}),
    ),
    gate(
        "a workbook whose type says macros",
        "macros",
        lambda: book(
            parts={
                "[Content_Types].xml": PARTS["[Content_Types].xml"].replace(
                    "sheet.main", "sheet.macroEnabled.main"
                )
            }
        ),
    ),
]

MARKUP = [
    gate(
        f"{what} in {where}",
        "doctype",
        lambda part=part, words=words: book(parts={part: declared(PARTS.get(part, "<a/>"), words)}),
    )
    for what, words in (
        ("an entity of its own", ENTITIES),
        ("a billion laughs", LAUGHS),
        ("an entity from the disk", OUTSIDE),
        ("a document type from elsewhere", ELSEWHERE),
    )
    for where, part in (
        ("a sheet", CLIENT_SHEET),
        ("the list of sheets", "xl/workbook.xml"),
        ("the list of parts", "[Content_Types].xml"),
        ("the relations", "_rels/.rels"),
        ("the styles", "xl/styles.xml"),
        ("the shared texts", "xl/sharedStrings.xml"),
        ("the properties", "docProps/core.xml"),
    )
] + [
    gate(
        "an entity behind half a megabyte of blanks",
        "doctype",
        lambda: book(parts={CLIENT_SHEET: HEAD + " " * 500_000 + ENTITIES + SHEET.removeprefix(HEAD)}),
    ),
    gate(
        "an entity in a sheet in UTF-16",
        "encoding",
        lambda: book(parts={CLIENT_SHEET: declared(SHEET, ENTITIES).encode("utf-16")}),
    ),
    gate(
        "an entity in a sheet in UTF-16 without a mark",
        "encoding",
        lambda: book(parts={CLIENT_SHEET: declared(SHEET, ENTITIES).encode("utf-16-le")}),
    ),
    gate("a sheet in UTF-7", "encoding", lambda: book(parts={CLIENT_SHEET: SHEET.replace("UTF-8", "UTF-7")})),
    gate(
        "a sheet in EBCDIC", "encoding", lambda: book(parts={CLIENT_SHEET: SHEET.replace("UTF-8", "cp037")})
    ),
]


CASES = KINDS + MARKUP
