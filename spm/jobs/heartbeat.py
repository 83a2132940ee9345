"""A sign of life while a work computes for long without a step."""

import logging
import threading
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.utils import timezone

from spm.models import Job

log = logging.getLogger(__name__)

EVERY = 15.0
# Without a sign of life for so long, a job on another machine counts as abandoned, in seconds.
LEASE = 60.0


@contextmanager
def beating(job: Job):
    """Renew the job's lease every 15 seconds until the block ends.

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
    while not over.wait(EVERY):
        try:
            held.update(heartbeat=timezone.now())
        except DatabaseError:
            log.warning("Job %s could not renew its lease.", job.pk, exc_info=True)
        finally:
            connection.close()
