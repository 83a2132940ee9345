"""What a killed process or a lost bell left behind is found and rung again."""

import datetime as dt
import logging

from django.db import DatabaseError
from django.utils import timezone

from spm.jobs import bell
from spm.jobs.heartbeat import LEASE
from spm.jobs.processes import is_alive, is_here
from spm.jobs.progress import interrupted_words
from spm.models import Job

log = logging.getLogger(__name__)

# A job that waits longer than this may have lost its bell, in seconds.
PATIENCE = 10.0
# A job that took its process down so often is parked.
ATTEMPTS = 5


def sweep() -> None:
    """Ring for jobs that wait too long; queue again, or park, those whose process is gone."""
    now = timezone.now()
    for job in Job.objects.filter(state=Job.State.RUNNING).only(
        "runner", "heartbeat", "attempt", "cancel_asked"
    ):
        if _abandoned(job, now):
            _take_back(job)
    waiting = Job.objects.filter(state=Job.State.QUEUED, created_at__lte=now - dt.timedelta(seconds=PATIENCE))
    for pk in waiting.order_by("created_at").values_list("pk", flat=True):
        bell.ring(pk)


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
    if is_here(job.runner):
        return not is_alive(job.runner)
    return job.heartbeat is None or job.heartbeat < now - dt.timedelta(seconds=LEASE)


def _take_back(job: Job) -> None:
    held = Job.objects.filter(
        pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt, heartbeat=job.heartbeat
    )
    if job.cancel_asked:
        held.update(state=Job.State.CANCELLED, finished_at=timezone.now())
    elif job.attempt < ATTEMPTS:
        if held.update(state=Job.State.QUEUED, runner=""):
            log.warning("Job %s lost its process and is queued again, after try %s.", job.pk, job.attempt)
            bell.ring(job.pk)
    elif held.update(state=Job.State.INTERRUPTED, error=interrupted_words(), finished_at=timezone.now()):
        log.error("Job %s lost its process %s times and is parked.", job.pk, job.attempt)
