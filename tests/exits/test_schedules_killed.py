"""A report by mail whose process is killed: nothing is lost, and what goes twice is the same mail."""

import json
import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from tests.exits.post_office import post_office
from tests.spm.conftest import shop, tables  # noqa: F401 fixtures
from tests.spm.processes import ROOT, database_url, eventually, process

FULL = float(os.environ.get("SPM_EXAMPLES", "1")) >= 1
HALF = ["-m", "tests.exits.half_mail"]
# By the moment: how the mail server behaves, and how often the second mail is kept in the end.
MOMENTS = {
    "before the server keeps it": ({"silent_at": 2, "drops": True}, 1),
    "kept, before it answers": ({"silent_at": 2}, 2),
    "answered, before the commit": ({}, 2),
}

# The rest differs from these by the server alone, or by the database's own transactions.
SHORT = {"sqlite": list(MOMENTS)[::2], "postgresql": list(MOMENTS)[2:]}


@pytest.fixture
def place(request):
    """The surroundings of processes that share a database: a SQLite file, or the test's own."""
    if connection.vendor == "sqlite":
        return request.getfixturevalue("shop")
    return {"DATABASE_URL": database_url(), "CELERY_BROKER_URL": "memory://"}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.django_db(transaction=True)
def test_a_mail_whose_process_is_killed_is_sent_by_the_next_try_and_twice_only_as_the_same_mail(
    moment, place, tmp_path
):
    if not FULL and moment not in SHORT[connection.vendor]:
        pytest.skip("the full run tries every moment on both databases")
    behaves, kept = MOMENTS[moment]
    with post_office(**behaves) as server:
        environment, held = place | {"EMAIL_URL": server.url}, tmp_path / "held"
        hold = [] if behaves else ["--hold"]
        with process([*HALF, "send", str(tmp_path), *hold], tmp_path / "log", **environment) as sending:
            eventually(lambda: server.went_silent.is_set() or held.exists(), "the second mail")
            os.kill(sending.pid, signal.SIGKILL)
        ran = subprocess.run(
            [sys.executable, *HALF, "resume", str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )
        letters = server.letters
    assert ran.returncode == 0, ran.stderr
    # the state of the job, and lines in the audit trail that somebody was sent the report
    assert [json.loads(line) for line in ran.stdout.splitlines()] == [["queued", 1], ["done", 2]]
    assert [letter.to for letter in letters] == ["first@example.org", *["second@example.org"] * kept]
    assert len({letter.message_id for letter in letters}) == 2
