"""Real workers in processes of their own, on a database that they share with the test."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from spm import jobs
from spm.celery import app
from spm.jobs import bell
from spm.models import AuditEvent, Job
from tests.spm import works as _registered  # noqa: F401
from tests.spm.processes import ROOT, database_url, eventually, process

# --- memory://: the worker is a thread of the web process ---------------------------------------------------

EMBEDDED = """
import sys, time
import django
django.setup()
from spm import jobs
import tests.spm.works
if sys.argv[1] == "ask":
    for number in range(int(sys.argv[2])):
        jobs.enqueue("tests.steps", by=None, count=int(sys.argv[3]), pause=0.2, folder=sys.argv[4])
else:
    import spm.wsgi
time.sleep(120)
"""


def read(shop) -> list[tuple]:
    """``(state, done, attempt)`` of each job, oldest first, read beside Django."""
    path = shop["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=30)) as database:
        return database.execute("SELECT state, done, attempt FROM spm_job ORDER BY created_at").fetchall()


def test_the_embedded_worker_does_a_job_and_shows_its_progress(shop, tmp_path):
    with process(["-c", EMBEDDED, "ask", "1", "8", str(tmp_path)], tmp_path / "log", **shop):
        seen = set()

        def watch():
            seen.update(read(shop))
            return any(state == "done" for state, _done, _attempt in read(shop))

        eventually(watch, "the job's end")
    assert read(shop) == [("done", 8, 1)]
    assert {state for state, _done, _attempt in seen} >= {"running", "done"}
    assert len({done for state, done, _attempt in seen if state == "running"}) >= 2


def test_an_idle_server_has_no_worker(shop):
    asked = "import threading, spm.wsgi; print(sorted(thread.name for thread in threading.enumerate()))"
    command = [sys.executable, "-c", asked]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **shop}, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout == "['MainThread']\n", ran.stderr


def test_jobs_of_a_killed_process_are_done_by_the_next_one(shop, tmp_path):
    with process(["-c", EMBEDDED, "ask", "3", "15", str(tmp_path)], tmp_path / "log", **shop) as first:
        eventually(
            lambda: [state for state, done, _attempt in read(shop) if done] == ["running", "running"],
            "two jobs at work",
        )
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        assert sorted(state for state, _done, _attempt in read(shop)) == ["queued", "running", "running"]
        with process(["-c", EMBEDDED, "serve"], tmp_path / "log", **shop):
            eventually(lambda: {row[0] for row in read(shop)} == {"done"}, "the end of all three jobs")
    assert sorted(read(shop)) == [("done", 15, 1), ("done", 15, 2), ("done", 15, 2)]
    assert (tmp_path / "starts").read_text().count("started") == 5


IN_ITS_TRANSACTION = """
import time
import django
django.setup()
from spm import jobs
from spm.models import AuditEvent, Job
import tests.spm.works
job = jobs.enqueue("tests.write", by=None, count=500, pause=0.1)
while not (seen := jobs.live(Job.objects.get())).done:
    time.sleep(0.05)
print("row", Job.objects.get().done, "shown", seen.done > 0, seen.message.startswith("step"))
asked = time.monotonic()
jobs.cancel(job, by=None)
while not Job.objects.get().is_finished:
    time.sleep(0.05)
trail = AuditEvent.objects.filter(verb__in=["written", "job.cancelled"])
print(Job.objects.get().state, sorted(trail.values_list("verb", flat=True)))
print("soon", time.monotonic() - asked < 10)
"""


def test_on_sqlite_a_job_inside_its_transaction_is_seen_and_stopped_from_its_own_process(shop):
    command = [sys.executable, "-c", IN_ITS_TRANSACTION]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **shop}, capture_output=True, text=True, timeout=120
    )
    assert ran.stdout.splitlines() == [
        "row 0 shown True True",
        "cancelled ['job.cancelled']",
        "soon True",
    ], ran.stderr


# --- redis://: a Celery worker as in production -------------------------------------------------------------


@pytest.fixture
def broker(monkeypatch):
    """The true bell, on a real broker."""
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        pytest.skip("needs CELERY_BROKER_URL=redis://...")
    monkeypatch.undo()
    app.control.purge()
    return app


def celery(log: Path):
    worker = ["-m", "celery", "-A", "spm.celery", "worker", "-c", "2", "--include", "tests.spm.works"]
    return process([*worker, "--without-gossip", "--without-mingle"], log, DATABASE_URL=database_url())


@pytest.mark.django_db(transaction=True)
def test_a_celery_worker_does_a_job_shows_it_inside_its_transaction_and_stops_when_asked(
    broker, manager, tmp_path
):
    with celery(tmp_path / "log"):
        job = jobs.enqueue("tests.write", by=manager, count=100, pause=0.1)
        eventually(lambda: Job.objects.filter(pk=job.pk, state="running", done__gt=0).exists(), "progress")
        assert AuditEvent.objects.filter(verb="written").count() == 0
        jobs.cancel(job, by=manager)
        eventually(lambda: Job.objects.filter(pk=job.pk, state="cancelled").exists(), "its end")
        assert AuditEvent.objects.filter(verb="written").count() == 0
        again = jobs.enqueue("tests.write", by=manager, count=3)
        eventually(lambda: Job.objects.filter(pk=again.pk, state="done").exists(), "the second job's end")
    assert AuditEvent.objects.filter(verb="written").count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_with_the_brokers_memory_or_a_worker(broker, manager, tmp_path):
    job = jobs.enqueue("tests.steps", by=manager, count=20, pause=0.2)
    app.control.purge()
    with celery(tmp_path / "log") as worker:
        Job.objects.update(due_at="2020-01-01T00:00Z")
        jobs.sweep()
        eventually(lambda: Job.objects.filter(state="running", done__gt=0).exists(), "progress")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    # a killed process takes a moment to be gone; the clock sweeps again and again as well
    eventually(lambda: jobs.sweep() or Job.objects.filter(state="queued").exists(), "the job's return")
    with celery(tmp_path / "log"):
        eventually(lambda: Job.objects.filter(pk=job.pk, state="done").exists(), "the job's end")
    job.refresh_from_db()
    assert (job.attempt, job.done, job.result) == (2, 20, {"count": 20})


def test_the_bell_names_the_task_that_runs_jobs():
    assert bell.TASK in app.tasks
