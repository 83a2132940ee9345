"""Every table that leaves the product: XLSX, CSV for Excel, CSV for software.

The filter, the date, the person and the definition travel along: on the first sheet of a workbook, in rows
that begin with ``#`` above the header of a CSV for Excel. A CSV for software holds the header and the rows
alone, so that programs read it without knowing us; its file name tells what the others say inside.
No text can become a formula: in a workbook it is stored as text, in a CSV it gets an apostrophe in front, and
behind each separator in it that a formula could follow; an import takes them off.
"""

import csv
import datetime as dt
import math
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from django.http import FileResponse, StreamingHttpResponse
from django.utils import formats, timezone, translation
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from spm.formulas import FORBIDDEN, FORMULA, in_a_workbook, inert

FORMS = {
    "xlsx": _("Excel workbook"),
    "csv-excel": _("CSV for Excel"),
    "csv": _("CSV for software"),
}

# A sheet's last row is 1,048,576; a longer table goes on on the next sheet.
SHEET_ROWS = 1_048_000
NUMBER_FORMATS = {
    "number": "#,##0.##########",
    "count": "#,##0",
    "money": "#,##0.00",
    "share": "0.0%",
    "date": "yyyy-mm-dd",
}
WIDTHS = {"text": 28, "prose": 60, "money": 16, "date": 12}


@dataclass(frozen=True)
class Column:
    """``kind`` text, prose (sentences), number, count, money, share (0.183 is 18.3 %) or date; ``unit``
    stands in the header.

    ``code`` names the column for software, the same in every language; without it, it is made of the English
    label, for which the label must be lazily translated.
    """

    label: str
    kind: str = "text"
    unit: str = ""
    code: str = ""

    @property
    def header(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else str(self.label)

    @property
    def software_name(self) -> str:
        if self.code:
            return self.code
        with translation.override("en"):
            return slugify(str(self.label)).replace("-", "_")


@dataclass(frozen=True)
class Table:
    """What a screen shows, for a file.

    ``rows`` an iterable of tuples, one value a column, None where there is none; it is read once and may be a
    generator. ``about`` pairs of words: the filter as shown, the definition; date and person are added.
    ``filter_in_name`` the filter as the file's name tells it, where it may not tell all that is shown.
    """

    name: str
    columns: list[Column]
    rows: Iterable[tuple]
    about: list[tuple[str, str]] = field(default_factory=list)
    filter_in_name: str | None = None


def respond(request, table: Table, form: str):
    """The table as a download in one of ``FORMS``; KeyError for another form."""
    about = _about(request.user, table)
    name = _file_name(table, form, about)
    if form == "xlsx":
        file = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
        _write_book(file, table, about)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    return StreamingHttpResponse(
        CSV[form](table, about),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)},
    )


def write(file, table: Table, form: str, *, by) -> str:
    """Write the table into a file of bytes, as ``by`` asked for it; what the file shall be called."""
    about = _about(by, table)
    name = _file_name(table, form, about)
    if form == "xlsx":
        _write_book(file, table, about)
    else:
        file.writelines(CSV[form](table, about))
    return name


def _about(user, table: Table) -> list[tuple[str, str]]:
    now = timezone.localtime()
    said = [(str(label), str(words)) for label, words in table.about]
    always = [
        (str(_("Date")), formats.date_format(now, "DATETIME_FORMAT")),
        (str(_("By")), str(user)),
    ]
    labels = {label for label, _words in said}
    return said + [pair for pair in always if pair[0] not in labels]


def _file_name(table: Table, form: str, about) -> str:
    """Safe and dated: ``exit-rates-by-branch_norte-women-2025_2026-11-24.csv``.

    That of a CSV for software, which says nothing inside, tells the definition and the person as well.
    """
    said = dict(about)
    shown = [said.get(str(_("Filter")), "") if table.filter_in_name is None else table.filter_in_name]
    if form == "csv":
        shown += [said.get(str(label), "") for label in (_("Definition"), _("By"))]
    parts = [slugify(str(table.name))[:60] or "table", *(slugify(words)[:60] for words in shown)]
    day = timezone.localdate().isoformat()
    return f"{'_'.join([*filter(None, parts), day])}.{form.partition('-')[0]}"


# --- XLSX --------------------------------------------------------------------------------------------------


XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _write_book(file, table: Table, about) -> None:
    book = Workbook(write_only=True)
    front = book.create_sheet(_sheet_title(_("About")))
    front.column_dimensions["A"].width, front.column_dimensions["B"].width = 24, 90
    count = _write_sheets(book, table)
    for label, words in [(_("Table"), table.name), *about, (_("Rows"), count)]:
        front.append([_bold(front, str(label)), words if words is count else _text_cell(front, words)])
    book.save(file)


def write_tables(file, name: str, tables: list[Table], about: list[tuple[str, str]]) -> None:
    """Several tables as one workbook of bytes: what all are about on the first sheet, then one sheet each."""
    book = Workbook(write_only=True)
    front = book.create_sheet(_sheet_title(_("About")))
    front.column_dimensions["A"].width, front.column_dimensions["B"].width = 24, 90
    for label, words in [(_("Table"), name), *about]:
        front.append([_bold(front, str(label)), _text_cell(front, words)])
    for table in tables:
        _write_sheets(book, table)
    book.save(file)


def _write_sheets(book, table: Table) -> int:
    """The rows, over as many sheets as they need; how many rows there were."""
    sheet, count, cells = None, 0, []
    for count, row in enumerate(table.rows, start=1):
        if (count - 1) % SHEET_ROWS == 0:
            sheet = _new_sheet(book, table, (count - 1) // SHEET_ROWS)
            cells = [_Cells(sheet, column.kind) for column in table.columns]
        sheet.append([of_column.cell(value) for of_column, value in zip(cells, row, strict=True)])
    if sheet is None:
        _new_sheet(book, table, 0)
    return count


def _new_sheet(book, table: Table, number: int):
    title = str(table.name) if number == 0 else f"{str(table.name)[:26]} {number + 1}"
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "B2"
    for place, column in enumerate(table.columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(WIDTHS.get(column.kind, 12), len(column.header) + 2)
    sheet.append([_bold(sheet, column.header, column.kind) for column in table.columns])
    return sheet


def _sheet_title(title) -> str:
    """At most 31 characters, without those that Excel keeps for itself."""
    kept = re.sub(r"[\[\]:*?/\\]", " ", FORBIDDEN.sub("", str(title)))
    return " ".join(kept.split())[:31].strip(" '") or "Table"


def _bold(sheet, text: str, kind: str = "text"):
    cell = _text_cell(sheet, text)
    cell.font = Font(bold=True)
    side = "left" if kind in {"text", "prose"} else "right"
    cell.alignment = Alignment(horizontal=side, wrap_text=True, vertical="top")
    return cell


class _Cells:
    """The cells of one column: one with its format is filled anew by each row, as styles are slow to make."""

    def __init__(self, sheet, kind: str):
        self.sheet = sheet
        self.formatted = WriteOnlyCell(sheet)
        self.formatted.number_format = NUMBER_FORMATS.get(kind, "General")

    def cell(self, value):
        """What ``append`` takes: a number or date in the column's format, anything else as text."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, dt.datetime):
            return timezone.make_naive(value) if timezone.is_aware(value) else value
        if isinstance(value, int | float | Decimal | dt.date) and not _is_endless(value):
            self.formatted.value = value
            return self.formatted
        return _text_cell(self.sheet, value)


def _is_endless(value) -> bool:
    """Infinity, or no number: a workbook has neither."""
    return isinstance(value, float | Decimal) and not math.isfinite(value)


def _text_cell(sheet, value):
    text = in_a_workbook(str(value))
    cell = WriteOnlyCell(sheet, value=text)
    # openpyxl takes "=1+1" for a formula and "#N/A" for an error: it is text
    cell.data_type = "s"
    if FORMULA.match(text):
        cell.quotePrefix = True
    return cell


# --- CSV ---------------------------------------------------------------------------------------------------


class _Echo:
    """A file that hands back what is written, so that ``csv`` writes into a stream."""

    def write(self, text: str) -> str:
        return text


def _pieces(lines, delimiter: str, beginning: str) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), delimiter=delimiter)
    content = chain([beginning], (writer.writerow(line) for line in lines))
    return (piece.encode() for piece in content)


def _csv_for_excel(table: Table, about) -> Iterator[bytes]:
    """With a byte order mark, and the separator and decimal sign that Excel expects in that language."""
    decimal = formats.get_format("DECIMAL_SEPARATOR")
    comments = ([inert(f"# {label}"), inert(words)] for label, words in about)
    header = [inert(column.header) for column in table.columns]
    kinds = [column.kind for column in table.columns]
    rows = ([_for_excel(v, kind, decimal) for v, kind in zip(row, kinds, strict=True)] for row in table.rows)
    delimiter = ";" if decimal == "," else ","
    return _pieces(chain(comments, [header], rows), delimiter, "\ufeff")


def _csv_for_software(table: Table, _about) -> Iterator[bytes]:
    header = [column.software_name for column in table.columns]
    rows = ([_for_software(value) for value in row] for row in table.rows)
    return _pieces(chain([header], rows), ",", "")


CSV = {"csv-excel": _csv_for_excel, "csv": _csv_for_software}


def _for_excel(value, kind: str, decimal: str) -> str:
    if isinstance(value, float | Decimal) and not isinstance(value, bool):
        # A share as a fraction has digits without end; four of the percentage are more than anybody reads.
        number = f"{Decimal(str(value)) * 100:.4f}" if kind == "share" else f"{Decimal(str(value)):f}"
        sign = "%" if kind == "share" else ""
        return f"{_short(number)}{sign}".replace(".", decimal)
    if isinstance(value, dt.datetime):
        return (
            timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if timezone.is_aware(value) else str(value)
        )
    return _for_software(value)


def _short(number: str) -> str:
    """Without zeros that say nothing: 18.2900 is 18.29."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def _for_software(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return inert(str(value))
