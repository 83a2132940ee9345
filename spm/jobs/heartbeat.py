"""A sign of life while a work computes for long without a step."""

import datetime as dt
import logging
import threading
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.utils import timezone

from spm.jobs import times
from spm.models import Job

log = logging.getLogger(__name__)


def sign_of_life() -> dict:
    """The fields of the job's row that say: this run lives, and holds the job for another lease."""
    now = timezone.now()
    return {"heartbeat": now, "locked_until": now + dt.timedelta(seconds=times.lease())}


@contextmanager
def beating(job: Job):
    """Renew the job's lease at every beat until the block ends.

    Only on PostgreSQL: SQLite means one machine, where the process itself is looked at, and has one writer.
    """
    if connection.vendor != "postgresql":
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, over), name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(job: Job, over: threading.Event) -> None:
    held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)
    while not over.wait(times.beat()):
        try:
            held.update(**sign_of_life())
        except DatabaseError:
            log.warning("Job %s could not renew its lease.", job.pk, exc_info=True)
        finally:
            connection.close()
