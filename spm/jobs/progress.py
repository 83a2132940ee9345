"""How a running job tells where it is, makes its changes once, and learns that it shall stop.

Where a step is written
    Between transactions: into the job's row, at once.
    Inside the work's own transaction on PostgreSQL: into the row, by a second connection that others see.
    Inside it on SQLite: nowhere, for SQLite has one writer, and a second connection would wait for the first.
    The step is kept in memory, where pages of the same process read it (``live``), and goes into the row
    after the transaction. So do the long part of a work outside of its transaction.
Asked to stop, ``step`` raises ``Cancelled``; the transaction around it is rolled back.
"""

import time
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from spm.jobs.heartbeat import sign_of_life
from spm.models import Job, JobEffect

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


def runs_here(pk) -> bool:
    """Is the job at work in this process?"""
    return pk in _live


def ask_to_stop(pk) -> bool:
    """Reach the job at once if it runs in this process, even while its transaction shuts others out."""
    if pk in _live:
        _stop.add(pk)
    return pk in _stop


class Progress:
    """Handed to the work: ``step`` for loops, ``effect`` around each change, ``finish`` to end in one."""

    def __init__(self, job: Job):
        self.job = job
        self.by = job.by
        self.finished = False
        self._depth = len(connection.atomic_blocks)
        self._reads = False
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

    @contextmanager
    def reading(self):
        """While rows are read bit by bit, outside of a transaction.

        On SQLite steps stay in memory then: a connection that reads may not write once others have written.
        """
        self._reads = True
        try:
            yield
        finally:
            self._reads = False

    @contextmanager
    def effect(self, key: str):
        """The transaction of a change that this job makes once, however often it runs.

        Yields True; False where an earlier run made the change, and there is nothing to do. The key, a plain
        name of the change, is written with it. A second run at the same time waits here for the first. What
        a run writes that lost the job meanwhile is rolled back: raises as ``step`` does, at the end.
        """
        if len(connection.atomic_blocks) > self._depth:
            raise RuntimeError("An effect is a transaction of its own: the check at its end must come last.")
        with transaction.atomic():
            _effect, is_first = JobEffect.objects.get_or_create(
                job=self.job, key=key, defaults={"attempt": self.job.attempt}
            )
            yield is_first
            if not self.finished:
                self._check(self._held().filter(cancel_asked=False).update(**sign_of_life()))

    def finish(self, result: dict | None = None) -> None:
        """Mark the job done within the transaction of its last change, so that change and mark are one.

        Raises as ``step`` does.
        """
        self._check(finish(self.job, Job.State.DONE, result=result or {}, unless_asked=True))
        self.finished = True

    def _write(self, step: Step) -> None:
        if self._reads and connection.vendor == "sqlite":
            return
        inside = len(connection.atomic_blocks) > self._depth
        if not inside:
            held = self._held().filter(cancel_asked=False)
            self._check(held.update(done=step.done, total=step.total, message=step.message, **sign_of_life()))
        elif connection.vendor == "postgresql" and self._depth == 0:
            self._check(self._write_beside(step))

    def _held(self):
        return held(self.job)

    def _run(self) -> tuple:
        return self.job.pk, self.job.attempt

    def _write_beside(self, step: Step) -> int:
        self._side = self._side or connection.copy()
        with self._side.cursor() as cursor:
            cursor.execute(
                "UPDATE spm_job SET done = %s, total = %s, message = %s, heartbeat = %s, locked_until = %s"
                " WHERE id = %s AND state = 'running' AND attempt = %s AND NOT cancel_asked",
                [*(step.done, step.total, step.message), *sign_of_life().values(), *self._run()],
            )
            return cursor.rowcount

    def _check(self, written: int) -> None:
        if not written:
            raise Cancelled if self._held().filter(cancel_asked=True).exists() else TakenAway


class Quiet:
    """Stands in for ``Progress`` where no job is behind the work: commands and tests."""

    by = None

    @contextmanager
    def reading(self):
        yield

    def step(self, done: int, total: int, message: str = "") -> None:
        pass

    @contextmanager
    def effect(self, key: str):
        with transaction.atomic():
            yield True

    def finish(self, result: dict | None = None) -> None:
        pass


def held(job: Job):
    """The job's row, as long as this run holds it."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)


def finish(job: Job, state: str, *, unless_asked: bool = False, **fields) -> int:
    """Close the row if this run still holds it; how many rows that were."""
    row = held(job).filter(cancel_asked=False) if unless_asked else held(job)
    return row.update(state=state, finished_at=timezone.now(), heartbeat=timezone.now(), **fields)
