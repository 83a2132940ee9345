"""Processes of the project that a test starts, looks at and kills."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tools.servers import dying_with_parent

ROOT = Path(settings.BASE_DIR)


@contextmanager
def process(arguments: list, log: Path, **environment):
    """A Python process of the project until the block ends, then killed with its children."""
    started = start(arguments, log, **environment)
    try:
        yield started
    finally:
        end(started)


def start(arguments: list, log: Path, **environment) -> subprocess.Popen:
    with log.open("ab") as output:
        return subprocess.Popen(
            dying_with_parent([sys.executable, *arguments]),
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def end(started: subprocess.Popen) -> None:
    """Kill it with its whole group, as when a machine's plug is pulled."""
    with suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait()


def eventually(found: Callable, what: str, patience: float = 60):
    """The first true value of ``found()`` within a minute."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.05)
    pytest.fail(f"{what} did not happen within {patience} seconds")


def surroundings(database: Path) -> dict:
    """The environment of processes that share a SQLite file and have their workers within."""
    return {
        "DATABASE_URL": f"sqlite:///{database}",
        "CELERY_BROKER_URL": "memory://",
        "DJANGO_SETTINGS_MODULE": "spm.settings",
        "PYTHONPATH": str(ROOT),
    }


def database_url() -> str:
    """That of the test database, for another process."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        pytest.skip("a worker in another process does not see a database in memory")
    login = f"{at['USER']}:{at['PASSWORD']}@" if at["PASSWORD"] else f"{at['USER']}@"
    return f"postgres://{login}{at['HOST']}:{at['PORT']}/{at['NAME']}"
