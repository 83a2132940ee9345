"""Files that spm hands out around an import: the empty workbook to fill, and rejected rows to put right."""

import csv
import io
import re
import zipfile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from clients.methods.sheets import COMMENT, SHEETS
from spm.formulas import FORMULA, as_given, in_a_workbook, inert

NEGATIVE = re.compile(r"-[0-9]+([.,][0-9]+)?")
UNREADABLE = "\ufffd"


def empty_workbook() -> bytes:
    """A workbook with every sheet and its header; what must be filled in is bold."""
    book = Workbook(write_only=True)
    for sheet in SHEETS.values():
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        header = [text_cell(page, column.name) for column in sheet.columns]
        for cell, column in zip(header, sheet.columns, strict=True):
            cell.font = Font(bold=column.required)
        page.append(header)
    return saved(book)


def rejected_workbook(sheets: list[tuple[str, list, list]]) -> bytes:
    """Sheets of ``(name, headers, rows)``, each row ending in why it was rejected."""
    book = Workbook(write_only=True)
    for name, headers, rows in sheets:
        page = book.create_sheet(name[:31])
        for line in [[*headers, COMMENT], *rows]:
            page.append([text_cell(page, cell) if isinstance(cell, str) else cell for cell in line])
    return saved(book)


def text_cell(page, text: str) -> WriteOnlyCell:
    """A text that stays one: neither a formula nor a sign that the format forbids."""
    cell = WriteOnlyCell(page, in_a_workbook(text, unreadable=UNREADABLE))
    cell.data_type = "s"
    cell.quotePrefix = bool(FORMULA.match(text))
    return cell


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rejected_zip(sheets: list[tuple[str, list, list]], delimiter: str) -> bytes:
    """The same as a zip of CSV files, with a byte order mark so that Excel reads the accents."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, headers, rows in sheets:
            text = io.StringIO()
            writer = csv.writer(text, delimiter=delimiter)
            writer.writerows([harmless(cell) for cell in line] for line in [[*headers, COMMENT], *rows])
            archive.writestr(f"{name}.csv", text.getvalue().encode("utf-8-sig"))
    return file.getvalue()


def harmless(cell):
    """No formula, and read as it came; a negative number may look like a formula, and stays a number."""
    if not isinstance(cell, str):
        return cell
    given = as_given(cell.strip())
    return given if NEGATIVE.fullmatch(given) else inert(given)
