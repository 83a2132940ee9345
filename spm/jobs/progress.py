"""How a running job tells where it is, and learns that it shall stop.

Where a step is written
    Between transactions: into the job's row, at once.
    Inside the work's own transaction on PostgreSQL: into the row, by a second connection that others see.
    Inside it on SQLite: nowhere, for SQLite has one writer, and a second connection would wait for the first.
    The step is kept in memory, where pages of the same process read it (``live``), and goes into the row
    after the transaction. So do the long part of a work outside of its transaction.
Asked to stop, ``step`` raises ``Cancelled``; the transaction around it is rolled back.
"""

import time
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from spm.models import Job

# Rows are not written more often than this, in seconds, however often the work steps.
PAUSE = 0.5


class Cancelled(Exception):
    """The user asked to stop."""


class TakenAway(Exception):
    """Somebody else holds the job now: this run was thought dead and must change nothing more."""


@dataclass(frozen=True)
class Step:
    done: int
    total: int
    message: str


# Of the jobs that run in this process: the latest step, and which shall stop.
_live: dict[object, Step] = {}
_stop: set[object] = set()


def live(job) -> Job:
    """The job with its latest step, if it runs in this process; else as its row has it."""
    step = _live.get(job.pk)
    if step and job.state == Job.State.RUNNING:
        job.done, job.total, job.message = step.done, step.total, step.message
    return job


def ask_to_stop(pk) -> bool:
    """Reach the job at once if it runs in this process, even while its transaction shuts others out."""
    if pk in _live:
        _stop.add(pk)
    return pk in _stop


class Progress:
    """Handed to the work: ``step`` for loops, ``by`` for actions, ``finish`` for the end of a transaction."""

    def __init__(self, job: Job):
        self.job = job
        self.by = job.by
        self.finished = False
        self._depth = len(connection.atomic_blocks)
        self._side = None
        self._written_at = None

    def __enter__(self):
        _live[self.job.pk] = Step(0, 0, "")
        return self

    def __exit__(self, *exception):
        _live.pop(self.job.pk, None)
        _stop.discard(self.job.pk)
        if self._side:
            self._side.close()

    def step(self, done: int, total: int, message: str = "") -> None:
        """``done`` of ``total`` (both in the work's own unit) are behind us.

        Raises ``Cancelled`` when the user asked to stop, ``TakenAway`` when another run holds the job.
        """
        if self.finished:
            return
        _live[self.job.pk] = Step(done, total, str(message)[:200])
        if self.job.pk in _stop:
            raise Cancelled
        now = time.monotonic()
        if self._written_at is None or done >= total or now - self._written_at >= PAUSE:
            self._written_at = now
            self._write(_live[self.job.pk])

    def finish(self, result: dict | None = None) -> None:
        """Mark the job done within the caller's transaction, so that effect and mark are one.

        A run that died between its effect and its mark would otherwise be repeated. Raises as ``step`` does.
        """
        self._check(finish(self.job, Job.State.DONE, result=result or {}, unless_asked=True))
        self.finished = True

    def _write(self, step: Step) -> None:
        inside = len(connection.atomic_blocks) > self._depth
        if not inside:
            held = self._held().filter(cancel_asked=False)
            self._check(
                held.update(done=step.done, total=step.total, message=step.message, heartbeat=timezone.now())
            )
        elif connection.vendor == "postgresql" and self._depth == 0:
            self._check(self._write_beside(step))

    def _held(self):
        return Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempt=self.job.attempt)

    def _write_beside(self, step: Step) -> int:
        self._side = self._side or connection.copy()
        with self._side.cursor() as cursor:
            cursor.execute(
                "UPDATE spm_job SET done = %s, total = %s, message = %s, heartbeat = %s"
                " WHERE id = %s AND state = 'running' AND attempt = %s AND NOT cancel_asked",
                [step.done, step.total, step.message, timezone.now(), self.job.pk, self.job.attempt],
            )
            return cursor.rowcount

    def _check(self, written: int) -> None:
        if not written:
            raise Cancelled if self._held().filter(cancel_asked=True).exists() else TakenAway


class Quiet:
    """Stands in for ``Progress`` where no job is behind the work: commands and tests."""

    by = None

    def step(self, done: int, total: int, message: str = "") -> None:
        pass

    def finish(self, result: dict | None = None) -> None:
        pass


def finish(job: Job, state: str, *, unless_asked: bool = False, **fields) -> int:
    """Close the row if this run still holds it; how many rows that were."""
    held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)
    if unless_asked:
        held = held.filter(cancel_asked=False)
    return held.update(state=state, finished_at=timezone.now(), heartbeat=timezone.now(), **fields)


def interrupted_words() -> str:
    return _("The server stopped while this ran, more than once. Nothing was kept of the last try.")
