"""ZIP files, workbooks among them, are looked through before anything parses them. No file is written."""

import io
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

CHUNK = 1 << 18
MAX_ENTRIES = 2_000
MAX_TOTAL = 512 << 20
# More than so many bytes out of one is a bomb; short files of blanks pack as well, so small ones pass.
MAX_RATIO = 200
RATIO_FROM = 1 << 20

LOCAL_HEADER = 30
ENCRYPTED_FLAG = 0x1
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What macOS puts beside the files.
LITTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$)")
ENCODING = re.compile(rb"^<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
# In these every ASCII sign is itself, so that a search for bytes finds what a parser would.
PLAIN_ENCODINGS = {b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
FORBIDDEN_MARKUP = (b"<!DOCTYPE", b"<!ENTITY")


@dataclass
class Unsafe(Exception):
    """Why the file is refused, in words for its sender."""

    words: str
    code: str
    params: dict = field(default_factory=dict)


def examine(file, check_csv) -> tuple[str, tuple[str, ...]]:
    """``("xlsx", ())`` or ``("zip", names of its CSV files)``; raises ``Unsafe``.

    ``check_csv(chunks, name=)`` looks at the text of each CSV file.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error, OSError):
        raise _broken() from None
    _check_directory(file, entries)
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        _check_workbook(file, entries, names)
        return "xlsx", ()
    if "mimetype" in names or "META-INF/manifest.xml" in names:
        raise Unsafe(_("This file is neither a workbook (.xlsx) nor a ZIP of CSV files."), "stranger")
    return "zip", _check_csv_folder(file, entries, check_csv)


def _broken() -> Unsafe:
    return Unsafe(_("The file is damaged or incomplete. Save it again, and send it anew."), "broken")


# --- the directory: what the archive says of itself --------------------------------------------------------


def _check_directory(file, entries) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Unsafe(_("The file holds more than %(limit)s parts."), "too-many", {"limit": MAX_ENTRIES})
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise _too_large()
    if len({entry.filename for entry in entries}) < len(entries):
        raise _broken()
    for entry in entries:
        _check_entry(entry)
    _check_overlap(file, entries)


def _too_large() -> Unsafe:
    return Unsafe(
        _("Unpacked, the file would be larger than %(limit)s MB. Split it."),
        "bomb",
        {"limit": MAX_TOTAL >> 20},
    )


def _check_entry(entry) -> None:
    if entry.flag_bits & ENCRYPTED_FLAG:
        raise Unsafe(_("The file has a password. Save it without one, and send it again."), "encrypted")
    if entry.compress_type not in METHODS:
        raise Unsafe(_("The file is packed in an unusual way. Pack it again as a plain ZIP."), "method")
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    outside = path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", entry.filename)
    if outside or stat.S_ISLNK(entry.external_attr >> 16):
        raise Unsafe(_("The file has parts that point outside of it."), "path")
    if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise _bomb()


def _bomb() -> Unsafe:
    return Unsafe(_("The file unpacks to far more than a table of its size would."), "bomb")


def _check_overlap(file, entries) -> None:
    """Parts that share their bytes make a small file unpack to a huge one."""
    size = file.seek(0, io.SEEK_END)
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise _broken()
        end = entry.header_offset + LOCAL_HEADER + entry.compress_size
    if end > size:
        raise _broken()


# --- the content: unpacked by ourselves, as parsers trust other numbers than zipfile does ------------------


def unpacked(file, entry):
    """The part's bytes in chunks, and never more than it declared; raises ``Unsafe`` where they differ."""
    file.seek(entry.header_offset)
    header = file.read(LOCAL_HEADER)
    if len(header) < LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise _broken()
    name, extra = struct.unpack("<HH", header[26:30])
    file.seek(entry.header_offset + LOCAL_HEADER + name + extra)
    stored = entry.compress_type == zipfile.ZIP_STORED
    yield from _counted(_stored(file, entry) if stored else _inflated(file, entry), entry)


def _counted(chunks, entry):
    count, crc = 0, 0
    for chunk in chunks:
        count += len(chunk)
        if count > entry.file_size:
            raise _bomb()
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if count != entry.file_size or crc != entry.CRC:
        raise _broken()


def _packed(file, entry):
    left = entry.compress_size
    while left:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            raise _broken()
        left -= len(chunk)
        yield chunk


def _stored(file, entry):
    if entry.compress_size != entry.file_size:
        raise _broken()
    yield from _packed(file, entry)


def _inflated(file, entry):
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _packed(file, entry):
            while packed and not stream.eof:
                yield stream.decompress(packed, CHUNK)
                packed = stream.unconsumed_tail
        while not stream.eof and (rest := stream.decompress(stream.unconsumed_tail, CHUNK)):
            yield rest
    except zlib.error:
        raise _broken() from None
    if not stream.eof:
        raise _broken()


# --- workbooks ---------------------------------------------------------------------------------------------


def _check_workbook(file, entries, names) -> None:
    if "xl/workbook.bin" in names:
        raise Unsafe(_("This is a binary workbook (.xlsb). Save it as .xlsx, and send it again."), "binary")
    if "xl/workbook.xml" not in names:
        raise Unsafe(_("This file is neither a workbook (.xlsx) nor a ZIP of CSV files."), "stranger")
    macros = any("vbaproject" in name.casefold() or name.startswith("xl/macrosheets/") for name in names)
    for entry in entries:
        markup = entry.filename.casefold().endswith((".xml", ".rels", ".vml"))
        found = _search(unpacked(file, entry), markup)
        macros = macros or (entry.filename == "[Content_Types].xml" and b"macroEnabled" in found)
    if macros:
        raise Unsafe(
            _("The workbook has macros. Save it as .xlsx, without them, and send it again."), "macros"
        )


def _search(chunks, markup: bool) -> bytes:
    """Read the part to its end, refuse what lets markup define its own words; return its beginning."""
    beginning, tail = b"", b""
    for chunk in chunks:
        if markup and len(beginning) < CHUNK:
            beginning += chunk
            _check_encoding(beginning)
        if markup and any(word in tail + chunk for word in FORBIDDEN_MARKUP):
            raise Unsafe(_("The workbook holds a document type definition, which no table needs."), "doctype")
        tail = chunk[-16:]
    return beginning


def _check_encoding(beginning: bytes) -> None:
    """Only encodings in which the search sees what a parser would see."""
    declared = ENCODING.match(beginning.removeprefix(b"\xef\xbb\xbf").lstrip())
    odd = declared and declared[1].lower() not in PLAIN_ENCODINGS
    if odd or b"\x00" in beginning[:64] or beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unsafe(
            _("The workbook is written in an unusual encoding. Save it again from Excel."), "encoding"
        )


# --- a folder of CSV files ---------------------------------------------------------------------------------


def _check_csv_folder(file, entries, check_csv) -> tuple[str, ...]:
    members = []
    for entry in entries:
        if entry.is_dir():
            continue
        if LITTER.search(entry.filename):
            for _chunk in unpacked(file, entry):
                pass
            continue
        if not entry.filename.casefold().endswith(".csv"):
            raise Unsafe(
                _("The ZIP may hold only CSV files; it also has %(name)s."),
                "not-csv",
                {"name": entry.filename[:100]},
            )
        check_csv(unpacked(file, entry), name=PurePosixPath(entry.filename).name)
        members.append(entry.filename)
    if not members:
        raise Unsafe(_("The ZIP holds no CSV file."), "empty")
    return tuple(members)
