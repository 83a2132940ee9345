"""Cells of an XLSX workbook that hold an error: its reader gives them as empty, which they are not."""

import re
import zipfile
import zlib
from collections import defaultdict
from io import BytesIO
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse, parse

BOOK = "xl/workbook.xml"
LINKS = "xl/_rels/workbook.xml.rels"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
PLACE = re.compile(r"([A-Z]+)([0-9]+)")
CHUNK = 1 << 20
# What a damaged archive, or markup that is none or may do harm, ends in.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException),
    *(EOFError, KeyError, OSError, RuntimeError, ValueError),
)
# The longest that the sought attribute is written, of what one chunk ends and the next begins.
OVERLAP = 32

type Errors = dict[int, dict[int, str]]


def error_cells(path: Path | BytesIO) -> dict[str, Errors]:
    """By sheet, row (from 1) and place in it (from 0) the error, as ``#N/A``; empty for other formats."""
    if isinstance(path, BytesIO):
        path.seek(0)
    try:
        with zipfile.ZipFile(path) as archive:
            if BOOK not in archive.namelist():
                return {}
            return {
                name: errors_of(archive, part) for name, part in parts(archive) if has_errors(archive, part)
            }
    except UNREADABLE:
        # The reader has refused it, or reads it in its own way.
        return {}


def parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Name and file of each sheet."""
    with archive.open(LINKS) as links:
        targets = {link.get("Id"): link.get("Target", "") for link in parse(links).iter() if link.get("Id")}
    with archive.open(BOOK) as book:
        sheets = [sheet for sheet in parse(book).iter() if local(sheet) == "sheet"]
    known = set(archive.namelist())
    files = [(sheet.get("name", ""), within_book(targets.get(sheet.get(RELATION), ""))) for sheet in sheets]
    return [(name, file) for name, file in files if file in known]


def within_book(target: str) -> str:
    """The file that a link of the book leads to: from its own folder, or from the top."""
    return str(PurePosixPath("/xl", target)).removeprefix("/")


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def has_errors(archive: zipfile.ZipFile, part: str) -> bool:
    """Can the sheet hold an error at all? Most hold none, and are not parsed a second time."""
    tail = b""
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            if ERROR.search(tail + chunk):
                return True
            tail = chunk[-OVERLAP:]
    return False


def errors_of(archive: zipfile.ZipFile, part: str) -> Errors:
    found: Errors = defaultdict(dict)
    row = column = 0
    with archive.open(part) as file:
        for event, element in iterparse(file, ("start", "end")):
            tag = local(element)
            if event == "start" and tag == "row":
                row, column = int(element.get("r") or row + 1), 0
            elif event == "start" and tag == "c":
                column = place_of(element.get("r"), column)
            elif event == "end" and tag == "c":
                if element.get("t") == "e":
                    found[row][column - 1] = next((v.text or "" for v in element if local(v) == "v"), "")
                element.clear()
            elif event == "end" and tag == "row":
                element.clear()
    return found


def place_of(reference: str | None, before: int) -> int:
    """The number of the column, 1 for A; the next one where the cell does not say where it stands."""
    match = PLACE.fullmatch(reference or "")
    if not match:
        return before + 1
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - 64
    return number


def with_errors(cells: list, errors: dict[int, str]) -> list:
    """The row's cells with these errors in their places."""
    width = max(len(cells), max(errors) + 1)
    cells = [*cells, *[""] * (width - len(cells))]
    for place, error in errors.items():
        cells[place] = error
    return cells
