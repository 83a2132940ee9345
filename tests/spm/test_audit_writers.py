"""Many write to the audit trail at once, in threads and in processes of their own: the chain stays one."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest
from django.conf import settings as in_force
from django.db import OperationalError, connection, transaction

from spm import observed
from spm.audit_check import verify
from spm.models import AuditEvent, Job

pytestmark = pytest.mark.django_db(transaction=True)

ON_SQLITE = connection.vendor == "sqlite"
BEGINNING = """
import sys, time, django
django.setup()
from django.db import connection, transaction
from spm import observed
from spm.models import AuditEvent
print(flush=True)
sys.stdin.readline()
"""
# Every fifth line is undone with its transaction.
WRITER = """
for turn in range(20):
    with transaction.atomic():
        AuditEvent.record("tried", sys.argv[1], by=None, turn=turn)
        transaction.set_rollback(turn % 5 == 4)
"""
READER = """
started = time.monotonic()
observed.observe("refused", "home", by=None)
print(time.monotonic() - started < 2)
"""


def start(environment, code: str, *arguments) -> subprocess.Popen:
    """A process of the project that waits for a line before it does what ``code`` says."""
    return subprocess.Popen(
        [sys.executable, "-c", BEGINNING + code, *arguments],
        cwd=in_force.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def let_go(processes) -> list[tuple[str, str]]:
    """Give all the word at once; what each wrote to its output and to its errors."""
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    return [process.communicate(timeout=60) for process in processes]


def verified(environment) -> tuple[str, int]:
    command = [sys.executable, "manage.py", "audit_verify"]
    run = subprocess.run(command, cwd=in_force.BASE_DIR, env=environment, capture_output=True, text=True)
    return run.stdout.partition(",")[0], run.returncode


def lines(environment) -> list[tuple[str, str]]:
    """Target and details of each line, in the order of the chain."""
    path = environment["DATABASE_URL"].removeprefix("sqlite:///")
    source = closing(sqlite3.connect(path)) if ON_SQLITE else connection.cursor()
    with source as cursor:
        rows = cursor.execute("SELECT target, details FROM spm_auditevent ORDER BY number") or cursor
        return [tuple(row) for row in rows.fetchall()]


def test_processes_write_one_unbroken_chain_and_each_its_lines_in_order(database):
    names = ["one", "other"]
    said = let_go([start(database, WRITER, name) for name in names])
    assert said == [("", "")] * 2
    kept = [f'{{"turn": {turn}}}' for turn in range(20) if turn % 5 != 4]
    told = lines(database)
    assert {name: [details for target, details in told if target == name] for name in names} == dict.fromkeys(
        names, kept
    )
    assert verified(database) == (f"The audit trail is whole: {2 * len(kept)} lines", 0)


@pytest.mark.skipif(ON_SQLITE, reason="SQLite has one writer")
def test_threads_that_hold_rows_and_write_their_line_last_never_wait_for_each_other_in_a_circle(manager):
    """Each locks a row that others want too, then the end of the chain: as actions do."""
    jobs, flaws = [Job.objects.create(work="tests.none") for _ in range(3)], []

    def act(number):
        try:
            for turn in range(20):
                with transaction.atomic():
                    Job.objects.select_for_update().get(pk=jobs[(number + turn) % 3].pk)
                    AuditEvent.record("tried", f"writer-{number}", by=manager, turn=turn)
        except Exception as flaw:
            flaws.append(flaw)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (flaws, verify().lines, verify().is_whole) == ([], 120, True)


# What somebody saw or tried


def test_a_line_on_reading_waits_in_a_file_while_another_writes_for_long(database, tmp_path):
    """Another process reads a page while a long transaction holds the database, or the end of the chain."""
    reader = start(database, READER)
    if ON_SQLITE:
        with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as writer:
            writer.execute("BEGIN IMMEDIATE")
            said = let_go([reader])
    else:
        with transaction.atomic():
            AuditEvent.record("tried", "home", by=None)
            said = let_go([reader])
    assert said == [("True\n", "")]
    assert [path.suffix for path in tmp_path.glob("audit-waiting/*")] == [".json"]


@pytest.fixture
def busy(settings, tmp_path, monkeypatch):
    """The database takes no line until the function is called."""
    settings.MEDIA_ROOT = tmp_path
    free = observed._a_moment

    def none():
        raise OperationalError("database is locked")

    monkeypatch.setattr(observed, "_a_moment", none)
    return lambda: monkeypatch.setattr(observed, "_a_moment", free)


def test_the_next_line_brings_in_what_waits_with_the_time_when_it_happened(busy, manager, tmp_path):
    observed.observe("signed_in", manager, by=manager)
    observed.observe("refused", "home", by=manager, method="GET")
    before = time.time()
    busy()
    observed.observe("signed_out", manager, by=manager)
    told = AuditEvent.objects.order_by("number").values_list("verb", "target", "details", "by")
    user = f"spm.User:{manager.pk}"
    assert list(told) == [
        ("signed_out", user, {}, manager.pk),
        ("signed_in", user, {}, manager.pk),
        ("refused", "home", {"method": "GET"}, manager.pk),
    ]
    assert [line.at.timestamp() < before for line in AuditEvent.objects.order_by("number")] == [
        False,
        True,
        True,
    ]
    assert (list(tmp_path.glob("audit-waiting/*")), verify().is_whole) == ([], True)


def test_what_waits_stays_while_the_database_is_busy(busy, manager, tmp_path):
    observed.observe("refused", "home", by=manager)
    assert observed.bring_in() == 0
    busy()
    assert (observed.bring_in(), observed.bring_in()) == (1, 0)


def test_what_a_process_left_behind_half_brought_in_is_brought_in_later(busy, manager, tmp_path, monkeypatch):
    observed.observe("refused", "home", by=manager)
    busy()
    (path,) = tmp_path.glob("audit-waiting/*.json")
    path.rename(path.with_suffix(".taken"))
    assert observed.bring_in() == 0
    monkeypatch.setattr(observed, "STALE", -1)
    assert (observed.bring_in(), AuditEvent.objects.get().verb) == (1, "refused")


def test_a_file_that_is_no_line_is_left_for_people_and_holds_up_no_other(busy, manager, tmp_path, caplog):
    observed.observe("refused", "home", by=manager)
    (path,) = tmp_path.glob("audit-waiting/*.json")
    path.with_name("0.json").write_text("{")
    busy()
    assert observed.bring_in() == 1
    assert [path.name for path in tmp_path.glob("audit-waiting/*")] == ["0.unreadable"]
