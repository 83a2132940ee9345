"""Audit lines for what changes nothing: whose names somebody saw, what was refused, who signed in.

A page must not wait until a long import lets go of the database (SQLite has one writer). So such a line
waits a moment only, and else in a file, from which the next one brings it in. No line, no page: where
neither can be written, the request fails.
"""

import json
import logging
import os
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from spm.models import AuditEvent

log = logging.getLogger(__name__)

PATIENCE = 0.25
"""Seconds that a line waits for the database."""
NAMED = 50
"""Of so many clients a line tells the ids; of more only how many they were."""
STALE = 600
"""Seconds after which a file that somebody began to bring in counts as left behind."""


def saw(user, pk) -> None:
    """The user is shown the name or phone of this client in clear; the line is written with the page.

    ``pk`` is None for people whom only a file names.
    """
    seen = getattr(user, "_clients_seen", None)
    if seen is None:
        seen = user._clients_seen = set()
    seen.add(pk)


def write_what_was_seen(user, screen: str, **details) -> None:
    """One line for all that the user was shown since the last one; none where that was nobody."""
    seen = getattr(user, "_clients_seen", None)
    if not seen:
        return
    user._clients_seen = set()
    known = seen - {None}
    if known != seen:
        details["in_file"] = True
    if 0 < len(known) <= NAMED:
        details["ids"] = [str(pk) for pk in sorted(known)]
    observe("identified", screen, by=user, seen=len(known), **details)


def observe(verb: str, target, *, by, **details) -> None:
    """Write a line, or let it wait in a file if the database is busy."""
    line = {
        "verb": verb,
        "target": AuditEvent.label(target),
        "by_id": by and by.pk,
        "at": timezone.now(),
        "details": details,
    }
    try:
        with _a_moment():
            AuditEvent.objects.create(**line)
    except OperationalError:
        _set_aside(line)
    else:
        bring_in()


@contextmanager
def _a_moment():
    """A transaction that waits for those of others no longer than ``PATIENCE``, and not for the disk: if the
    power fails at once, such a line may be lost; the chain has no gap even then.
    """
    if connection.vendor == "sqlite":
        with _in_haste(), transaction.atomic():
            yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, true), set_config('synchronous_commit', 'off', true)",
                [f"{PATIENCE * 1000:.0f}ms"],
            )
        yield


@contextmanager
def _in_haste():
    """SQLite's own way of it; what is committed next, by whomever, takes the line to the disk."""
    connection.ensure_connection()
    database = connection.connection
    (usual,) = database.execute("PRAGMA busy_timeout").fetchone()
    (safe,) = database.execute("PRAGMA synchronous").fetchone()
    database.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
    if not database.in_transaction:
        database.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        if not database.in_transaction:
            database.execute(f"PRAGMA synchronous = {safe}")
        database.execute(f"PRAGMA busy_timeout = {usual}")


def _set_aside(line: dict) -> None:
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}-{uuid.uuid4().hex}"
    unfinished = folder / f"{name}.part"
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(line | {"at": line["at"].isoformat()}, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(folder / f"{name}.json")


def bring_in() -> int:
    """Write the lines that wait in files, as far as the database lets us; how many were written."""
    folder, count = _folder(), 0
    if not folder.is_dir():
        return 0
    with suppress(OperationalError):
        for path in _waiting(folder):
            count += _bring_in(path)
    return count


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "audit-waiting"


def _waiting(folder: Path) -> list[Path]:
    for path in folder.glob("*.taken"):
        with suppress(FileNotFoundError):
            if path.stat().st_ctime < time.time() - STALE:
                path.rename(path.with_suffix(".json"))
    return sorted(folder.glob("*.json"))


def _bring_in(path: Path) -> bool:
    """Only the process that gives the file its other name writes the line."""
    taken = path.with_suffix(".taken")
    try:
        path.rename(taken)
    except FileNotFoundError:
        return False
    try:
        line = json.loads(taken.read_text(encoding="utf-8"))
        with _a_moment():
            AuditEvent.objects.create(**line | {"at": parse_datetime(line["at"])})
    except OperationalError:
        taken.rename(path)
        raise
    except (ValueError, TypeError, IntegrityError):
        log.exception("%s is no line of the audit trail and is left for the administrator to look at.", path)
        taken.rename(path.with_suffix(".unreadable"))
        return False
    taken.unlink()
    return True
