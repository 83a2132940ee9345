"""Lists under load: `python bench/under_load.py [--clients 1000000] [--seconds 600]` (20,000, 90 by default).

Fills an institution and serves it by gunicorn as production would; by the same command, beside it, a list as
anybody writes one with Django (see kit/bare.py). Asks both in turns over as many connections as are answered
at a time: every list in turn, as everybody who may open it, a full page each.

The last line is JSON. Ends with 1 if one of our lists answers less than 75 % of the bare list's requests a
second, if any answer is not 200, or if the memory of the workers grows by more than 5 %.
On PostgreSQL: `tools/servers.py -- python bench/under_load.py`.
"""

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from statistics import median

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from kit import ROOT
from kit.institution import AS_OF, FIRST, PEOPLE, fill

from clients.models import ImportBatch, Membership, Office
from exits import actions
from spm.access import Role
from spm.models import AuditEvent, Job, User
from tools.servers import free_port

LEAST, MOST_GROWTH = 0.75, 1.05
WORKERS, THREADS, ROUNDS = 2, 4, 4
CONNECTIONS = WORKERS * THREADS
LISTS = (
    "/clients/",
    "/clients/?q=quispe",
    "/exits/counted/?count=exits",
    "/exits/counted/?count=E",
    "/exits/counted/?count=D",
    "/exits/watch/",
    "/exits/overdue/",
    "/jobs/",
    "/audit/",
    "/clients/imports/",
    "/clients/people/",
)
PAGE = 50


def full_pages() -> None:
    """More than a page of jobs of everybody's, of imports, of people and of lines in the trail."""
    head = Office.head()
    for user in list(User.objects.all()):
        Job.objects.bulk_create(
            Job(work="exits.rebuild_spells", state=Job.State.DONE, by=user) for _job in range(PAGE + 10)
        )
    ImportBatch.objects.bulk_create(
        ImportBatch(source="bench", state=ImportBatch.State.DONE, data_as_of=AS_OF) for _batch in range(PAGE)
    )
    people = User.objects.bulk_create(User(username=f"person{number}") for number in range(PAGE))
    Membership.objects.bulk_create(
        Membership(user=user, role=Role.OFFICER, office=head, valid_from=FIRST) for user in people
    )
    for _line in range(PAGE):
        AuditEvent.record("signed_in", head, by=None)


def signed_in(username: str) -> str:
    """The cookie of a person who has signed in."""
    user = User.objects.get(username=username)
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
    )
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextmanager
def served(application: str):
    """The port where gunicorn serves it, and the process."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--no-control-socket", "--log-level", "error"]
    command += ["-w", str(WORKERS), "--threads", str(THREADS), "-b", f"127.0.0.1:{port}"]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "bench")])
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths})
    try:
        for _ in range(300):
            with suppress(OSError):
                http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
                break
            time.sleep(0.1)
        yield port, server
    finally:
        server.terminate()
        server.wait(20)


def load(port: int, path: str, cookie: str, seconds: float) -> tuple[float, int]:
    """Answers a second, and how many were wrong, of as many connections as are answered at a time."""
    counts, wrong, until = [0] * CONNECTIONS, [0] * CONNECTIONS, time.monotonic() + seconds

    def ask(place):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < until:
            link.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
            answer = link.getresponse()
            answer.read()
            counts[place] += 1
            wrong[place] += answer.status != HTTPStatus.OK

    begun = time.monotonic()
    threads = [threading.Thread(target=ask, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - begun), sum(wrong)


def opens(port: int, path: str, cookie: str) -> bool:
    """Is the list open to whoever has the cookie?"""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", path, headers={"Cookie": cookie})
    return link.getresponse().status != HTTPStatus.FORBIDDEN


def memory(server: subprocess.Popen) -> int:
    """Bytes that the workers hold."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
    pages = [Path(f"/proc/{pid}/status").read_text(encoding="ascii") for pid in children]
    return sum(int(re.search(r"VmRSS:\s+(\d+)", page)[1]) * 1024 for page in pages)


def measure(clients: int, seconds: float) -> dict:
    fill(clients)
    actions.rebuild_spells(by=None)
    full_pages()
    people = {name: signed_in(name) for name in PEOPLE}
    connection.close()
    rates, bare_rates, errors = defaultdict(list), [], 0
    with served("spm.wsgi") as (port, server), served("kit.bare") as (bare_port, _bare):
        asked = [(name, path) for name in people for path in LISTS if opens(port, path, people[name])]
        each = seconds / ROUNDS / (2 * len(asked))
        for name, path in asked:  # caches warm, before memory is looked at
            load(port, path, people[name], 1)
        load(bare_port, "/", people["manager"], 1)
        before = memory(server)
        for _ in range(ROUNDS):
            for name, path in asked:
                rate, wrong = load(port, path, people[name], each)
                bare, wrong_bare = load(bare_port, "/", people[name], each)
                rates[name, path].append(rate / bare)
                bare_rates.append(bare)
                errors += wrong + wrong_bare
        after = memory(server)
    shares = {f"{name} {path}": round(median(found), 2) for (name, path), found in rates.items()}
    return {
        "bench": "requests",
        "database": connection.vendor,
        "clients": clients,
        "seconds": seconds,
        "bare_per_second": round(median(bare_rates), 1),
        "shares_of_bare": shares,
        "errors": errors,
        "memory_growth": round(after / before, 3),
    }


def holds(found: dict) -> bool:
    shares = found["shares_of_bare"].values()
    return min(shares) >= LEAST and not found["errors"] and found["memory_growth"] <= MOST_GROWTH


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=90)
    given = parser.parse_args()
    result = measure(given.clients, given.seconds)
    print(json.dumps(result))
    sys.exit(0 if holds(result) else 1)
