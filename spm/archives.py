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
END, END_MARK = 22, b"PK\x05\x06"
ENCRYPTED_FLAG = 0x1
# How well it is packed, sizes behind the content, names in UTF-8. The others change what the bytes mean.
KNOWN_FLAGS = 0x2 | 0x4 | 0x8 | 0x800
UTF8_FLAG = 0x800
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What macOS puts beside the files.
LITTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$)")


@dataclass
class Unsafe(Exception):
    """Why the file is refused, in words for its sender."""

    words: str
    code: str
    params: dict = field(default_factory=dict)


def entries_of(file) -> list[zipfile.ZipInfo]:
    """What the archive says it holds, if all readers would say the same; raises ``Unsafe``."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_end(file, archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error, OSError):
        raise _broken() from None
    _check_directory(file, entries)
    return entries


def _broken() -> Unsafe:
    return Unsafe(_("The file is damaged or incomplete. Save it again, and send it anew."), "broken")


def _check_end(file, archive) -> None:
    """One archive from the file's first byte to its last; of anything else readers take different parts."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - END - len(archive.comment), 0))
    end = file.read()
    if not end.startswith(END_MARK) or end.count(END_MARK) > 1:
        raise _broken()
    count, offset = struct.unpack("<H4xL", end[10:20])
    starts = min((entry.header_offset for entry in archive.infolist()), default=0)
    if (
        count not in (len(archive.infolist()), 0xFFFF)
        or offset not in (archive.start_dir, 0xFFFFFFFF)
        or starts
    ):
        raise _broken()


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
    if entry.compress_type not in METHODS or entry.flag_bits & ~KNOWN_FLAGS:
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
    flags, method = struct.unpack("<HH", header[6:10])
    length, extra = struct.unpack("<HH", header[26:30])
    name = file.read(length).decode("utf-8" if entry.flag_bits & UTF8_FLAG else "cp437", "replace")
    if (name, method) != (entry.orig_filename, entry.compress_type) or flags & ~KNOWN_FLAGS:
        raise _broken()
    file.seek(extra, io.SEEK_CUR)
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


# --- a folder of CSV files ---------------------------------------------------------------------------------


def check_csv_folder(file, entries, check_csv) -> tuple[str, ...]:
    """The names of the CSV files in it; ``check_csv(chunks, name=)`` looks at the text of each."""
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
