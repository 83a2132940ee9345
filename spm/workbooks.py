"""What the parts of a workbook may hold, before anything opens it as one."""

import re

from django.utils.translation import gettext_lazy as _

from spm.archives import CHUNK, Unsafe, unpacked
from spm.numbers import count_words

ENCODING = re.compile(rb"^<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
# In these every ASCII sign is itself, so that a search for bytes finds what a parser would.
PLAIN_ENCODINGS = {b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
FORBIDDEN_MARKUP = (b"<!DOCTYPE", b"<!ENTITY")

# A reader keeps the rectangle up to the last filled row and column in memory, filled or not, and all texts.
MAX_CELLS = 2_000_000
MAX_TAGS = 8_000_000
# Tags that must be looked at one by one, as they do not say where they stand or say it in an unusual way.
MAX_UNUSUAL = 500_000
MAX_TOTAL = 128 << 20
TAG = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s>/])([^<]*)")
# As nearly all programs write them; the last sign says whether nothing is in it.
PLAIN_CELL = re.compile(rb"<c r=\"([A-Z]{1,3})([0-9]{1,7})\"(?: [a-z]+=\"[^\"<>]*\")* ?(/?)>")
PLAIN_ROW = re.compile(rb"<row r=\"([0-9]{1,7})\"")
CLOSED = re.compile(rb"[^<>]*/>\s*")
PLACE = re.compile(rb"""[\s"']r\s*=\s*["']\s*([A-Za-z]*)([0-9]*)""")
SHARED_TEXT = re.compile(rb"<(?:[\w.-]+:)?si(?=[\s>/])")
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
# A tag that a chunk cuts waits for the next chunk, if it is no longer than this.
LONGEST_TAG = 1 << 16


def check_workbook(file, entries) -> None:
    """Raise ``Unsafe`` for a workbook that is none, has macros, or would cost its reader dear."""
    names = {entry.filename for entry in entries}
    if "xl/workbook.bin" in names:
        raise Unsafe(_("This is a binary workbook (.xlsb). Save it as .xlsx, and send it again."), "binary")
    if "xl/workbook.xml" not in names:
        raise Unsafe(_("This file is neither a workbook (.xlsx) nor a ZIP of CSV files."), "stranger")
    macros = any("vbaproject" in name.casefold() or name.startswith("xl/macrosheets/") for name in names)
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise _too_wide()
    cells = 0
    for entry in entries:
        markup = entry.filename.casefold().endswith((".xml", ".rels", ".vml"))
        extent = Extent()
        found = _search(unpacked(file, entry), markup, extent)
        macros = macros or (entry.filename == "[Content_Types].xml" and b"macroEnabled" in found)
        cells += extent.cells
        if cells > MAX_CELLS:
            raise _too_wide()
    if macros:
        raise Unsafe(
            _("The workbook has macros. Save it as .xlsx, without them, and send it again."), "macros"
        )


def _too_wide() -> Unsafe:
    return Unsafe(
        _(
            "The sheets of this workbook reach over more than %(limit)s cells. Delete what stands far from"
            " the table, or send the sheets as CSV files, which may be of any length."
        ),
        "too-wide",
        {"limit": count_words(MAX_CELLS)},
    )


def _search(chunks, markup: bool, extent: "Extent") -> bytes:
    """Read the part to its end, refuse what lets markup define its own words; return its beginning."""
    beginning, tail = b"", b""
    for chunk in chunks:
        if markup and len(beginning) < CHUNK:
            beginning += chunk
            _check_encoding(beginning)
        if markup and any(word in tail + chunk for word in FORBIDDEN_MARKUP):
            raise Unsafe(_("The workbook holds a document type definition, which no table needs."), "doctype")
        tail = chunk[-16:]
        extent.take(chunk)
    extent.end()
    return beginning


def _check_encoding(beginning: bytes) -> None:
    """Only encodings in which the search sees what a parser would see."""
    declared = ENCODING.match(beginning.removeprefix(b"\xef\xbb\xbf").lstrip())
    odd = declared and declared[1].lower() not in PLAIN_ENCODINGS
    if odd or b"\x00" in beginning[:64] or beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unsafe(
            _("The workbook is written in an unusual encoding. Save it again from Excel."), "encoding"
        )


class Extent:
    """How many cells or shared texts a reader would keep for a part: the same as it does, or more.

    Taken in chunks; raises ``Unsafe`` as soon as they are too many.
    """

    def __init__(self):
        self.rest = b""
        self.row = self.column = 0
        self.height = self.width = 0
        self.tags = self.unusual = 0
        self.texts = 0

    @property
    def cells(self) -> int:
        return self.height * self.width + self.texts

    def take(self, chunk: bytes) -> None:
        text = self.rest + chunk
        # the last tag may be cut
        end = text.rfind(b"<")
        if end < 0 or len(text) - end > LONGEST_TAG:
            end = len(text)
        self.rest = text[end:]
        self._count(text[:end])

    def end(self) -> None:
        self._count(self.rest)

    def _count(self, text: bytes) -> None:
        tags = TAG.findall(text)
        self.tags += len(tags)
        self.texts += len(SHARED_TEXT.findall(text))
        cells, rows = PLAIN_CELL.findall(text), PLAIN_ROW.findall(text)
        if len(cells) + len(rows) == len(tags):
            self._take_plain(cells, rows)
        else:
            self.unusual += len(tags)
            for tag, rest in tags:
                self._take_tag(tag, rest)
        if self.cells > MAX_CELLS or self.tags > MAX_TAGS or self.unusual > MAX_UNUSUAL:
            raise _too_wide()

    def _take_plain(self, cells: list, rows: list) -> None:
        if rows:
            self.row = int(rows[-1])
        if cells:
            self.column = number(cells[-1][0])
        filled = [(column, row) for column, row, closed in cells if not closed]
        if filled:
            columns = {column for column, _row in filled}
            self._reach(max(map(number, columns)), max(int(row) for _column, row in filled))

    def _take_tag(self, tag: bytes, rest: bytes) -> None:
        places = PLACE.findall(rest) if b"r" in rest else []
        if tag == b"row":
            self.row = max((at for _column, row in places if (at := numeral(row))), default=self.row + 1)
            self.column = 0
            return
        self.column = max((number(column) for column, _row in places if column), default=self.column + 1)
        if b"/" not in rest or not CLOSED.fullmatch(rest):
            self._reach(self.column, max((numeral(row) for _column, row in places), default=max(self.row, 1)))

    def _reach(self, column: int, row: int) -> None:
        if column > LAST_COLUMN or row > LAST_ROW:
            raise _too_wide()
        self.width, self.height = max(self.width, column), max(self.height, row)


def numeral(digits: bytes) -> int:
    """The number of these digits; of too many of them, one that no sheet has."""
    return int(digits or 0) if len(digits) < 10 else LAST_ROW + 1


def number(letters: bytes) -> int:
    """Of a column: 1 for A, 27 for AA; beyond three letters one that no sheet has."""
    if len(letters) > 3:
        return LAST_COLUMN + 1
    count = 0
    for letter in letters.upper():
        count = count * 26 + letter - 64
    return count
