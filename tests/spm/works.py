"""Work for tests of the job table: registered on import, here and in workers started by tests."""

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
    """One transaction: a line in the audit trail, then steps."""
    with transaction.atomic():
        AuditEvent.record("written", progress.job, by=progress.by)
        for number in range(count):
            progress.step(number, count, f"step {number}")
            time.sleep(pause)
    return {"url": "/written/"}
