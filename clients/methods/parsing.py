"""From a table of raw cells to rows of values, with every bad cell named."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched, repeat

from clients.methods.cells import Reader, as_text
from clients.methods.problems import ABSENT, Bad, Notice, Problem
from clients.methods.reading import Table
from clients.methods.sheets import Sheet

CHUNK = 5_000
NAMED_ROWS = 5
# So many rows with a future date are named one by one; the rest are counted.
NAMED_FUTURE = 100


@dataclass
class Parsed:
    """The rows of offices, products, officers or groups, from one table or from several.

    ``rows`` hold a value for each of the sheet's columns in their order: the value, ``ABSENT`` or a ``Bad``.
    ``flaws`` maps the place of a row to what is wrong with it.
    """

    sheet: Sheet
    rows: list[tuple] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    labels: list[tuple[int, str]] = field(default_factory=list)
    flaws: dict[int, list[Problem]] = field(default_factory=lambda: defaultdict(list))

    def label(self, at: int) -> str:
        """The name of the table that the row at this place came from."""
        if len(self.labels) == 1:
            return self.labels[0][1]
        return next(label for end, label in self.labels if at < end)

    def blame(self, at: int, column: str, code: str, value="", /, **params) -> None:
        """Note a bad cell, unless that cell is already known as bad."""
        flaws = self.flaws[at]
        if not any(flaw.column == column for flaw in flaws):
            flaws.append(Problem(self.label(at), self.numbers[at], column, as_text(value), code, params))

    def keys(self) -> list:
        """The id of each row, or a ``Bad``."""
        (name,) = self.sheet.key
        place = self.sheet.index[name]
        return [row[place] for row in self.rows]


def parse(
    parsed: Parsed,
    table: Table,
    *,
    decimal: str,
    step: Callable[[int], None] = lambda rows: None,
) -> None:
    """Add the table's rows. ``step`` is told, now and then, how many rows went by."""
    readers = {
        column.name: Reader(column, decimal=decimal)
        for column in parsed.sheet.columns
        if column.name in table.columns
    }
    parsed.labels.append((float("inf"), table.label))
    for chunk in batched(table.rows(), CHUNK):
        parse_chunk(parsed, table, readers, chunk)
        step(len(chunk))
    parsed.labels[-1] = (len(parsed.rows), table.label)


def parse_chunk(parsed: Parsed, table: Table, readers: dict, chunk: tuple) -> None:
    offset = len(parsed.rows)
    parsed.numbers.extend(number for number, _ in chunk)
    lines = evened(
        [cells for _, cells in chunk],
        table.width,
        lambda at, value, width: parsed.blame(offset + at, "", "extra_cells", value, width=width),
    )
    columns = []
    for column in parsed.sheet.columns:
        reader = readers.get(column.name)
        if reader is None:
            columns.append(repeat(ABSENT, len(lines)))
            continue
        place = table.columns[column.name]
        values = [reader[line[place]] for line in lines]
        if reader.saw_bad:
            blame_bad(parsed, column.name, values, offset)
        columns.append(values)
    parsed.rows.extend(zip(*columns, strict=True))


def evened(lines: Sequence[list], width: int, blame: Callable) -> Sequence[list]:
    """Lines of one width: Excel leaves out empty cells at the end; filled cells beyond it are a flaw.

    ``blame`` is told the line's place, the first such cell and the width.
    """
    lengths = set(map(len, lines))
    if lengths == {width}:
        return lines
    for at, line in enumerate(lines):
        extra = [cell for cell in line[width:] if as_text(cell)]
        if extra:
            blame(at, extra[0], width)
    return [line[:width] + [""] * (width - len(line)) for line in lines]


def blame_bad(parsed: Parsed, column: str, values: list, offset: int) -> None:
    for at, value in enumerate(values):
        if value.__class__ is Bad:
            parsed.blame(offset + at, column, value.code, value.value, **value.params)


def future_notices(table: Table, column: str, rows: list[int], count: int) -> Iterator[Notice]:
    """``count`` rows have such a date, of which the first are in ``rows``."""
    planned = table.sheet.columns[table.sheet.index[column]].planned
    named = [] if planned else rows[:NAMED_FUTURE]
    for row in named:
        yield Notice("future_date", {"sheet": table.label, "row": row, "column": column})
    if count > len(named):
        more = count - len(named)
        yield Notice("more_future_dates", {"sheet": table.label, "count": more, "column": column})


def blame_twice(parsed: Parsed) -> None:
    """An id that stands twice makes all its rows bad."""
    keys = parsed.keys()
    if len(set(keys)) == len(keys):
        return
    often = {key for key, count in Counter(keys).items() if count > 1}
    places = defaultdict(list)
    for at, key in enumerate(keys):
        if key in often:
            places[key].append(at)
    for key, found in places.items():
        rows = ", ".join(str(parsed.numbers[at]) for at in found[:NAMED_ROWS])
        for at in found:
            for column, value, code, names in key_problems(parsed.sheet, (key,)):
                parsed.blame(at, column, code, value, **names, rows=rows, count=len(found))


def key_problems(sheet: Sheet, key: tuple) -> list[tuple[str, object, str, dict]]:
    """Every cell that a row is recognised by, with its own value, code and the names it tells."""
    if len(key) == 1:
        return [(sheet.key[0], key[0], "twice", {})]
    names = {"one": sheet.key[0], "other": sheet.key[1]}
    return [(column, value, "twice_together", names) for column, value in zip(sheet.key, key, strict=True)]


def key_of(sheet: Sheet, row: tuple):
    """What the row is recognised by: its id, or several values together."""
    key = tuple(row[sheet.index[name]] for name in sheet.key)
    return key if len(key) > 1 else key[0]


def merged(row: tuple, kept) -> tuple:
    """The row with the recorded value, or for a new one the default, where the file has no such column."""
    if ABSENT not in row:
        return row
    return tuple(was if value is ABSENT else value for value, was in zip(row, kept, strict=True))
