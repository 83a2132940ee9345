"""Asking for work, doing it, stopping it."""

import logging
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from spm import refusals
from spm.jobs import bell, tries
from spm.jobs.company import company
from spm.jobs.heartbeat import beating, sign_of_life
from spm.jobs.processes import this_process
from spm.jobs.progress import Cancelled, Progress, TakenAway, ask_to_stop, finish, held
from spm.jobs.sweeping import take_back_if_due
from spm.jobs.works import find
from spm.models import AuditEvent, AuditHead, Job

log = logging.getLogger(__name__)

FAILED = gettext_noop(
    "Something went wrong on our side; the server's log says what. Try again, and tell your administrator"
    " if it fails again."
)

NOT_ALLOWED = gettext_noop("Whoever asked for it may not do so any more. Nothing was changed.")


def enqueue(name: str, *, by, **arguments) -> Job:
    """Write the job's row in the caller's transaction; on commit the bell rings and a worker takes it.

    ``by`` is the user or None; ``arguments`` are ids and plain values, kept as JSON.
    """
    job = _new(name, by, arguments)
    transaction.on_commit(partial(bell.ring, job.pk), robust=True)
    return job


def start_all(names, *, by) -> list[Job]:
    """Enqueue each work of these names, none of which takes arguments."""
    return [enqueue(name, by=by) for name in names]


def note(names, *, by) -> list[Job]:
    """A row for each work of these names in the caller's transaction, to be done by `follow_up`.

    No bell is rung: it would call the worker of this process, which is about to end. Should it end before
    it follows up, a sweep finds them.
    """
    return [_new(name, by, {}) for name in names]


def follow_up(noted: list[Job]) -> list[Job]:
    """Do those whose work is awaited, as `run_now`; the others wait for a worker."""
    for job in noted:
        if find(job.work).awaited:
            run(job.pk, again=False)
            job.refresh_from_db()
    return noted


def run_now(name: str, *, by, **arguments) -> Job:
    """Do the work in this process, before returning: for commands, whose process ends with them.

    The job returned says how it went (``state``, ``result``, ``error``); a failure is logged, not raised,
    and not tried again.
    """
    job = _new(name, by, arguments)
    run(job.pk, again=False)
    job.refresh_from_db()
    return job


def _new(name, by, arguments) -> Job:
    find(name)
    return Job.objects.create(
        work=name, arguments=arguments, by=by, language=translation.get_language() or ""
    )


def answer(pk) -> None:
    """What a worker does at the bell for a job: first lost ones, then this one or else the oldest.

    A lost job would queue up behind every bell that was rung before, however many; and so would the clock's
    call to sweep, which finds it. And a bell that comes too late for its job is still good for another.
    """
    take_back_if_due()
    waiting = Job.objects.filter(state=Job.State.QUEUED, due_at__lte=timezone.now())
    for lost in waiting.filter(failures__gt=0).order_by("due_at").values_list("pk", flat=True):
        run(lost)
    if not run(pk):
        oldest = waiting.order_by("created_at").values_list("pk", flat=True).first()
        if oldest:
            run(oldest)


def run(pk, *, again: bool = True) -> bool:
    """Do the queued job, in the language of who asked; False if another worker has it or it is finished.

    What the work raises unexpectedly is logged and, if ``again``, leads to another try later.
    """
    failures = Job.objects.filter(pk=pk, state=Job.State.QUEUED).values_list("failures", flat=True).first()
    if failures is None:
        return False
    with company(failures):
        job = _claim(pk)
        if job is not None:
            _do(job, again=again)
    return job is not None


def _do(job: Job, *, again: bool) -> None:
    language = translation.override(job.language) if job.language else translation.override(None)
    with language, Progress(job) as progress, beating(job):
        try:
            work = find(job.work)
            if not work.is_open_to(job.by):
                finish(job, Job.State.FAILED, error=NOT_ALLOWED)
                return
            result = work.function(progress, **job.arguments) or {}
        except Cancelled:
            finish(job, Job.State.CANCELLED)
        except TakenAway:
            log.warning("Job %s (%s) was taken by another run; this one stopped.", job.pk, job.work)
        except ValidationError as refused:
            log.warning("Job %s (%s) refused: %s", job.pk, job.work, refused)
            why = {"refused": refusals.kept(refused)}
            finish(job, Job.State.FAILED, error=" ".join(refused.messages), result=why)
        except Exception:
            log.exception("Job %s (%s) failed in try %s.", job.pk, job.work, job.attempt)
            if again:
                tries.after_error(held(job), job)
            else:
                finish(job, Job.State.FAILED, error=FAILED)
        else:
            # the row is closed already where the work did it within its own transaction
            finish(job, Job.State.DONE, result=result)


def _claim(pk) -> Job | None:
    """Only one worker's update finds the row still queued."""
    now = timezone.now()
    # a clock that runs behind delays no first try
    waiting = Job.objects.filter(Q(failures=0) | Q(due_at__lte=now), pk=pk, state=Job.State.QUEUED)
    taken = waiting.update(
        state=Job.State.RUNNING,
        runner=this_process(),
        started_at=now,
        finished_at=None,
        attempt=F("attempt") + 1,
        done=0,
        total=0,
        message="",
        error="",
        **sign_of_life(),
    )
    return Job.objects.select_related("by").get(pk=pk) if taken else None


def cancel(job: Job, *, by) -> None:
    """Stop a waiting job at once and a running one at its next step; a finished one stays as it is."""
    told = ask_to_stop(job.pk)
    with transaction.atomic():
        AuditHead.locked()  # before the job's row, as a run does that ends
        waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
        # one that was told may have stopped while we waited for the database
        states = [Job.State.RUNNING, Job.State.CANCELLED] if told else [Job.State.RUNNING]
        running = Job.objects.filter(pk=job.pk, state__in=states, cancel_asked=False)
        stopped = waiting.update(
            state=Job.State.CANCELLED, cancel_asked=True, finished_at=timezone.now()
        ) or running.update(cancel_asked=True)
        if stopped:
            AuditEvent.record("job.cancelled", job, by=by, work=job.work)
