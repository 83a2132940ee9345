"""A column of cells at a time, into texts as the database takes them; cell by cell where one is unusual."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched, islice

from clients.methods.cells import Reader
from clients.methods.parsing import NAMED_FUTURE, evened, future_notices
from clients.methods.problems import Bad, Notice
from clients.methods.reading import Row, Table
from clients.methods.sheets import MADE_WHEN_NAMED, Column, Kind

CHUNK = 10_000
# Lines that are turned into columns at a time: so few that Python's search for rings of garbage, which counts
# lists, seldom begins; with a whole chunk of lists at once it takes as long as the reading.
TURNED = 200
# Signs in ids that mean nothing to anybody.
INNOCENT = "-_./"
# Texts with one of these may be a formula made harmless or an error of a spreadsheet.
SUSPECT = "'#"
AMOUNT = r"[0-9]{1,11}+(?:\%s[0-9]{1,4}+)?+"


class ColumnReader(Reader):
    """Reads the cells of one column; a date is its ISO text, a number its digits, a flag 1 or 0."""

    def __init__(self, column: Column, *, decimal: str, today: dt.date):
        super().__init__(column, decimal=decimal, today=today)
        amount = AMOUNT % decimal if column.required else f"(?:{AMOUNT % decimal})?+"
        self.amounts = re.compile(rf"(?:{amount}\n)*+")
        self.plain = plain_way(column)

    def read(self, cell):
        return stored(super().read(cell))

    def values(self, cells: list[str]) -> list:
        """A text or None for each cell, a ``Bad`` or ``ABSENT``."""
        try:
            plain = self.plain(self, cells)
        except TypeError:
            # Cells of a workbook need not be texts.
            plain = None
        return plain or [self[cell] for cell in cells]


def stored(value):
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, int) else value


def plain_way(column: Column):
    """How to read a column whose cells hardly come again: what does come again is remembered faster."""
    if column.kind in {Kind.ID, Kind.REF} and column.required and column.refers not in MADE_WHEN_NAMED:
        return plain_ids
    return {Kind.TEXT: plain_texts, Kind.MONEY: plain_amounts}.get(column.kind, lambda reader, cells: None)


def plain_ids(reader: ColumnReader, cells: list[str]) -> list | None:
    """The cells, if all are of letters, digits and innocent signs; else None."""
    text = "".join(cells)
    if not text.isascii():
        return None
    for sign in INNOCENT:
        text = text.replace(sign, "")
    return cells if text.isalnum() and all(cells) and fitting(reader, cells) else None


def plain_texts(reader: ColumnReader, cells: list[str]) -> list | None:
    """The cells, if nothing needs to be taken off or looked at; else None."""
    text = "".join(cells)
    if not text.isprintable() or any(sign in text for sign in SUSPECT):
        return None
    if reader.column.required and not all(cells):
        return None
    return cells if fitting(reader, cells) and list(map(str.strip, cells)) == cells else None


def plain_amounts(reader: ColumnReader, cells: list[str]) -> list | None:
    """The amounts, if none has a sign, blanks or too many digits; else None."""
    text = "\n".join(cells) + "\n"
    if not reader.amounts.fullmatch(text) or text.count("\n") != len(cells):
        return None
    if reader.decimal != ".":
        cells = text.replace(reader.decimal, ".").split("\n")[:-1]
    return cells if all(cells) else [cell or None for cell in cells]


def fitting(reader: ColumnReader, cells: list[str]) -> bool:
    return max(map(len, cells)) <= reader.column.longest


@dataclass(frozen=True)
class Chunk:
    """Some rows by column: ``values`` for each column that the file has, None in the place of what is bad.

    ``bad`` holds place in the chunk, column and what is wrong; a column of "" is the row as a whole.
    ``absent`` are the columns in which ``ABSENT`` may stand, where the file leaves a cell as it is recorded.
    """

    numbers: list[int]
    values: dict[str, list]
    bad: list[tuple[int, str, Bad]]
    absent: set[str]


class ChunkReader:
    """Reads a table chunk by chunk, and gathers what is to be said of all of it."""

    def __init__(self, table: Table, *, decimal: str, today: dt.date):
        self.table = table
        self.today = today.isoformat()
        self.readers = {
            column.name: ColumnReader(column, decimal=decimal, today=today)
            for column in table.sheet.columns
            if column.name in table.columns
        }
        self.future: dict[str, list[int]] = defaultdict(list)
        self.more_future: dict[str, int] = defaultdict(int)

    @property
    def has(self) -> list[str]:
        """The sheet's columns that the file has, in the sheet's order."""
        return list(self.readers)

    @property
    def latest(self) -> dt.date | None:
        """The latest date in any cell that is not after today."""
        return max((reader.latest for reader in self.readers.values() if reader.latest), default=None)

    def chunks(self) -> Iterator[Chunk]:
        rows = self.table.rows()
        while chunk := self.chunk(islice(rows, CHUNK)):
            yield chunk

    def chunk(self, rows: Iterator[Row]) -> Chunk | None:
        numbers: list[int] = []
        cells: list[list[str]] = [[] for _ in range(self.table.width)]
        bad: list[tuple[int, str, Bad]] = []
        for some in batched(rows, TURNED):
            numbers_of_some, lines = zip(*some, strict=True)
            self.turn(lines, cells, len(numbers), bad)
            numbers.extend(numbers_of_some)
        return self.read(numbers, cells, bad) if numbers else None

    def turn(self, lines: tuple, cells: list[list[str]], start: int, bad: list) -> None:
        """Add the lines' cells to the columns."""

        def blame(at, value, width):
            bad.append((start + at, "", Bad("extra_cells", value, {"width": width})))

        lines = evened(lines, self.table.width, blame)
        for column, more in zip(cells, zip(*lines, strict=True), strict=True):
            column.extend(more)

    def read(self, numbers: list[int], cells: list[list[str]], bad: list) -> Chunk:
        values = {}
        for name, reader in self.readers.items():
            values[name] = column = reader.values(cells[self.table.columns[name]])
            if reader.saw_bad:
                bad.extend(take_bad(name, column))
            if reader.saw_future:
                self.note_future(name, column, numbers)
        absent = {name for name, reader in self.readers.items() if reader.saw_absent}
        return Chunk(numbers, values, bad, absent)

    def note_future(self, name: str, values: list, numbers: list[int]) -> None:
        found = [number for number, day in zip(numbers, values, strict=True) if day and day > self.today]
        self.more_future[name] += len(found)
        self.future[name].extend(found[: max(NAMED_FUTURE - len(self.future[name]), 0)])

    def notices(self) -> Iterator[Notice]:
        for name in self.has:
            if name in self.future:
                yield from future_notices(self.table, name, self.future[name], self.more_future[name])


def take_bad(name: str, values: list) -> list[tuple[int, str, Bad]]:
    """The bad values of the column, which are None from now on."""
    found = [(at, name, value) for at, value in enumerate(values) if value.__class__ is Bad]
    for at, _, _ in found:
        values[at] = None
    return found
