"""Reading files of any core-banking system by a mapping: which column feeds which of ours, and how.

A mapping is plain data: ``{"dates": one of DATES, "decimal": "." or ",", "sheets": [...]}``; each sheet has
its ``label`` in the file, the ``header`` by which it is recognised, our sheet's name in ``to``, for each of
our ``columns`` either ``{"from": header}`` or ``{"constant": text}``, and for columns with few values what
theirs mean: ``values: {"sex": {"masculino": "M"}}``. Labels, headers and values are folded.
"""

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from clients.methods.cells import Reader, as_text
from clients.methods.names import fold
from clients.methods.problems import Bad, Unreadable
from clients.methods.reading import (
    Row,
    Source,
    Table,
    csv_rows,
    is_workbook,
    lines_of,
    sheet_of,
    text_of,
    workbook,
    zipped,
)
from clients.methods.sheets import SHEETS, Column, Kind

# How days are written: 2026-11-24, 24/11/2026, 11/24/2026, or the day's number in Excel.
DATES = ("iso", "dmy", "mdy", "serial")
PARTS = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[ T].*)?")
ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1)}
EXCEL_BEGINS = dt.date(1899, 12, 30)
LAST_SERIAL = 2_958_465
SIGNS = ",;\t|"
PREVIEWED = 20
# What a value means that nobody has explained yet: it stays as it is, and so is refused where it stands.
UNKNOWN = "?"


@dataclass(frozen=True)
class Found:
    """A sheet or file as it came, whatever it is called."""

    label: str
    headers: list[str]
    rows: Callable[[], Iterator[Row]]
    about: int = 0

    @property
    def places(self) -> dict[str, int]:
        """Where each header stands, folded; the first of two alike."""
        found = {}
        for at, header in enumerate(self.headers):
            if fold(header):
                found.setdefault(fold(header), at)
        return found

    def sample(self, size: int) -> list[list]:
        return [cells for _number, cells in islice(self.rows(), size)]


def found_sheets(path: Path) -> list[Found]:
    """Every sheet of a workbook, or every CSV file of a folder or zip, that has a header."""
    path = Path(path)
    if is_workbook(path):
        book = workbook(path)
        sheets = [(fold(name), *sheet_of(book, name)) for name in book.sheet_names]
        return [Found(*sheet) for sheet in sheets if sheet[1] is not None]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv")
        openers = [(file.name, lambda file=file: file.open("rb")) for file in files]
    elif path.suffix.lower() == ".csv":
        openers = [(path.name, lambda: path.open("rb"))]
    else:
        openers = zipped(path)
    if not openers:
        raise Unreadable("no_source")
    found = [found_csv(fold(PurePosixPath(name).stem), opener) for name, opener in openers]
    return [sheet for sheet in found if sheet]


def found_csv(label: str, opener: Callable) -> Found | None:
    try:
        with text_of(opener) as text:
            first = next((line for line in text if line.strip()), "")
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8", label) from error
    delimiter = max(SIGNS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
    header = next(csv_rows(label, opener, delimiter), None)
    if header is None:
        return None

    def data() -> Iterator[Row]:
        return islice(csv_rows(label, opener, delimiter), 1, None)

    return Found(label, header[1], data, lines_of(opener))


# From their cells to ours


def day_of(cell, order: str):
    """The cell as a date where it is one by this order; else as it came, to be refused where it stands."""
    if isinstance(cell, dt.date) or cell in (None, ""):
        return cell
    text = as_text(cell)
    if order == "serial" and re.fullmatch(r"\d+(\.\d+)?", text) and 0 < float(text) <= LAST_SERIAL:
        return EXCEL_BEGINS + dt.timedelta(days=int(float(text)))
    match = PARTS.fullmatch(text)
    if not match:
        return text
    parts = match.groups()
    places = (0, 1, 2) if len(parts[0]) == 4 else ORDERS.get(order)
    if places is None or len(parts[places[0]]) != 4:
        return text
    try:
        return dt.date(*(int(parts[place]) for place in places))
    except ValueError:
        return text


def number_of(cell, decimal: str):
    """A number's text with a point, without signs between thousands; else as it came."""
    if not isinstance(cell, str):
        return cell
    text = re.sub(r"[\s']", "", as_text(cell))
    between, sign = re.escape("," if decimal == "." else "."), re.escape(decimal)
    grouped = rf"[+-]?\d{{1,3}}(?:{between}\d{{3}})+(?:{sign}\d+)?"
    if re.fullmatch(grouped, text) or re.fullmatch(rf"[+-]?\d+(?:{sign}\d+)?", text):
        return re.sub(between, "", text).replace(decimal, ".")
    return cell


def converter(column: Column, mapping: dict, values: dict[str, str]) -> Callable:
    """What turns one of their cells into one that our reader takes."""
    if column.kind is Kind.DATE:
        return lambda cell: day_of(cell, mapping["dates"])
    if column.kind in {Kind.MONEY, Kind.COUNT}:
        return lambda cell: number_of(cell, mapping["decimal"])
    known = {theirs: ours for theirs, ours in values.items() if ours != UNKNOWN}
    if known:
        return lambda cell: known.get(fold(as_text(cell)), cell)
    return lambda cell: cell


def rows_by(found: Found, entry: dict, mapping: dict) -> Callable[[], Iterator[Row]]:
    """The rows with our columns, in the order of the mapping's."""
    columns = {column.name: column for column in SHEETS[entry["to"]].columns}
    ways = []
    for name, way in entry["columns"].items():
        convert = converter(columns[name], mapping, entry.get("values", {}).get(name, {}))
        ways.append((found.places.get(way.get("from")), way.get("constant", ""), convert))

    def rows() -> Iterator[Row]:
        for number, cells in found.rows():
            yield (
                number,
                [
                    convert(constant if place is None else cells[place] if place < len(cells) else "")
                    for place, constant, convert in ways
                ],
            )

    return rows


def open_mapped(path: Path, mapping: dict) -> Source:
    """The source as its mapping reads it. Unreadable where a column that the mapping names is missing."""
    sheets = {found.label: found for found in found_sheets(path)}
    source = Source("xlsx")
    for entry in mapping["sheets"]:
        found = sheets.get(entry["label"]) or alike(entry, sheets.values())
        if found is None:
            raise Unreadable("missing_sheet", entry["label"], kind=entry["to"], sheet=entry["label"])
        for way in entry["columns"].values():
            if "from" in way and way["from"] not in found.places:
                raise Unreadable("missing_column", found.label, way["from"], kind=entry["to"])
        missing = [name for name in SHEETS[entry["to"]].required if name not in entry["columns"]]
        if missing:
            raise Unreadable("missing_column", found.label, missing[0], kind=entry["to"])
        places = {name: place for place, name in enumerate(entry["columns"])}
        rows = rows_by(found, entry, mapping)
        table = Table(found.label, SHEETS[entry["to"]], found.headers, places, rows, found.rows, found.about)
        source.tables.append(table)
    return source


def alike(entry: dict, sheets) -> Found | None:
    """The sheet with that header, where it goes by another name: files often bear the day in theirs."""
    return next((found for found in sheets if found.places.keys() >= set(entry["header"])), None)


def recognises(mapping: dict, sheets: list[Found]) -> bool:
    """Are all the sheets that the mapping names among these, by their headers?"""
    return all(alike(entry, sheets) for entry in mapping["sheets"])


def fitted(mapping: dict, sheets: list[Found]) -> dict:
    """The mapping with the labels that its sheets bear here."""
    entries = [entry | {"label": alike(entry, sheets).label} for entry in mapping["sheets"]]
    return mapping | {"sheets": entries}


def without_labels(mapping: dict) -> dict:
    """What the mapping says, whatever the sheets are called."""
    return mapping | {"sheets": [entry | {"label": ""} for entry in mapping["sheets"]]}


# The preview


@dataclass(frozen=True)
class Previewed:
    """A cell as it will be read: what it comes to, or the flaw for which the row will be rejected."""

    text: str
    flaw: Bad | None


def preview(found: Found, entry: dict, mapping: dict) -> list[tuple[int, list[Previewed]]]:
    """The first rows as the mapping reads them, by the order of its columns."""
    columns = {column.name: column for column in SHEETS[entry["to"]].columns}
    readers = [Reader(columns[name]) for name in entry["columns"]]
    return [
        (number, [previewed(reader, cell) for reader, cell in zip(readers, cells, strict=True)])
        for number, cells in islice(rows_by(found, entry, mapping)(), PREVIEWED)
    ]


def previewed(reader: Reader, cell) -> Previewed:
    value = reader[cell]
    return Previewed(value.value, value) if isinstance(value, Bad) else Previewed(as_text(value), None)
