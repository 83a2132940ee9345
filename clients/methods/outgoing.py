"""The portfolio on its way out: CSV files or a workbook, of which an import reads each cell as it was."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from clients.methods.handback import text_cell
from clients.methods.sheets import Column, Kind, Sheet
from spm.formulas import FORMULA, as_given, in_a_workbook, inert

# What a sheet of a workbook holds beneath its header.
SHEET_ROWS = 1_048_575
# Excel counts a day that never was before this one.
FIRST_DATE = dt.date(1900, 3, 1)


@dataclass(frozen=True)
class Outgoing:
    """A sheet to write: those of its columns that go out, and its rows with a value for each of them."""

    sheet: Sheet
    columns: list[Column]
    rows: Iterable[tuple]

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]


def number(value) -> str:
    """The digits without zeros that say nothing, so that every database gives the same: 500.0000 is 500."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# CSV

AS_CSV: dict[Kind, Callable] = {
    Kind.DATE: dt.date.isoformat,
    Kind.MONEY: number,
    Kind.COUNT: str,
    Kind.FLAG: lambda value: "1" if value else "0",
}


def write_csv(file, going: Outgoing) -> None:
    """Into a file of bytes, row by row."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(going.header)
    ways = [AS_CSV.get(column.kind, inert) for column in going.columns]
    writer.writerows(
        ["" if value is None else way(value) for way, value in zip(ways, row, strict=True)]
        for row in going.rows
    )
    text.flush()
    text.detach()


def write_zip(file, sheets: Iterable[Outgoing]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for going in sheets:
            with archive.open(f"{going.sheet.name}.csv", "w", force_zip64=True) as member:
                write_csv(member, going)


def write_folder(folder: Path, sheets: Iterable[Outgoing]) -> None:
    for going in sheets:
        with (folder / f"{going.sheet.name}.csv").open("wb") as file:
            write_csv(file, going)


# Workbooks


def write_workbook(file, sheets: Iterable[Outgoing]) -> None:
    """No sheet may have more than ``SHEET_ROWS`` rows."""
    book = Workbook(write_only=True)
    for going in sheets:
        page = book.create_sheet(going.sheet.name)
        page.freeze_panes = "A2"
        page.append([text_cell(page, name) for name in going.header])
        ways = [Cells(page, column.kind).way for column in going.columns]
        for row in going.rows:
            page.append([way(value) for way, value in zip(ways, row, strict=True)])
    book.save(file)


class Cells:
    """The cells of one column; each of its two is filled anew by every row, as styles are slow to make."""

    def __init__(self, page, kind: Kind):
        self.plain, self.special = WriteOnlyCell(page), WriteOnlyCell(page)
        if kind is Kind.DATE:
            self.special.number_format = "yyyy-mm-dd"
        else:
            self.special.quotePrefix = True
        self.way = {Kind.DATE: self.day, Kind.MONEY: as_it_is, Kind.COUNT: as_it_is, Kind.FLAG: int}.get(
            kind, self.text
        )

    def day(self, value: dt.date | None):
        """A date of the workbook, or its text where workbooks have none."""
        if value is None:
            return None
        if value < FIRST_DATE:
            return self.text(value.isoformat())
        self.special.value = value
        return self.special

    def text(self, value: str | None):
        if not value:
            return None
        text = in_a_workbook(unchanged(value))
        cell = self.special if FORMULA.match(text) else self.plain
        cell.value = text
        # whatever it looks like
        cell.data_type = "s"
        return cell


def as_it_is(value):
    return value


def unchanged(text: str) -> str:
    """The text so that it is read as it is: with an apostrophe more where reading would take one off."""
    return text if as_given(text) == text else inert(text)
