"""The gate for every file that people hand in: size, true kind, and nothing in it that could hurt a parser.

``admit`` reads the whole file once, in chunks, before anything parses it. It writes nothing, so a refusal
leaves no file behind. ``admit_picture`` is the same gate for pictures.
"""

import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from spm import archives, pictures, workbooks

CHUNK = 1 << 20
KINDS = frozenset({"csv", "xlsx", "zip"})
# Whoever reads a table reads it by lines, and a line as a whole.
LONGEST_LINE = 1 << 20
LINE_END = re.compile(rb"[\r\n]")

# What people hand in by mistake, by its first bytes.
STRANGERS = {
    b"%PDF": _("This is a PDF. Send the table itself, as XLSX or CSV."),
    b"\x89PNG": _("This is a picture. Send the table itself, as XLSX or CSV."),
    b"\xff\xd8\xff": _("This is a picture. Send the table itself, as XLSX or CSV."),
    b"GIF8": _("This is a picture. Send the table itself, as XLSX or CSV."),
    b"\x1f\x8b": _(
        "This file is packed in a way that we do not open. Send XLSX, CSV, or a ZIP of CSV files."
    ),
    b"7z\xbc\xaf": _(
        "This file is packed in a way that we do not open. Send XLSX, CSV, or a ZIP of CSV files."
    ),
    b"Rar!": _("This file is packed in a way that we do not open. Send XLSX, CSV, or a ZIP of CSV files."),
}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


class Refused(ValidationError):
    """The file stays outside; the message says why and what to do, in the user's language."""


@dataclass
class Admitted:
    """A file that passed the gate.

    ``kind`` csv, xlsx or zip (of CSV files); ``name`` safe to keep and to show; ``size`` in bytes;
    ``members`` the CSV files of a zip, by their names in it.
    """

    kind: str
    name: str
    size: int
    file: object = field(repr=False)
    members: tuple[str, ...] = ()
    _spool: object = field(default=None, repr=False)

    def open(self):
        """The file for reading bytes, from its start. Leave it open: it belongs to whoever handed it in."""
        self.file.seek(0)
        return self.file

    @property
    def path(self) -> Path:
        """A path to the bytes, good while this object lives; small uploads are written out for it."""
        if hasattr(self.file, "temporary_file_path"):
            return Path(self.file.temporary_file_path())
        if isinstance(getattr(self.file, "name", None), str) and Path(self.file.name).is_absolute():
            return Path(self.file.name)
        if self._spool is None:
            self._spool = tempfile.NamedTemporaryFile(suffix=f".{self.kind}")  # noqa: SIM115 lives with the object
            self.file.seek(0)
            while chunk := self.file.read(CHUNK):
                self._spool.write(chunk)
            self._spool.flush()
        return Path(self._spool.name)


def admit(file, *, kinds=KINDS, name: str = "") -> Admitted:
    """Let a file in, or raise ``Refused``.

    ``file`` is an uploaded file or any seekable file of bytes; ``kinds`` those that the screen can use. The
    kind is found in the content; the name's ending is not believed.
    """
    size = _size(file)
    if size == 0:
        raise Refused(_("The file is empty."), code="empty")
    if size > settings.MAX_UPLOAD_BYTES:
        raise Refused(
            _("The file is larger than %(limit)s, the most that we take. Split it, or ask us for more."),
            code="too-large",
            params={"limit": filesizeformat(settings.MAX_UPLOAD_BYTES)},
        )
    kind, members = _look_into(file)
    if kind not in kinds:
        raise Refused(_WRONG_KIND[kind], code="wrong-kind")
    file.seek(0)
    return Admitted(kind, safe_name(name or getattr(file, "name", "") or f"file.{kind}"), size, file, members)


def admit_picture(file) -> pictures.Picture:
    """Let a picture in, drawn anew so that it holds nothing else, or raise ``Refused``."""
    size = _size(file)
    if size == 0:
        raise Refused(_("The file is empty."), code="empty")
    if size > pictures.MOST_BYTES:
        raise Refused(
            _("The picture is larger than %(limit)s. Make it smaller, and send it again."),
            code="too-large",
            params={"limit": filesizeformat(pictures.MOST_BYTES)},
        )
    file.seek(0)
    try:
        return pictures.drawn_anew(file.read())
    except pictures.Unsafe as unsafe:
        raise Refused(unsafe.words, code=unsafe.code) from None


_WRONG_KIND = {
    "csv": _("A CSV file cannot be used here."),
    "xlsx": _("An Excel workbook cannot be used here."),
    "zip": _("A ZIP file cannot be used here."),
}


def _size(file) -> int:
    """By measuring: what the browser says of it is not believed."""
    return file.seek(0, os.SEEK_END)


def _look_into(file) -> tuple[str, tuple[str, ...]]:
    file.seek(0)
    head = file.read(8)
    if head.startswith(b"PK"):
        return _look_into_archive(file)
    if head == OLD_OFFICE:
        raise _old_office(file)
    for mark, words in STRANGERS.items():
        if head.startswith(mark):
            raise Refused(words, code="stranger")
    file.seek(0)
    check_csv(iter(lambda: file.read(CHUNK), b""))
    return "csv", ()


def _look_into_archive(file) -> tuple[str, tuple[str, ...]]:
    try:
        entries = archives.entries_of(file)
        names = {entry.filename for entry in entries}
        if "[Content_Types].xml" in names:
            workbooks.check_workbook(file, entries)
            return "xlsx", ()
        if "mimetype" in names or "META-INF/manifest.xml" in names:
            raise Refused(
                _("This file is neither a workbook (.xlsx) nor a ZIP of CSV files."), code="stranger"
            )
        return "zip", archives.check_csv_folder(file, entries, check_csv)
    except archives.Unsafe as unsafe:
        raise Refused(unsafe.words, code=unsafe.code, params=unsafe.params) from None


def _old_office(file) -> Refused:
    """An .xls, or an .xlsx that a password encloses: both come in the same old container."""
    file.seek(0)
    # the container's directory names its streams in UTF-16
    if any("EncryptedPackage".encode("utf-16-le") in chunk for chunk in iter(lambda: file.read(CHUNK), b"")):
        return Refused(
            _("The workbook has a password. Save it without one, and send it again."), code="encrypted"
        )
    return Refused(
        _("This is an old Excel file (.xls). Save it as .xlsx, and send it again."), code="old-excel"
    )


def check_csv(chunks, *, name: str = "") -> None:
    """Refuse what is no text in UTF-8; the message names the line (and the file in a zip)."""
    check = _CsvCheck(name)
    for chunk in chunks:
        check.take(chunk)
    check.end()


class _CsvCheck:
    """Text in UTF-8, taken in chunks; counts lines to say where it is not."""

    def __init__(self, name: str):
        self.name = name
        self.line = 1
        self.rest = b""
        self.unended = 0
        self.first = True

    def take(self, chunk: bytes) -> None:
        if self.first:
            self._begin(chunk)
        self._search(chunk, b"\x00", _("Line %(line)s holds a NUL character, which no table has."), "nul")
        text = self.rest + chunk
        try:
            text.decode()
            self.rest = b""
        except UnicodeDecodeError as wrong:
            # a character may be cut by the end of the chunk: up to three bytes of it wait for the next
            if wrong.reason != "unexpected end of data":
                raise self._not_utf8(text, wrong.start) from None
            self.rest = text[wrong.start :]
        self._measure(chunk)
        self.line += chunk.count(b"\n")

    def _measure(self, chunk: bytes) -> None:
        """Refuse a line that is too long; a chunk is never longer than one may be."""
        first = LINE_END.search(chunk)
        length = self.unended + (first.start() if first else len(chunk))
        if length > LONGEST_LINE:
            words = _("Line %(line)s is longer than a million characters, as no line of a table is.")
            raise self._refuse(words, "long-line", line=self.line)
        self.unended = len(chunk) - max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) - 1 if first else length

    def end(self) -> None:
        if self.rest:
            raise self._not_utf8(self.rest, 0)

    def _begin(self, chunk: bytes) -> None:
        self.first = False
        if chunk.startswith(WIDE_MARKS):
            raise self._refuse(
                _("The file is in UTF-16. In Excel, save it as “CSV UTF-8”, or send the workbook itself."),
                "utf-16",
            )
        if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml|table)", chunk[:512], re.IGNORECASE):
            raise self._refuse(_("This is a web page, not a table. Save it as XLSX or CSV."), "markup")

    def _search(self, chunk: bytes, byte: bytes, words, code: str) -> None:
        at = chunk.find(byte)
        if at >= 0:
            raise self._refuse(words, code, line=self.line + chunk.count(b"\n", 0, at))

    def _not_utf8(self, text: bytes, at: int) -> Refused:
        line = self.line + text.count(b"\n", 0, at)
        return self._refuse(
            _("Line %(line)s is not in UTF-8. In Excel, save it as “CSV UTF-8” or send the workbook itself."),
            "not-utf-8",
            line=line,
        )

    def _refuse(self, words, code: str, **params) -> Refused:
        if not self.name:
            return Refused(words, code=code, params=params)
        named = {"name": self.name, "words": words % params}
        return Refused(_("%(name)s: %(words)s"), code=code, params=named)


def safe_name(name: str) -> str:
    """The last part of a file's name without control and direction-changing signs, at most 100 characters."""
    last = PurePosixPath(str(name).replace("\\", "/")).name
    # Cc and Cf hold line breaks, NUL and the marks that reverse a text's direction
    kept = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    kept = kept.strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = kept, "", ""
    return f"{stem[: 100 - len(dot + ending)]}{dot}{ending}" or "file"
