"""Work for tests of the job table: registered on import, here and in workers started by tests."""

import os
import signal
import time
from pathlib import Path

from django.db import transaction

from spm import jobs
from spm.models import AuditEvent


@jobs.work("tests.steps", title="Some steps")
def steps(progress, *, count, pause=0.0, folder=""):
    """Takes ``count`` steps; keeps in ``folder`` a line for each start, for tests in other processes."""
    if folder:
        with (Path(folder) / "starts").open("a") as starts:
            starts.write("started\n")
    for number in range(count):
        progress.step(number, count, f"step {number}")
        time.sleep(pause)
    progress.step(count, count, "all steps")
    return {"count": count}


@jobs.work("tests.write", title="One write")
def write(progress, *, count, pause=0.0):
    """One transaction: steps, then a line in the audit trail, for which others would wait."""
    with transaction.atomic():
        for number in range(count):
            progress.step(number, count, f"step {number}")
            time.sleep(pause)
        AuditEvent.record("written", progress.job, by=progress.by)
    return {"url": "/written/"}


@jobs.work("tests.once", title="One change")
def once(progress, *, pause):
    """Some steps, one change (a line in the audit trail), and a while before the job's end is marked."""
    for number in range(4):
        progress.step(number, 4)
        time.sleep(pause)
    with progress.effect("written") as is_first:
        if is_first:
            time.sleep(pause)
            AuditEvent.record("written", progress.job, by=progress.by)
    time.sleep(pause)


@jobs.work("tests.late", title="A change after a while")
def late(progress, *, wait):
    time.sleep(wait)
    with progress.effect("written") as is_first:
        if is_first:
            AuditEvent.record("written", progress.job, by=progress.by)


@jobs.work("tests.poison", title="Takes its process down")
def poison(progress):
    os.kill(os.getpid(), signal.SIGKILL)


@jobs.work("tests.broken", title="Raises")
def broken(progress):
    raise ZeroDivisionError


@transaction.atomic
def ask_for(count: int, pause: float) -> None:
    """Jobs with one change each, and before them one that kills its process and one that raises."""
    for name in ("tests.poison", "tests.broken"):
        jobs.enqueue(name, by=None)
    for _number in range(count):
        jobs.enqueue("tests.once", by=None, pause=pause)
