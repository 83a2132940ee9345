"""Opening a portfolio: a folder of CSV files, a zip of them, or a workbook, as tables of raw cells."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

import python_calamine

from clients.methods.error_cells import Errors, error_cells, with_errors
from clients.methods.problems import Notice, Unreadable
from clients.methods.sheets import COMMENT, MUST_BE_THERE, SHEETS, Sheet

DELIMITERS = ",;\t"
LARGEST_CELL = 1 << 20
# Signs of a row, which may go over many lines: its cells are in memory together.
LONGEST_ROW = 4 << 20
# A line of its own at the end of the text: a quote left open swallows it.
END = "\x03end of file\x03"
csv.field_size_limit(LARGEST_CELL)

type Row = tuple[int, list]


@dataclass(frozen=True)
class Table:
    """One sheet as it came. ``columns`` maps our column names to places in a row."""

    label: str
    sheet: Sheet
    headers: list[str]
    columns: dict[str, int]
    rows: Callable[[], Iterator[Row]]
    # The sheet's own rows, where ``rows`` gives them rearranged.
    original: Callable[[], Iterator[Row]] | None = None
    about: int = 0

    @property
    def width(self) -> int:
        """Cells that a row of ``rows`` may have."""
        return len(self.columns if self.original else self.headers)

    def originals(self) -> Iterator[Row]:
        return (self.original or self.rows)()


@dataclass
class Source:
    """A portfolio as found; ``form`` csv or xlsx.

    ``head_by_name``: the one office that is named as parent and never defined is the head office.
    """

    form: str = "csv"
    head_by_name: bool = False
    tables: list[Table] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    refused: list[Unreadable] = field(default_factory=list)

    def add(self, label: str, headers: list, rows: Callable[[], Iterator[Row]], about: int = 0) -> None:
        """Take a sheet in if its headers can be used; else note what is wrong with it."""
        sheet = SHEETS[label]
        try:
            columns = matched(sheet, headers)
        except Unreadable as flaw:
            self.refused.append(flaw)
            return
        known = set(columns.values())
        for at, header in enumerate(headers):
            if at not in known and header.strip() and fold_header(header) != COMMENT:
                self.notices.append(Notice("unknown_column", {"sheet": label, "column": header.strip()}))
        self.tables.append(Table(label, sheet, headers, columns, rows, about=about))

    def named(self) -> set[str]:
        return {table.sheet.name for table in self.tables}

    def missing(self) -> list[str]:
        """The sheets that a first import needs and that are not there."""
        return [name for name in MUST_BE_THERE if name not in self.named()]


def fold_header(header) -> str:
    return str(header).strip().casefold()


def matched(sheet: Sheet, headers: list) -> dict[str, int]:
    """Where each of our columns stands; raises Unreadable for a duplicate or a missing required one."""
    found: dict[str, int] = {}
    for at, header in enumerate(headers):
        name = fold_header(header)
        if not name:
            continue
        if name in found:
            raise Unreadable("duplicate_column", sheet.name, name)
        if name in sheet.index:
            found[name] = at
    for name in sheet.required:
        if name not in found:
            raise Unreadable("missing_column", sheet.name, name)
    return found


def open_source(path: Path) -> Source:
    """Tables of the generic format found at ``path``: a folder, a workbook or a zip of CSV files."""
    path = Path(path)
    if path.is_dir():
        files = sorted(path.iterdir())
        texts = [file for file in files if file.suffix.lower() == ".csv"]
        books = [file for file in files if is_workbook(file)]
        if not texts and len(books) == 1:
            return workbook_source(books[0])
        return csv_source([(file.name, lambda file=file: file.open("rb")) for file in texts])
    if is_workbook(path):
        return workbook_source(path)
    if path.is_file() and zipfile.is_zipfile(path):
        return csv_source(zipped(path))
    raise Unreadable("no_source")


def is_workbook(path: Path) -> bool:
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".ods"} and not path.name.startswith("~$"):
        return path.is_file()
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return "[Content_Types].xml" in archive.namelist()


def zipped(path: Path) -> list[tuple[str, Callable]]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if PurePosixPath(name).suffix.lower() == ".csv"]

    def opener(name):
        return lambda: zipfile.ZipFile(path).open(name)

    return [(PurePosixPath(name).name, opener(name)) for name in names if "__MACOSX" not in name]


# CSV


def csv_source(files: list[tuple[str, Callable]]) -> Source:
    source = Source()
    seen: set[str] = set()
    for file_name, opener in files:
        label = fold_header(PurePosixPath(file_name).stem)
        if label not in SHEETS:
            source.notices.append(Notice("unknown_file", {"file": file_name}))
            continue
        if label in seen:
            raise Unreadable("duplicate_sheet", label)
        seen.add(label)
        add_csv(source, label, opener)
    return source


def add_csv(source: Source, label: str, opener: Callable) -> None:
    try:
        delimiter = delimiter_of(label, opener)
        rows = iter(csv_rows(label, opener, delimiter))
        headers = next(rows)[1]
    except StopIteration:
        source.refused.append(Unreadable("empty_sheet", label))
        return
    except Unreadable as flaw:
        source.refused.append(flaw)
        return

    def data() -> Iterator[Row]:
        rows = csv_rows(label, opener, delimiter)
        next(rows)
        return rows

    source.add(label, headers, data, about=lines_of(opener))


def lines_of(opener: Callable) -> int:
    """About how many rows there are: for a progress bar only."""
    with opener() as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def text_of(opener: Callable) -> io.TextIOWrapper:
    return io.TextIOWrapper(opener(), encoding="utf-8-sig", newline="")


def delimiter_of(label: str, opener: Callable) -> str:
    """The sign that splits the header into most of the columns we know."""
    try:
        with text_of(opener) as text:
            header = next((line for line in text if line.strip()), "")
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8", label) from error
    known = SHEETS[label].index

    def fit(delimiter):
        names = next(csv.reader([header], delimiter=delimiter), [])
        return sum(fold_header(name) in known for name in names), len(names)

    return max(DELIMITERS, key=fit)


def csv_rows(label: str, opener: Callable, delimiter: str) -> Iterator[Row]:
    """Rows with their number, the header being 1; blank ones are counted and left out."""
    number = 0
    last = None
    try:
        with text_of(opener) as text:
            lines = Lines(text)
            for cells in csv.reader(lines, delimiter=delimiter):
                lines.taken = 0
                if last and (last[0].strip() or any(map(str.strip, last))):
                    yield number, last
                if number or any(map(str.strip, cells)):
                    number += 1
                last = cells
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8", label, row=number + 1) from error
    except csv.Error as error:
        raise Unreadable("not_csv", label, row=number + 1) from error
    if last != [END]:
        raise Unreadable("open_quote", label, row=number)


class Lines:
    """The lines of a text and ``END``; ``taken`` counts the signs since whoever reads set it to 0."""

    def __init__(self, text):
        self.text = text
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        for line in self.text:
            self.taken += len(line)
            if self.taken > LONGEST_ROW:
                raise csv.Error("The row is too long.")
            yield line
        yield END


# Workbooks


@dataclass
class Workbook:
    """A workbook with what its reader leaves out: the errors in its cells."""

    book: python_calamine.CalamineWorkbook
    path: Path | io.BytesIO

    @property
    def sheet_names(self) -> list[str]:
        return self.book.sheet_names

    @cached_property
    def errors(self) -> dict[str, Errors]:
        return error_cells(self.path)


def workbook(path: Path | io.BytesIO) -> Workbook:
    try:
        return Workbook(python_calamine.load_workbook(path), path)
    except python_calamine.PasswordError as error:
        raise Unreadable("password") from error
    except (python_calamine.CalamineError, OSError) as error:
        raise Unreadable("no_source") from error


def workbook_source(path: Path) -> Source:
    book = workbook(path)
    source = Source("xlsx")
    seen: set[str] = set()
    for name in book.sheet_names:
        label = fold_header(name)
        if label not in SHEETS:
            source.notices.append(Notice("unknown_sheet", {"sheet": name}))
            continue
        if label in seen:
            raise Unreadable("duplicate_sheet", label)
        seen.add(label)
        headers, rows, about = sheet_of(book, name)
        if headers is None:
            source.refused.append(Unreadable("empty_sheet", label))
        else:
            source.add(label, headers, rows, about)
    return source


def sheet_of(book: Workbook, name: str):
    """Headers (None for an empty sheet), a way to read the rows below them, and about how many.

    The header is row 1, whatever blank rows stand above it.
    """
    try:
        sheet, errors = book.book.get_sheet_by_name(name), book.errors.get(name, {})
    except python_calamine.CalamineError as error:
        raise Unreadable("no_source", name) from error
    rows = numbered(sheet, errors)
    first = next(rows, None)
    if first is None:
        return None, None, 0
    at = first[0]

    def data() -> Iterator[Row]:
        for number, cells in numbered(sheet, errors):
            if number > at:
                yield number - at + 1, cells

    return [str(cell) for cell in first[1]], data, max(sheet.total_height - 1, 0)


def numbered(sheet, errors: Errors) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number in errors:
            cells = with_errors(cells, errors[number])
        if any(cell != "" for cell in cells):
            yield number, cells
