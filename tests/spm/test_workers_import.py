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

FULL = float(os.environ.get("SPM_EXAMPLES", "1")) >= 1
ROWS = 4000 if FULL else 1000


@pytest.fixture
def place(request, tmp_path) -> dict:
    """The surroundings of processes that share a database: a SQLite file, or the test's own."""
    for name in ("uploads", "inbox"):
        (tmp_path / name).mkdir()
    ours = (
        request.getfixturevalue("shop")
        if connection.vendor == "sqlite"
        else {"DATABASE_URL": database_url(), "CELERY_BROKER_URL": "memory://"}
    )
    folders = {"UPLOAD_DIR": tmp_path / "uploads", "IMPORT_WATCH_DIR": tmp_path / "inbox"}
    return {**ours, **{name: str(folder) for name, folder in folders.items()}}


AGAIN = "It starts again from the beginning by itself."
STOPPED, TRIED = "The server stopped while this ran.", "try 2 starts by itself soon"
# By each road: the import before and after, and what its page says then.
ROADS = {
    "web": ((["confirmed"], [AGAIN, STOPPED, TRIED]), (["done"], ["The file is in"])),
    "watched": (([], [STOPPED, TRIED]), (["done"], ["The file is in"])),
    "command": (([], []), (["done"], [])),
}


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.django_db(transaction=True)
def test_an_import_killed_half_way_leaves_no_trace_says_so_and_is_written_by_the_next_try(
    road, place, tmp_path
):
    if not FULL and road != "web" and connection.vendor != "sqlite":
        pytest.skip("the other roads write by the same transaction; the full run tries them here too")
    sheets = {
        "clients": [client(f"C{number}") for number in range(ROWS)],
        "loans": [loan(f"L{number}", f"C{number}") for number in range(ROWS)],
    }
    write_zip(tmp_path / "inbox" / "portfolio.zip", write_csv(tmp_path / "csv", sheets))
    (tmp_path / "inbox" / "portfolio.zip.done").touch()

    half, half_import = tmp_path / "half", ["-m", "tests.spm.half_import"]
    with process([*half_import, "write", road, str(tmp_path)], tmp_path / "log", **place) as writing:
        assert eventually(lambda: half.exists() and half.read_text(), "the half of the rows") == str(ROWS)
        os.kill(writing.pid, signal.SIGKILL)
    ran = subprocess.run(
        [sys.executable, *half_import, "resume", road, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, **place},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    again, done = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("[")]
    (before, said_before), (after, said_after) = ROADS[road]
    # states, clients, loans, lines in the audit trail, jobs that follow, what is said
    assert again == [before, 0, 0, 0, 0, said_before]
    assert done == [after, ROWS, ROWS, 1, 1, said_after]
    # a command has no page, so it says so before it begins
    assert ("nothing was written" in (tmp_path / "log").read_text()) == (road == "command")
