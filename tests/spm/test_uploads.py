"""The gate for files: what comes in, what stays outside, and in which words."""

import io
import stat
import struct
import tempfile
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.utils import translation
from openpyxl import Workbook

from spm import archives, uploads

CSV = b"client_id,name\n1,Ana\n2,Luis\n"


def upload(content: bytes, name: str = "file"):
    return SimpleUploadedFile(name, content)


def packed(members: dict, method=zipfile.ZIP_DEFLATED, change=None) -> bytes:
    """A ZIP of these members; ``change(info)`` may alter each entry before it is written."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            if change:
                change(info)
            archive.writestr(info, content)
    return output.getvalue()


def workbook(rows=(("client_id", "name"), (1, "Ana"))) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def repacked(content: bytes, **changed) -> bytes:
    """The workbook with parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed({**parts, **changed})


def refusal(content: bytes, **options) -> uploads.Refused:
    with pytest.raises(uploads.Refused) as refused:
        uploads.admit(upload(content), **options)
    return refused.value


def patched(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The bytes with ``value`` at ``offset`` behind the first ``mark``."""
    at = content.index(mark) + offset
    return content[:at] + value + content[at + len(value) :]


XLSX = workbook()
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
WIDE_ENTITIES = ENTITIES.decode().encode("utf-16-le")
LOCKED = uploads.OLD_OFFICE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
ZIP = packed({"clients.csv": CSV})
CENTRAL = b"PK\x01\x02"
SIZE_IN_CENTRAL, CRC_IN_CENTRAL, FLAGS_IN_CENTRAL = 24, 16, 8


def linked(info) -> None:
    """The entry as a symbolic link."""
    info.external_attr = (stat.S_IFLNK | 0o777) << 16


def lying(size: int) -> bytes:
    """A workbook whose sheet unpacks to more than its directory says."""
    sheet = b"<worksheet>" + b" " * 200_000 + b"</worksheet>"
    content = packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": sheet})
    at = content.rindex(CENTRAL)
    return content[: at + SIZE_IN_CENTRAL] + struct.pack("<I", size) + content[at + SIZE_IN_CENTRAL + 4 :]


ADMITTED = {
    "csv": (CSV, "csv"),
    "csv with mark": (b"\xef\xbb\xbf" + CSV, "csv"),
    "csv with semicolons and CRLF": (b"a;b\r\n1;2\r\n", "csv"),
    "csv with accents and emoji": ("name\nAñá Núñez 😀\n".encode(), "csv"),
    "csv with markup in a cell": (b"name\n<b>Ana</b>\n", "csv"),
    "one column, no line end": (b"client_id", "csv"),
    "workbook": (XLSX, "xlsx"),
    "stored workbook": (packed({n: zipfile.ZipFile(io.BytesIO(XLSX)).read(n) for n in
                                zipfile.ZipFile(io.BytesIO(XLSX)).namelist()}, zipfile.ZIP_STORED), "xlsx"),
    "workbook that says DOCTYPE in a cell": (workbook([["<!DOCTYPE html>"]]), "xlsx"),
    "workbook of many equal rows": (workbook([("x" * 20, 1, 2)] * 5_000), "xlsx"),
    "zip of csv": (packed({"clients.csv": CSV, "Loans.CSV": CSV}), "zip"),
    "zip of a folder": (packed({"portfolio/": b"", "portfolio/clients.csv": CSV}), "zip"),
    "zip from a Mac": (packed({"clients.csv": CSV, "__MACOSX/._clients.csv": b"\x00\x05\x16\x07"}), "zip"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "kind"), ADMITTED.values(), ids=ADMITTED)
def test_an_honest_file_comes_in_by_what_it_is_and_not_by_its_name(content, kind):
    admitted = uploads.admit(upload(content, "data.bin"))
    assert (admitted.kind, admitted.name, admitted.size) == (kind, "data.bin", len(content))
    assert admitted.open().read() == content
    assert admitted.path.read_bytes() == content


REFUSED = {
    "empty": (b"", "empty"),
    "csv with NUL": (CSV + b"3,\x00\n", "nul"),
    "csv in UTF-16": (CSV.decode().encode("utf-16"), "utf-16"),
    "csv in Latin-1": ("client_id,name\n1,Ana\n2,Añá\n".encode("latin-1"), "not-utf-8"),
    "csv cut inside a character": (b"name\nA\xc3", "not-utf-8"),
    "web page": (b"\n <!DOCTYPE html><table><tr><td>1</td></tr></table>", "markup"),
    "XML table": (b'<?xml version="1.0"?><Workbook/>', "markup"),
    "PDF": (b"%PDF-1.7 ...", "stranger"),
    "picture": (b"\x89PNG\r\n\x1a\n....", "stranger"),
    "gzip": (b"\x1f\x8b\x08\x00....", "stranger"),
    "old Excel": (uploads.OLD_OFFICE + b"\x00" * 600, "old-excel"),
    "workbook with a password": (LOCKED, "encrypted"),
    "broken zip": (XLSX[: len(XLSX) // 2], "broken"),
    "nothing but the mark of a zip": (b"PK\x03\x04", "broken"),
    "text document": (packed({"mimetype": b"application/vnd.oasis.opendocument.text"}), "stranger"),
    "word document": (packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), "stranger"),
    "binary workbook": (repacked(XLSX, **{"xl/workbook.bin": b"x"}), "binary"),
    "macros by their part": (repacked(XLSX, **{"xl/vbaProject.bin": b"x"}), "macros"),
    "macros by their type": (repacked(XLSX, **{"[Content_Types].xml": b"<a>macroEnabled</a>"}), "macros"),
    "entities in a sheet": (repacked(XLSX, **{SHEET: ENTITIES}), "doctype"),
    "DOCTYPE far inside": (repacked(XLSX, **{SHEET: b"<w>" + b" x" * 400_000 + b"<!DOCTYPE a>"}), "doctype"),
    "DOCTYPE in relations": (repacked(XLSX, **{"_rels/.rels": ENTITIES}), "doctype"),
    "DOCTYPE in UTF-16": (repacked(XLSX, **{SHEET: ENTITIES.decode().encode("utf-16")}), "encoding"),
    "DOCTYPE in UTF-16 without mark": (repacked(XLSX, **{SHEET: WIDE_ENTITIES}), "encoding"),
    "odd encoding": (repacked(XLSX, **{SHEET: b'<?xml version="1.0" encoding="UTF-7"?><a/>'}), "encoding"),
    "bomb of blanks": (packed({"clients.csv": b"a" * (3 << 20)}), "bomb"),
    "declared too large": (patched(ZIP, CENTRAL, SIZE_IN_CENTRAL, struct.pack("<I", 600 << 20)), "bomb"),
    "declared too small": (lying(100), "bomb"),
    "declared a little too large": (lying(200_100), "broken"),
    "wrong checksum": (patched(ZIP, CENTRAL, CRC_IN_CENTRAL, b"\x00\x00\x00\x00"), "broken"),
    "encrypted entry": (patched(ZIP, CENTRAL, FLAGS_IN_CENTRAL, b"\x01\x00"), "encrypted"),
    "packed by LZMA": (packed({"clients.csv": CSV}, zipfile.ZIP_LZMA), "method"),
    "too many parts": (packed({f"{number}.csv": b"a" for number in range(2001)}), "too-many"),
    "path upwards": (packed({"../clients.csv": CSV}), "path"),
    "path upwards the other way": (packed({"a\\..\\..\\clients.csv": CSV}), "path"),
    "absolute path": (packed({"/etc/clients.csv": CSV}), "path"),
    "drive": (packed({"C:\\clients.csv": CSV}), "path"),
    "symbolic link": (packed({"clients.csv": b"/etc/passwd"}, change=linked), "path"),
    "zip in a zip": (packed({"clients.zip": packed({"clients.csv": CSV})}), "not-csv"),
    "zip in a zip by another name": (packed({"clients.csv": packed({"clients.csv": CSV})}), "nul"),
    "zip with a program": (packed({"clients.csv": CSV, "setup.exe": b"MZ"}), "not-csv"),
    "zip without csv": (packed({"portfolio/": b""}), "empty"),
    "bad csv in a zip": (packed({"loans.csv": "Añá".encode("latin-1")}), "not-utf-8"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_could_hurt_or_be_misread_stays_outside(content, code):
    refused = refusal(content)
    [message] = refused.messages
    assert (refused.code, "%(" in message) == (code, False)


def test_a_doctype_across_two_chunks_is_found():
    sheet = b"<w>".ljust(archives.CHUNK - 4) + b"<!DOCTYPE a>"
    content = packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": sheet}, zipfile.ZIP_STORED)
    assert refusal(content).code == "doctype"


def test_parts_that_share_their_bytes_are_refused():
    """As in the bombs of overlapping entries: two names in the directory for one and the same content."""
    content = packed({"a.csv": CSV, "b.csv": CSV})
    second = content.rindex(CENTRAL)
    shared = content[: second + 42] + struct.pack("<I", 0) + content[second + 46 :]
    assert refusal(shared).code == "broken"


def test_a_part_named_twice_is_refused():
    content = packed({"a.csv": CSV, "b.csv": CSV}).replace(b"b.csv", b"a.csv")
    assert refusal(content).code == "broken"


def test_a_file_over_the_limit_is_refused_whatever_the_browser_says(settings):
    settings.MAX_UPLOAD_BYTES = len(CSV) - 1
    liar = upload(CSV)
    liar.size = 1
    with pytest.raises(uploads.Refused, match="larger than 27"):
        uploads.admit(liar)


def test_a_kind_that_the_screen_cannot_use_is_refused():
    assert refusal(CSV, kinds={"xlsx"}).messages == ["A CSV file cannot be used here."]


@pytest.mark.parametrize("padding", [0, uploads.CHUNK - 20, 2 * uploads.CHUNK])
def test_the_message_names_the_line(padding):
    text = b"a\n" * (padding // 2)
    [not_utf8] = refusal(text + "x\ny\nAñá\n".encode("latin-1")).messages
    assert not_utf8.startswith(f"Line {padding // 2 + 3} is not in UTF-8. In Excel, save it as “CSV UTF-8”")
    [nul] = refusal(text + b"x\ny\x00\n").messages
    assert nul.startswith(f"Line {padding // 2 + 2} ")


def test_the_message_names_the_file_in_a_zip():
    [message] = refusal(packed({"in/loans.csv": b"a\n\xff"})).messages
    assert message.startswith("loans.csv: Line 2 is not in UTF-8.")


@pytest.mark.parametrize("start", range(4))
def test_a_character_cut_by_a_chunk_is_no_error(start):
    text = b"\n" * (uploads.CHUNK - start) + "😀Ñ".encode()
    assert uploads.admit(upload(text)).kind == "csv"


def test_the_words_come_in_the_users_language_when_they_are_shown():
    refused = refusal(b"")
    with translation.override("es"):
        assert refused.messages == [translation.gettext("The file is empty.")]


def test_a_zip_tells_its_csv_files():
    content = packed({"in/": b"", "in/a.csv": CSV, "in/.DS_Store": b"\0"})
    assert uploads.admit(upload(content)).members == ("in/a.csv",)


NAMES = {
    "clients.csv": "clients.csv",
    "C:\\fake\\clients.csv": "clients.csv",
    "../../etc/passwd": "passwd",
    "cli\r\nents.csv": "clients.csv",
    "invoice\u202excod.exe": "invoicexcod.exe",
    "a\x00b.csv": "ab.csv",
    "  .hidden. ": "hidden",
    "...": "file",
    "año 2025 (1).xlsx": "año 2025 (1).xlsx",
    "n" * 300 + ".csv": "n" * 96 + ".csv",
}


@pytest.mark.parametrize(("given", "kept"), NAMES.items(), ids=range(len(NAMES)))
def test_a_name_is_made_safe(given, kept):
    assert uploads.safe_name(given) == kept


def test_a_small_upload_has_a_path_for_as_long_as_it_is_needed():
    admitted = uploads.admit(upload(CSV))
    path = admitted.path
    assert (path.read_bytes(), admitted.path) == (CSV, path)
    del admitted
    assert not path.exists()


def test_a_large_upload_keeps_the_path_that_it_has():
    with TemporaryUploadedFile("a.csv", "text/csv", len(CSV), "utf-8") as large:
        large.write(CSV)
        assert uploads.admit(large).path == Path(large.temporary_file_path())


def test_a_file_of_a_command_keeps_its_path(tmp_path):
    (tmp_path / "a.csv").write_bytes(CSV)
    with (tmp_path / "a.csv").open("rb") as file:
        assert (uploads.admit(file).path, uploads.admit(file).name) == (tmp_path / "a.csv", "a.csv")


def test_a_refusal_leaves_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for content, _code in REFUSED.values():
        refusal(content)
    assert list(tmp_path.iterdir()) == []


def test_the_largest_bomb_that_passes_the_directory_is_stopped_while_unpacking():
    """A stream that never says where it ends costs no more memory than a chunk."""
    entry = zipfile.ZipInfo("a.csv")
    with zipfile.ZipFile(io.BytesIO(packed({"a.csv": b" " * 50_000_000}))) as archive:
        honest = archive.infolist()[0]
    entry.compress_type, entry.compress_size = zipfile.ZIP_DEFLATED, honest.compress_size
    entry.header_offset, entry.CRC, entry.file_size = 0, honest.CRC, 1_000
    with pytest.raises(archives.Unsafe):
        list(archives.unpacked(io.BytesIO(packed({"a.csv": b" " * 50_000_000})), entry))
