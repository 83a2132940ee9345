"""A worker inside the web process, for ``CELERY_BROKER_URL=memory://``: no second program to start."""

import logging
import os
import threading
import time

from django.conf import settings
from django.db import connections

from spm.celery import app
from spm.jobs import times

log = logging.getLogger(__name__)

THREADS = 2
START_SECONDS = 15

_lock = threading.Lock()
_pid: int | None = None


def start() -> None:
    """Start the worker once in each process, when there is work: that is after a web server's fork."""
    global _pid  # noqa: PLW0603 a fork copies it, and so notices
    if _pid == os.getpid():
        return
    with _lock:
        if _pid != os.getpid():
            _start_worker()
            _pid = os.getpid()
            threading.Thread(target=_sweep_for_ever, name="job-sweep", daemon=True).start()


def _start_worker() -> None:
    # it would warn that memory:// names no host
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)
    ready = threading.Event()
    app.finalize(auto=True)
    worker = app.WorkController(
        pool="threads",
        concurrency=THREADS,
        hostname=f"embedded@{os.getpid()}",
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        loglevel="WARNING",
        ready_callback=lambda consumer: ready.set(),
    )
    threading.Thread(target=worker.start, name="job-worker", daemon=True).start()
    if not ready.wait(START_SECONDS):
        log.error("The embedded worker is not ready after %s seconds; jobs wait for it.", START_SECONDS)


def _sweep_for_ever() -> None:
    """The first sweep at once: it finds what the process before this one left behind."""
    over = threading.Event()
    due: dict[str, float] = {}
    while True:
        tick(due)
        over.wait(times.sweep())


def tick(due: dict[str, float]) -> None:
    """Do what the schedule asks for by now; ``due`` remembers when each task's turn comes again."""
    for scheduled in settings.CELERY_BEAT_SCHEDULE.values():
        task, now = scheduled["task"], time.monotonic()
        if now < due.get(task, now):
            continue
        due[task] = now + scheduled["schedule"]
        try:
            app.tasks[task]()
        except Exception:
            log.warning("%s failed and is tried again at its next turn.", task, exc_info=True)
        finally:
            connections.close_all()
