"""ZIPs of CSV files, and workbooks as the ZIPs they are, whose packing lies or leads elsewhere."""

import struct
import zipfile

from tests.hostile.cases import Case, one
from tests.hostile.making import (
    CENTRAL,
    END,
    LOCAL,
    SOUND_TEXT,
    book,
    csv_zip,
    linked,
    long,
    packed,
    patched,
    short,
)

CLIENTS = SOUND_TEXT["clients"].encode()
LOANS = SOUND_TEXT["loans"].encode()
# Where a number stands behind the mark of a central entry, of a local one, of the end.
C_FLAGS, C_METHOD, C_CRC, C_PACKED, C_SIZE, C_NAME, C_EXTRA, C_OFFSET = 8, 10, 16, 20, 24, 28, 30, 42
L_FLAGS, L_METHOD, L_CRC, L_PACKED, L_SIZE, L_NAME, L_EXTRA, L_BYTES = 6, 8, 14, 18, 22, 26, 28, 30
E_ENTRIES, E_SIZE, E_OFFSET, E_COMMENT = 10, 12, 16, 20


def gate(name: str, code: str, content, file: str = "portfolio.zip") -> Case:
    return Case(name, lambda: one(content() if callable(content) else content, file), gate=code)


def both(name: str, code: str, change) -> list[Case]:
    """The same done to a ZIP of CSV files and to a workbook."""
    return [
        gate(f"{name}, as a ZIP of CSV files", code, lambda: change(csv_zip())),
        gate(f"{name}, as a workbook", code, lambda: change(book()), "portfolio.xlsx"),
    ]


def shared(content: bytes) -> bytes:
    """The last entry of the directory points at the first one's bytes."""
    return patched(content, CENTRAL, C_OFFSET, long(0), last=True)


def prefixed(content: bytes) -> bytes:
    return b"#!/bin/sh\n" * 20 + content


def commented(content: bytes) -> bytes:
    """A second archive lies in the comment of the first."""
    hidden = csv_zip()
    return content[:-2] + short(len(hidden)) + hidden


def two_directories(content: bytes) -> bytes:
    """The end points at one directory, the longer end of large archives at another."""
    end = content.rindex(END)
    count, size, offset = struct.unpack("<HLL", content[end + E_ENTRIES : end + E_COMMENT])
    large = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    lying = patched(content[end:], END, E_OFFSET, long(offset + 46))
    return content[:end] + large + locator + lying


MANGLED = [
    *both("an archive cut in half", "broken", lambda content: content[: len(content) // 2]),
    *both("an archive without its last byte", "broken", lambda content: content[:-1]),
    *both("an archive without its directory", "broken", lambda content: content[: content.index(CENTRAL)]),
    *both("an archive of its directory alone", "broken", lambda content: content[content.index(CENTRAL) :]),
    *both(
        "an archive with a wrong checksum",
        "broken",
        lambda content: patched(content, CENTRAL, C_CRC, long(1)),
    ),
    *both(
        "an archive with a bit turned in its content",
        "broken",
        lambda content: patched(content, LOCAL, L_BYTES + 40, b"\xaa\xaa\xaa"),
    ),
    *both(
        "an archive that declares a part much too large",
        "bomb",
        lambda content: patched(content, CENTRAL, C_SIZE, long(600 << 20)),
    ),
    *both(
        "an archive that declares a part a little too large",
        "broken",
        lambda content: patched(content, CENTRAL, C_SIZE, long(100_000)),
    ),
    *both(
        "an archive that declares a part too small",
        "bomb",
        lambda content: patched(content, CENTRAL, C_SIZE, long(10)),
    ),
    *both(
        "an archive that declares too many packed bytes",
        "broken",
        lambda content: patched(content, CENTRAL, C_PACKED, long(90_000_000)),
    ),
    *both(
        "an archive that declares too few packed bytes",
        "broken",
        lambda content: patched(content, CENTRAL, C_PACKED, long(20)),
    ),
    *both(
        "an archive whose directory points beyond its end",
        "broken",
        lambda content: patched(content, END, E_OFFSET, long(1 << 30)),
    ),
    *both(
        "an archive whose directory has no length",
        "broken",
        lambda content: patched(content, END, E_SIZE, long(0)),
    ),
    *both(
        "an archive whose part points beyond the end",
        "broken",
        lambda content: patched(content, CENTRAL, C_OFFSET, long(1 << 30)),
    ),
    *both(
        "an archive whose part points into another",
        "broken",
        lambda content: patched(content, CENTRAL, C_OFFSET, long(5), last=True),
    ),
    *both("an archive whose parts share their bytes", "broken", shared),
    *both(
        "an archive that says one name in front and another behind",
        "broken",
        lambda content: patched(content, LOCAL, L_BYTES, b"X"),
    ),
    *both(
        "an archive with a password",
        "encrypted",
        lambda content: patched(content, CENTRAL, C_FLAGS, short(1)),
    ),
    *both(
        "an archive with a strong password",
        "encrypted",
        lambda content: patched(content, CENTRAL, C_FLAGS, short(0x41)),
    ),
    *both(
        "an archive with strong encryption and no password",
        "method",
        lambda content: patched(content, CENTRAL, C_FLAGS, short(0x40)),
    ),
    *both("an archive of patches", "method", lambda content: patched(content, CENTRAL, C_FLAGS, short(0x20))),
    *both(
        "an archive whose directory is masked",
        "method",
        lambda content: patched(content, CENTRAL, C_FLAGS, short(0x2000)),
    ),
    *both(
        "an archive packed in a way nobody knows",
        "method",
        lambda content: patched(content, CENTRAL, C_METHOD, short(77)),
    ),
    *both(
        "an archive that says another way of packing in front",
        "broken",
        lambda content: patched(content, LOCAL, L_METHOD, short(0)),
    ),
    *both("an archive that stands behind a program", "nul", prefixed),
    *both("an archive with another one in its comment", "broken", commented),
    *both("an archive with two directories", "broken", two_directories),
    *both("an archive followed by other bytes", "broken", lambda content: content + b"\0" * 100),
    *both(
        "an archive whose name runs beyond its end",
        "broken",
        lambda content: patched(content, CENTRAL, C_NAME, short(60_000)),
    ),
    *both(
        "an archive whose extra field is cut",
        "broken",
        lambda content: patched(content, CENTRAL, C_EXTRA, short(3)),
    ),
]

FOLDERS = [
    gate("nothing but the mark of an archive", "broken", b"PK\x03\x04"),
    gate("an empty archive", "empty", b"PK\x05\x06" + b"\0" * 18),
    gate("a ZIP packed by LZMA", "method", lambda: packed({"clients.csv": CLIENTS}, zipfile.ZIP_LZMA)),
    gate("a ZIP packed by bzip2", "method", lambda: packed({"clients.csv": CLIENTS}, zipfile.ZIP_BZIP2)),
    gate("a ZIP whose file leads upwards", "path", lambda: packed({"../clients.csv": CLIENTS})),
    gate(
        "a ZIP whose file leads upwards from below", "path", lambda: packed({"a/../../clients.csv": CLIENTS})
    ),
    gate(
        "a ZIP whose file leads upwards as in Windows", "path", lambda: packed({"..\\clients.csv": CLIENTS})
    ),
    gate(
        "a ZIP whose file has a path from the root",
        "path",
        lambda: packed({"/etc/cron.d/clients.csv": CLIENTS}),
    ),
    gate("a ZIP whose file is on a drive", "path", lambda: packed({"C:\\clients.csv": CLIENTS})),
    gate(
        "a ZIP whose file is on a server",
        "path",
        lambda: packed({"\\\\203.0.113.1\\share\\clients.csv": CLIENTS}),
    ),
    gate(
        "a ZIP with a symbolic link", "path", lambda: packed({"clients.csv": b"/etc/passwd"}, change=linked)
    ),
    gate("a ZIP with a program beside the files", "not-csv", lambda: csv_zip(**{"setup.exe": b"MZ"})),
    gate("a ZIP with a workbook beside the files", "not-csv", lambda: csv_zip(**{"more.xlsx": book()})),
    gate("a ZIP in a ZIP", "not-csv", lambda: packed({"inner.zip": csv_zip()})),
    gate("a ZIP in a ZIP called CSV", "nul", lambda: packed({"clients.csv": csv_zip()})),
    gate("a ZIP of folders alone", "empty", lambda: packed({"portfolio/": b""})),
    gate(
        "a ZIP of what macOS leaves alone", "empty", lambda: packed({"__MACOSX/._clients.csv": b"\0\5\x16\7"})
    ),
    gate("a ZIP of 2,001 files", "too-many", lambda: packed({f"{n}.csv": b"a" for n in range(2_001)})),
    gate(
        "a ZIP with a file in Latin-1", "not-utf-8", lambda: packed({"clients.csv": "Añá".encode("latin-1")})
    ),
    gate(
        "a ZIP with a file in UTF-16",
        "utf-16",
        lambda: packed({"clients.csv": CLIENTS.decode().encode("utf-16")}),
    ),
    gate("a ZIP with a web page called CSV", "markup", lambda: packed({"clients.csv": b"<!DOCTYPE html>"})),
    gate(
        "a ZIP of fifty megabytes of one letter", "bomb", lambda: packed({"clients.csv": b"a" * 50_000_000})
    ),
    gate(
        "a ZIP of fifty megabytes of blank lines", "bomb", lambda: packed({"clients.csv": b"\n" * 50_000_000})
    ),
    gate(
        "a ZIP with a bomb in what macOS leaves",
        "bomb",
        lambda: csv_zip(**{"__MACOSX/._clients.csv": b"\0" * 50_000_000}),
    ),
    gate(
        "a ZIP with a file of one endless line",
        "long-line",
        lambda: packed({"clients.csv": b"ab" * 3_000_000}, zipfile.ZIP_STORED),
    ),
    gate(
        "a file of OpenDocument",
        "stranger",
        lambda: packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "portfolio.ods",
    ),
    gate(
        "a Java archive",
        "stranger",
        lambda: packed({"META-INF/MANIFEST.MF": b"", "META-INF/manifest.xml": b""}),
        "portfolio.zip",
    ),
    Case(
        "a ZIP with the same sheet in two folders",
        lambda: one(
            packed({"a/clients.csv": CLIENTS, "b/clients.csv": CLIENTS, "loans.csv": LOANS}), "portfolio.zip"
        ),
        unreadable=("clients", 1, "", "duplicate_sheet"),
    ),
    Case(
        "a ZIP of empty files",
        lambda: one(packed({"clients.csv": b"", "loans.csv": b""}), "portfolio.zip"),
        unreadable=("clients", 1, "", "empty_sheet"),
    ),
    Case(
        "a ZIP without the clients",
        lambda: one(packed({"loans.csv": LOANS}), "portfolio.zip"),
        unreadable=("clients", 1, "", "missing_sheet"),
    ),
    Case(
        "a ZIP of tables of another trade",
        lambda: one(packed({"stock.csv": b"a,b\n1,2\n"}), "portfolio.zip"),
        unreadable=("clients", 1, "", "missing_sheet"),
    ),
    Case(
        "a ZIP of two thousand files, most of them strange",
        lambda: one(csv_zip(**{f"x{n}.csv": b"a" for n in range(1_990)}), "portfolio.zip"),
        notices=("unknown_file",) * 1_990,
    ),
    Case(
        "a ZIP with names of control characters",
        lambda: one(csv_zip(**{"a\x1b[31m\nb.csv": b"a"}), "portfolio.zip"),
        notices=("unknown_file",),
    ),
]

CASES = MANGLED + FOLDERS
