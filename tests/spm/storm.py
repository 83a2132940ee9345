"""Workers killed at random while they work off jobs, and what came of the jobs."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from tests.spm.processes import end

FULL = float(os.environ.get("SPM_EXAMPLES", "1")) >= 1
JOBS = 500 if FULL else 50
KILLS = JOBS // 5
PAUSE = 0.04
LEASE = 3
# The promise: a job whose process was killed is at work again, in seconds.
RESUMED_WITHIN = 60
PATIENCE = 60 + JOBS


@dataclass
class Storm:
    """``ask`` reads the shared database by SQL; ``start_workers`` starts all that works; chance is seeded."""

    ask: Callable[[str], list[tuple]]
    start_workers: Callable[[], subprocess.Popen]
    in_the_middle: Callable[[], None] = lambda: None
    kills: int = 0
    waits: list[float] = field(default_factory=list)
    _hit: dict = field(default_factory=dict)

    def rage(self, workers: subprocess.Popen) -> None:
        """Kill until it is enough, then let the workers come to an end with every job."""
        chance = random.Random(6)
        deadline = time.monotonic() + PATIENCE
        try:
            next_kill = time.monotonic()
            while (open_jobs := self.look()) and time.monotonic() < deadline:
                time.sleep(0.05)
                if self.kills < KILLS and time.monotonic() > next_kill and (at_work := self.at_work()):
                    if self.kills == KILLS // 2:
                        self.in_the_middle()
                    workers = self.strike(chance.choice(at_work), workers)
                    next_kill = time.monotonic() + chance.uniform(0.1, 0.8)
            assert open_jobs == 0
        finally:
            end(workers)

    def look(self) -> int:
        """How many jobs are not finished; those hit before that run again, or are over, are noted."""
        rows = self.ask("SELECT id, attempt, state FROM spm_job")
        for pk, attempt, state in rows:
            hit = self._hit.get(pk)
            if hit and (state not in {"queued", "running"} or (state == "running" and attempt > hit[0])):
                self.waits.append(time.monotonic() - self._hit.pop(pk)[1])
        return sum(state in {"queued", "running"} for _pk, _attempt, state in rows)

    def at_work(self) -> list[tuple]:
        """Jobs in a living process, as (id, attempt, pid); none so often hit that it might be set aside."""
        rows = self.ask(
            "SELECT id, attempt, runner FROM spm_job"
            " WHERE state = 'running' AND work = 'tests.once' AND failures < 2 ORDER BY id"
        )
        jobs = [(pk, attempt, int(runner.split(":")[1])) for pk, attempt, runner in rows]
        return [job for job in jobs if job[0] not in self._hit and psutil.pid_exists(job[2])]

    def strike(self, job: tuple, workers: subprocess.Popen) -> subprocess.Popen:
        """Kill the job's own process or, each fifth time, all workers, and start new ones."""
        pk, attempt, pid = job
        self.kills += 1
        self._hit[pk] = (attempt, time.monotonic())
        if self.kills % 5 == 0:
            end(workers)
            return self.start_workers()
        os.kill(pid, signal.SIGKILL)
        return workers
