"""Another try for a job that broke off, until it has had its five; then it is set aside for a person."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from spm.jobs import bell, times
from spm.models import AuditEvent, AuditHead, Job

TRIES = 5


def after_error(held, job: Job) -> str:
    """The work raised what it should not: another try after a pause."""
    why = gettext_noop("Something went wrong on our side; the server's log says what.")
    return _again_or_aside(held, job, why, pause=times.pause(job.failures + 1))


def after_loss(held, job: Job) -> str:
    """The run's process is gone: another try at once; after a pause if it was so before."""
    pause = times.pause(job.failures) if job.failures else 0
    return _again_or_aside(held, job, gettext_noop("The server stopped while this ran."), pause=pause)


def _again_or_aside(held, job: Job, why: str, *, pause: float) -> str:
    """The state after it, "" where ``held`` finds the row no more. ``held`` is the row under its run."""
    failures, now = job.failures + 1, timezone.now()
    if failures < TRIES:
        state = Job.State.QUEUED
        after = {"due_at": now + dt.timedelta(seconds=pause), "runner": "", "locked_until": None}
    else:
        state = Job.State.PARKED
        after = {"finished_at": now}
    return state if held.update(state=state, failures=failures, error=why, **after) else ""


def try_again(job: Job, *, by) -> bool:
    """A person asks once more for a job that failed or was set aside; False if it is neither any more.

    The job stays in the name of who asked for it first. Changes that an earlier run made are not made again.
    """
    with transaction.atomic():
        AuditHead.locked()  # before the job's row, as a run does that ends
        asked = Job.objects.filter(pk=job.pk, state__in=Job.CAME_TO_NOTHING).update(
            state=Job.State.QUEUED,
            failures=0,
            due_at=timezone.now(),
            error="",
            result={},
            runner="",
            locked_until=None,
            cancel_asked=False,
            finished_at=None,
        )
        if asked:
            AuditEvent.record("job.retried", job, by=by, work=job.work)
            transaction.on_commit(lambda: bell.ring(job.pk), robust=True)
    return bool(asked)
