"""Forms of the field under everything that befalls a server: sent at once, cut off, killed."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from urllib.parse import urlencode

import psutil
import pytest
from django.test import Client as Browser

from tests.portal import Portal
from tests.spm.processes import ROOT, end, eventually, start
from tools.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)

FULL = float(os.environ.get("SPM_EXAMPLES", "1")) >= 1
AT_ONCE = 50
CUTS = 100 if FULL else 20
KILLS = 20 if FULL else 4
SENDERS = 4
PAGE = "/exits/contacts/new/"
TOKEN = "a" * 32

TOGETHER = """
import json, multiprocessing, sys, django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.db import connection
from django.test import Client
COUNT, PAGE, SESSION, SAID = int(sys.argv[1]), sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
fork = multiprocessing.get_context("fork")
together, answers = fork.Barrier(COUNT), fork.SimpleQueue()
def send():
    browser = Client()
    browser.cookies["sessionid"] = SESSION
    together.wait()
    answer = browser.post(PAGE, SAID, headers={"Accept": "application/json"})
    answers.put((answer.status_code, answer.text))
    connection.close()
Client().get("/healthz")
connection.close()
processes = [fork.Process(target=send) for _ in range(COUNT)]
for process in processes: process.start()
print(json.dumps([answers.get() for _ in processes]))
for process in processes: process.join()
"""
COUNTED = """
import json, django
django.setup()
from exits.models import Contact
from spm.models import AuditEvent, Submission
lines = AuditEvent.objects.filter(verb="contact.recorded")
print(json.dumps({
    "contacts": sorted(str(pk) for pk in Contact.objects.values_list("pk", flat=True)),
    "lines": sorted(line.target.partition(":")[2] for line in lines),
    "answers": {str(row.pk): row.answer for row in Submission.objects.all()},
}))
"""


@pytest.fixture
def session(officer):
    browser = Browser()
    browser.force_login(officer)
    return browser.cookies["sessionid"].value


@pytest.fixture
def note(resting):
    """What an officer writes, under a number of its own."""
    said = {"client": resting.external_id, "how": "call", "result": "reached"}
    return lambda: said | {"uuid": str(uuid.uuid4())}


def run(code: str, environment: dict, *arguments: str):
    command = [sys.executable, "-c", code, *arguments]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def counted(environment) -> dict:
    """What is stored; and that nothing of it is half there."""
    found = run(COUNTED, environment)
    assert found["contacts"] == found["lines"] == sorted(found["answers"])
    return found


def test_of_many_processes_that_send_one_form_at_once_each_is_given_the_same_answer(note, session, database):
    said = note()
    answers = run(TOGETHER, database, str(AT_ONCE), PAGE, session, json.dumps(said))
    found = counted(database)
    assert answers == [[201, found["answers"][said["uuid"]]]] * AT_ONCE
    assert found["contacts"] == [said["uuid"]]


@pytest.fixture
def web(database, tmp_path):
    """A server on this database that can be killed and started again: ``web.url``, ``web.strike()``."""
    served = Web(database, tmp_path)
    yield served
    end(served.process)


class Web:
    def __init__(self, environment, folder):
        self.port, self.environment, self.log = free_port(), environment, folder / "log"
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = ["-m", "gunicorn", "spm.wsgi", "--preload", "--no-control-socket", "-w", "2"]
        command += ["--threads", "2", "-b", f"127.0.0.1:{self.port}"]
        self.process = start(command, self.log, **self.environment)
        eventually(self.answers, "the server's first answer")

    def answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def strike(self, whole: bool, chance: random.Random) -> None:
        """Kill one that answers requests; or all, and start anew."""
        if whole:
            end(self.process)
            self.start()
            return
        workers = psutil.Process(self.process.pid).children(recursive=True)
        if workers:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers).pid, signal.SIGKILL)


def send(url: str, session: str, said: dict) -> tuple[int, str] | None:
    """The answer, None where none came."""
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
    }
    line = http.client.HTTPConnection(url.partition("//")[2], timeout=60)
    try:
        line.request("POST", PAGE, urlencode(said), headers)
        with line.getresponse() as answer:
            return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def test_whose_answer_was_cut_off_is_given_the_first_one_with_the_next_try(note, session, web):
    portal, notes = Portal(web.url), [note() for _ in range(CUTS)]
    answers = {}
    for said in notes:
        portal.mode = "cut"
        assert send(portal.url, session, said) is None
        portal.mode = "pass"
        answers[said["uuid"]] = send(portal.url, session, said)
    portal.close()
    found = counted(web.environment)
    assert answers == {key: (201, answer) for key, answer in found["answers"].items()}
    assert len(found["contacts"]) == CUTS


def test_what_a_killed_server_acknowledged_is_there_and_nothing_is_half_written(note, session, web):
    acknowledged, tried, over = {}, [], threading.Event()

    def officer():
        while not over.is_set():
            said = note()
            tried.append(said)
            answer = send(web.url, session, said)
            if answer and answer[0] == 201:
                acknowledged[said["uuid"]] = answer[1]
            elif answer is None:
                time.sleep(0.05)

    officers = [threading.Thread(target=officer) for _ in range(SENDERS)]
    for one in officers:
        one.start()
    chance = random.Random(4)
    for kill in range(1, KILLS + 1):
        enough = len(acknowledged) + SENDERS
        eventually(lambda enough=enough: len(acknowledged) >= enough, "a few answers")
        time.sleep(chance.uniform(0, 0.2))
        web.strike(whole=kill % 4 == 0, chance=chance)
    over.set()
    for one in officers:
        one.join()
    found = counted(web.environment)
    lost = {key for key, answer in acknowledged.items() if found["answers"].get(key) != answer}
    assert lost == set()
    assert len(tried) > len(acknowledged)
    # Whoever got no answer sends it again, and it is there once.
    for said in tried:
        if said["uuid"] not in acknowledged:
            status, answer = send(web.url, session, said)
            assert (status, json.loads(answer)["uuid"]) == (201, said["uuid"])
    assert counted(web.environment)["contacts"] == sorted(said["uuid"] for said in tried)
