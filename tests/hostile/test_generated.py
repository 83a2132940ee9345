"""Sound files damaged at random: each is refused in words, or read, cell by cell, as value or flaw."""

import datetime as dt
import random
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clients.methods.columns import ChunkReader
from clients.methods.problems import Unreadable
from clients.methods.reading import open_source
from spm import uploads
from tests.hostile.making import book, csv_files, csv_zip, packed, sound, unpacked
from tests.hostile.measured import measured
from tests.hostile.shares import FULL

EXAMPLES = 10_000 if FULL else 240
BATCHES = 4
ODD = [
    "\0",
    "\ufeff",
    "\u202e",
    "1e999",
    "=1+1",
    "#REF!",
    "9" * 400,
    "-",
    "'",
    '"',
    "\r",
    "\t",
    "NaN",
    "ñ" * 300,
]
MARKS = [
    b"<",
    b">",
    b"</c>",
    b'r="XFD1048576"',
    b"<!--",
    b"<![CDATA[",
    b"&#0;",
    b"&lt",
    b't="s"',
    b"\xff",
    b"]]>",
]


def bytes_turned(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(content)) for _ in range(2))
    return chance.choice([content[:end], content[start:], content[:start] + content[end:]])


def doubled(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(content)) for _ in range(2))
    return content[:end] + content[start:]


def marked(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + chance.choice(MARKS) + content[at:]


DAMAGE = [bytes_turned, cut, doubled, marked]


def parts_damaged(content: bytes, chance: random.Random) -> bytes:
    """One part of the archive damaged, and packed again without a flaw."""
    parts = unpacked(content)
    name = chance.choice(list(parts))
    parts[name] = chance.choice(DAMAGE)(parts[name] or b" ", chance)
    return packed(parts)


def entries_at_random(content: bytes, chance: random.Random) -> bytes:
    parts = unpacked(content)
    strange = "".join(chance.choices("aé/\\.:\0\n ", k=chance.randint(1, 12)))
    parts[strange] = chance.randbytes(chance.randint(0, 400))
    if chance.random() < 0.5:
        parts.pop(chance.choice(list(parts)))
    return packed(parts, chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))


def odd_cells(chance: random.Random) -> dict:
    sheets = sound()
    for rows in sheets.values():
        for row in rows:
            for at in range(len(row)):
                if chance.random() < 0.2:
                    row[at] = chance.choice(ODD)
    return sheets


def made(chance: random.Random) -> bytes:
    """A ZIP of CSV files or a workbook with something wrong in its cells, its parts or its bytes."""
    write = chance.choice([book, csv_zip])
    way = chance.randrange(5)
    if way == 0:
        return write(odd_cells(chance))
    if way == 1:
        return parts_damaged(write(), chance)
    if way == 2:
        return entries_at_random(write(), chance)
    if way == 3:
        return chance.choice(DAMAGE)(write(), chance)
    return chance.choice(DAMAGE)(chance.choice(csv_files(sound()))[1], chance)


def read(content: bytes, folder: Path) -> str:
    """What becomes of the file: the gate's word, the reader's, or that all its cells were read."""
    try:
        kind = uploads.admit(SimpleUploadedFile("portfolio", content)).kind
    except uploads.Refused as refused:
        return refused.code
    path = folder / ("portfolio.xlsx" if kind == "xlsx" else "portfolio.zip")
    path.write_bytes(packed({"clients.csv": content}) if kind == "csv" else content)
    try:
        for table in open_source(path).tables:
            for chunk in ChunkReader(table, decimal=".", today=dt.date(2026, 1, 1)).chunks():
                assert {len(column) for column in chunk.values.values()} == {len(chunk.numbers)}
    except Unreadable as flaw:
        return flaw.problem.code
    return "read"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_damage_leads_to_anything_but_an_answer(batch, tmp_path):
    answers = set()
    for number in range(batch, EXAMPLES, BATCHES):
        content = made(random.Random(number))
        with measured() as cost:
            answers.add(read(content, tmp_path))
        assert (cost.seconds < 10, cost.megabytes < 150) == (True, True), number
    assert {"read", "broken", "no_source"} <= answers


def test_the_same_number_makes_the_same_file():
    assert made(random.Random(7)) == made(random.Random(7))
