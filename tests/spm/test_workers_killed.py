"""Jobs happen once in effect, whatever is killed: real workers and web servers, kill -9 at random moments."""

import os
import signal
import sqlite3
from contextlib import closing, suppress
from urllib.request import urlopen

import psutil
import pytest
import redis
from django.db import connection

from spm import jobs
from spm.models import AuditEvent
from tests.spm import storm, works
from tests.spm.processes import database_url, eventually, process, start
from tests.spm.storm import JOBS, KILLS, RESUMED_WITHIN, Storm
from tools.servers import free_port, valkey


def assert_each_change_was_made_once(raged: Storm) -> None:
    """And that the storm was one: enough kills, jobs that ran again, and what kills or raises set aside."""
    changes = raged.ask("SELECT count(*) FROM spm_auditevent WHERE verb = 'written' GROUP BY target")
    assert changes == [(1,)] * JOBS
    ends = raged.ask("SELECT work, state, min(failures), count(*) FROM spm_job GROUP BY work, state")
    assert sorted(ends) == [
        ("tests.broken", "parked", 5, 1),
        ("tests.once", "done", 0, JOBS),
        ("tests.poison", "parked", 5, 1),
    ]
    assert raged.kills == KILLS
    [(tries,)] = raged.ask("SELECT sum(attempt) FROM spm_job WHERE work = 'tests.once'")
    assert tries > JOBS + KILLS // 2
    assert len(raged.waits) > KILLS // 2
    assert max(raged.waits) < RESUMED_WITHIN


# --- memory://: the worker is a thread of the web process ---------------------------------------------------


def test_a_killed_web_server_loses_no_job_and_makes_no_change_twice(shop, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("the embedded worker's pass is SQLite's")
    path, port = shop["DATABASE_URL"].removeprefix("sqlite:///"), free_port()
    web = ["-m", "gunicorn", "tests.spm.web", "--no-control-socket", "-w", "1", "--threads", "4"]
    environment = {**shop, "JOB_LEASE": str(storm.LEASE)}

    def ask(statement):
        with closing(sqlite3.connect(path, timeout=30)) as database:
            return database.execute(statement).fetchall()

    def start_web():
        return start([*web, "-b", f"127.0.0.1:{port}"], tmp_path / "log", **environment)

    def answers(address):
        try:
            with urlopen(f"http://127.0.0.1:{port}{address}", timeout=30) as answer:
                return answer.status
        except OSError:
            return None

    workers = start_web()
    eventually(lambda: answers("/healthz") == 200, "the server's first answer")
    # one of the jobs may kill the server before it answers; that they are written is enough
    answers(f"/ask?count={JOBS}&pause={storm.PAUSE}")
    assert ask("SELECT count(*) FROM spm_job") == [(JOBS + 2,)]
    raged = Storm(ask, start_web)
    raged.rage(workers)
    assert_each_change_was_made_once(raged)


# --- redis://: a Celery worker and a clock as in production -------------------------------------------------


@pytest.fixture
def production(tmp_path):
    """The surroundings of workers on the test's PostgreSQL, with a Valkey that nobody else knows."""
    database = database_url()
    with valkey(tmp_path) as url:
        yield {
            "DATABASE_URL": database,
            "CELERY_BROKER_URL": url,
            "CELERY_QUEUE": tmp_path.name,
            "JOB_LEASE": str(storm.LEASE),
        }


def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [(str(row[0]), *row[1:]) if len(row) > 1 else row for row in cursor.fetchall()]


def strangers(broker) -> list[str]:
    """Connections to the broker that are of no process of this test."""
    clients = [one["addr"] for one in broker.client_list()]
    own = psutil.Process()
    ports = set()
    for one in [own, *own.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            ports |= {socket.laddr.port for socket in one.net_connections("tcp")}
    return [address for address in clients if int(address.rpartition(":")[2]) not in ports]


@pytest.mark.django_db(transaction=True)
def test_killed_workers_and_a_flushed_broker_lose_no_job_and_make_no_change_twice(production, tmp_path):
    worker = ["-m", "celery", "-A", "spm.celery", "worker", "-c", "2", "--include", "tests.spm.works"]
    clock = ["-m", "celery", "-A", "spm.celery", "beat", "--schedule", str(tmp_path / "beat"), "--pidfile="]

    def start_workers():
        return start([*worker, "--without-gossip", "--without-mingle"], tmp_path / "log", **production)

    works.ask_for(JOBS, storm.PAUSE)
    with (
        redis.Redis.from_url(production["CELERY_BROKER_URL"]) as broker,
        process(clock, tmp_path / "log", **production),
    ):
        eventually(lambda: strangers(broker) == [], "a broker of our own")
        raged = Storm(ask, start_workers, in_the_middle=broker.flushall)
        raged.rage(start_workers())
        # nor did a worker of somebody else take part
        eventually(lambda: strangers(broker) == [], "a broker without strangers")
    assert_each_change_was_made_once(raged)


RUN = """
import sys, django
django.setup()
from spm import jobs
import tests.spm.works
jobs.run(sys.argv[1])
"""


@pytest.mark.django_db(transaction=True)
def test_a_stopped_process_loses_its_job_within_a_minute_and_writes_nothing_when_it_goes_on(tmp_path):
    # the lease of production in the full run
    environment = {"DATABASE_URL": database_url(), "JOB_LEASE": "30" if storm.FULL else str(storm.LEASE)}
    job = jobs.enqueue("tests.late", by=None, wait=1)

    def state():
        job.refresh_from_db()
        return job.state

    def taken_back():
        jobs.sweep()
        return state() == "queued"

    with process(["-c", RUN, str(job.pk)], tmp_path / "log", **environment) as stopped:
        eventually(lambda: state() == "running", "the first run")
        os.kill(stopped.pid, signal.SIGSTOP)
        eventually(taken_back, "the end of the lease", RESUMED_WITHIN)
        jobs.run(job.pk)
        os.kill(stopped.pid, signal.SIGCONT)
        assert stopped.wait(30) == 0
    assert (state(), job.attempt, list(job.effects.values_list("key", "attempt"))) == (
        "done",
        2,
        [("written", 2)],
    )
    assert AuditEvent.objects.filter(verb="written").count() == 1
    assert "was taken by another run" in (tmp_path / "log").read_text()
