"""A large import whose process is killed while it writes."""

import json
import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from tests.clients.portfolio_files import client, loan, write_csv, write_zip
from tests.spm.processes import ROOT, database_url, eventually, process

ROWS = 4000


@pytest.fixture
def place(request, tmp_path) -> dict:
    """The surroundings of processes that share a database: a SQLite file, or the test's own."""
    (tmp_path / "uploads").mkdir()
    ours = (
        request.getfixturevalue("shop")
        if connection.vendor == "sqlite"
        else {"DATABASE_URL": database_url(), "CELERY_BROKER_URL": "memory://"}
    )
    return {**ours, "UPLOAD_DIR": str(tmp_path / "uploads")}


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_half_way_leaves_no_trace_says_so_and_is_written_by_the_next_try(place, tmp_path):
    sheets = {
        "clients": [client(f"C{number}") for number in range(ROWS)],
        "loans": [loan(f"L{number}", f"C{number}") for number in range(ROWS)],
    }
    write_zip(tmp_path / "portfolio.zip", write_csv(tmp_path / "csv", sheets))

    half, half_import = tmp_path / "half", ["-m", "tests.spm.half_import"]
    with process([*half_import, "write", str(tmp_path)], tmp_path / "log", **place) as writing:
        assert eventually(lambda: half.exists() and half.read_text(), "the half of the rows") == str(ROWS)
        os.kill(writing.pid, signal.SIGKILL)
    ran = subprocess.run(
        [sys.executable, *half_import, "resume"],
        cwd=ROOT,
        env={**os.environ, **place},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    again, done = map(json.loads, ran.stdout.splitlines())
    # state, clients, loans, lines in the audit trail, jobs that follow
    # and on the page: that it starts again, with which try, that it is in
    assert again == ["confirmed", 0, 0, 0, 0, [True, True, False]]
    assert done == ["done", ROWS, ROWS, 1, 1, [False, False, True]]
