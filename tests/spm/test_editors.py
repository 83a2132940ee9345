"""Many people edit one record at once, each in a thread: nobody overwrites another unseen."""

import json
import os
import subprocess
import sys

import pytest

from clients.actions.institution import describe_institution
from tests.spm.processes import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

FULL = float(os.environ.get("SPM_EXAMPLES", "1")) >= 1
EDITORS, ROUNDS = 8, 500 if FULL else 20
# In each round all open the form, and all send it: each adds to the number that they saw.
EDITING = """
import collections, html, json, re, sys, threading, django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.db import connection
from django.test import Client
from spm.models import AuditEvent, Institution, User
EDITORS, ROUNDS = map(int, sys.argv[1:])
PAGE = "/clients/institution/"
admin = User.objects.get(username="admin")
together, answers, lock = threading.Barrier(EDITORS, timeout=120), collections.Counter(), threading.Lock()
KEPT = ("name", "version", "seen")
SENT = {"currency": "PEN", "languages": ["en"], "language": "en", "smallest_cell": 5}
def edit(number):
    browser = Client()
    browser.force_login(admin)
    for turn in range(ROUNDS):
        together.wait()
        page = browser.get(PAGE).text
        form = {name: html.unescape(re.search(f'name="{name}" value="([^"]*)"', page)[1]) for name in KEPT}
        together.wait()
        form["name"] = str(int(form["name"]) + 1)
        status = browser.post(PAGE, SENT | form).status_code
        with lock:
            answers[status] += 1
    connection.close()
threads = [threading.Thread(target=edit, args=(number,)) for number in range(EDITORS)]
for thread in threads: thread.start()
for thread in threads: thread.join()
name, lines = Institution.get().name, AuditEvent.objects.filter(verb="institution.changed").count()
print(json.dumps({"answers": answers, "name": name, "lines": lines}))
"""


@pytest.fixture
def described(admin):
    """The number to add to, in the database before it is copied."""
    describe_institution(name="0", currency="PEN", by=None)


def test_of_many_who_send_one_form_at_once_one_is_taken_and_the_others_are_told(described, database):
    code = [sys.executable, "-c", EDITING, str(EDITORS), str(ROUNDS)]
    ran = subprocess.run(code, cwd=ROOT, env=database, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    answers = {"302": ROUNDS, "409": ROUNDS * (EDITORS - 1)}
    assert said == {"answers": answers, "name": str(ROUNDS), "lines": ROUNDS}
