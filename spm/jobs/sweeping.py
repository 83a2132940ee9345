"""What a killed process or a lost bell left behind is found and rung again."""

import datetime as dt
import logging
import time

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from spm.jobs import bell, times, tries
from spm.jobs.processes import is_alive, is_here, this_process
from spm.jobs.progress import held, runs_here
from spm.models import Job

log = logging.getLogger(__name__)

# Bells that one sweep rings at most: the more wait, the longer the queue of bells is already.
BELLS = 100

_last: float | None = None


def sweep() -> None:
    """Queue again, or set aside, jobs whose run is gone; ring for these and for what waits too long."""
    take_back()
    now = timezone.now()
    lost_its_bell = Q(due_at__lte=now - dt.timedelta(seconds=times.patience()))
    another_try = Q(due_at__lte=now, failures__gt=0)
    waiting = Job.objects.filter(lost_its_bell | another_try, state=Job.State.QUEUED)
    for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:BELLS]:
        bell.ring(pk)


def take_back() -> None:
    """Queue again, or set aside, jobs whose run is gone."""
    now = timezone.now()
    for job in Job.objects.filter(state=Job.State.RUNNING).defer("arguments", "result"):
        if _abandoned(job, now):
            _take_back(job)


def take_back_if_due() -> None:
    """The same, unless this process did so less than a sweep ago. It rings no bell: those would multiply."""
    global _last  # noqa: PLW0603 one clock for all threads of the process
    now = time.monotonic()
    if _last is None or now - _last >= times.sweep():
        _last = now
        take_back()


def look_after_start() -> None:
    """At a web server's start: wake its worker for unfinished work; an idle server has none."""
    try:
        unfinished = Job.objects.exclude(state__in=Job.FINISHED).exists()
    except DatabaseError:
        log.warning("The job table could not be read.", exc_info=True)
        return
    if unfinished:
        bell.listen()


def _abandoned(job: Job, now: dt.datetime) -> bool:
    """Is its process gone, or has its lease run out?"""
    if is_here(job.runner) and not is_alive(job.runner):
        return True
    if job.locked_until and job.locked_until > now:
        return False
    if connection.vendor == "sqlite" and is_here(job.runner):
        # nobody renews a lease there; only the process itself knows that a run ended without closing its row
        return job.runner == this_process() and not runs_here(job.pk)
    return True


def _take_back(job: Job) -> None:
    row = held(job).filter(heartbeat=job.heartbeat)
    if job.cancel_asked:
        row.update(state=Job.State.CANCELLED, finished_at=timezone.now())
        return
    match tries.after_loss(row, job):
        case Job.State.QUEUED:
            log.warning("Job %s lost its run %s and is queued again.", job.pk, job.attempt)
        case Job.State.PARKED:
            log.error("Job %s lost its run %s times and is set aside.", job.pk, job.failures + 1)
