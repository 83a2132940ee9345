import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tools.servers import open_to_all

SERVERS = [sys.executable, settings.BASE_DIR / "tools/servers.py", "--"]

# What the command beside the servers does: use both, then say where they are.
USES_BOTH = """
import os, psycopg2, redis
with psycopg2.connect(os.environ["DATABASE_URL"]) as database:
    cursor = database.cursor()
    cursor.execute("SHOW server_version_num")
    print(int(cursor.fetchone()[0]) >= 150000)
print(redis.Redis.from_url(os.environ["CELERY_BROKER_URL"]).ping())
print(os.environ["CELERY_QUEUE"])
raise SystemExit(7)
"""


@pytest.fixture
def place():
    """Where the servers put their folder. Not pytest's own, which is closed to PostgreSQL's user."""
    folder = Path(tempfile.mkdtemp(prefix="spm-test-servers-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def servers_in(place):
    """Processes that run from, or in, the folder."""
    running = psutil.process_iter(["cmdline"])
    return [process.pid for process in running if str(place) in " ".join(process.info["cmdline"] or ())]


def test_the_command_finds_both_servers_and_its_exit_code_is_passed_on(place):
    ran = subprocess.run(
        [*SERVERS, sys.executable, "-c", USES_BOTH],
        env={**os.environ, "TMPDIR": str(place)},
        capture_output=True,
        text=True,
    )
    postgres, valkey, queue = ran.stdout.split()
    assert (postgres, valkey, ran.returncode) == ("True", "True", 7)
    assert queue.startswith("spm-servers-")
    assert (servers_in(place), list(place.iterdir())) == ([], [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_the_run_is_broken_off(place, number):
    process = subprocess.Popen(
        [*SERVERS, "sh", "-c", "echo started; exec sleep 60"],
        env={**os.environ, "TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout.readline() == "started\n"
    assert servers_in(place) != []
    process.send_signal(number)
    assert process.wait(60) == 128 + number
    process.stdout.close()
    assert (servers_in(place), list(place.iterdir())) == ([], [])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_servers_end_even_when_the_run_is_killed(place):
    process = subprocess.Popen(
        [*SERVERS, "sh", "-c", "echo started; exec sleep 60"],
        env={**os.environ, "TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "started\n"
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 15
    while servers_in(place) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert servers_in(place) == []


def test_a_folder_below_a_private_one_is_not_open_to_all(tmp_path):
    (tmp_path / "private/below").mkdir(parents=True)
    (tmp_path / "private").chmod(0o700)
    assert open_to_all(tmp_path / "private/below") is False
