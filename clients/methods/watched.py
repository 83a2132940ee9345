"""A folder into which core banking puts its exports: which are whole, and what tells one from another."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

# What nobody has written to for so long, in seconds, is whole.
STILL = 120
# Beside a file: it is whole, whatever its age.
MARK = ".done"
TAKEN, REFUSED = "done", "refused"
UNFINISHED = {MARK, ".part", ".tmp", ".crdownload"}


def whole_exports(folder: Path) -> list[Path]:
    """Workbooks, zips and folders of CSV files that are whole, by name."""
    return [path for path in sorted(folder.iterdir()) if is_export(path) and is_whole(path)]


def is_export(path: Path) -> bool:
    if path.name.startswith((".", "~")) or path.suffix.lower() in UNFINISHED:
        return False
    if path.is_dir():
        return path.name not in {TAKEN, REFUSED}
    return path.suffix.lower() in {".xlsx", ".xlsm", ".zip"}


def is_whole(path: Path) -> bool:
    if mark_of(path).exists():
        return True
    files = list(files_of(path))
    latest = max((file.stat().st_mtime for file in files), default=None)
    return latest is not None and time.time() - latest >= STILL


def mark_of(path: Path) -> Path:
    return path.with_name(path.name + MARK)


def files_of(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from (file for file in sorted(path.rglob("*")) if file.is_file())


def fingerprint(path: Path) -> str:
    """The same for the same content, whatever the export itself is called; a folder's files count by name."""
    digest = hashlib.sha256()
    for file in files_of(path):
        name = "" if file == path else file.relative_to(path).as_posix()
        with file.open("rb") as opened:
            digest.update(f"{name}\0{hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def put_away(path: Path, where: str, day: str) -> Path:
    """Move an export, and its mark, into the folder of what is over; where it is then."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    target = folder / f"{day}_{path.name}"
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{day}_{number}_{path.name}"
    path.rename(target)
    mark_of(path).unlink(missing_ok=True)
    return target
