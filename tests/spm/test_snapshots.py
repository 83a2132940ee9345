"""What is read within one moment stands as it stood then, and nobody who writes waits for it."""

import json
import subprocess
import sys

import pytest

from clients.models import Office
from spm.snapshots import one_moment
from tests.spm.processes import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN_MEANWHILE = """
import json, django
django.setup()
from django.db import connection
from clients.models import Office
from spm.models import Job
from spm.snapshots import one_moment
def name():
    return Office.objects.get().name
with one_moment():
    seen = [name()]
    beside = connection.copy()
    with beside.cursor() as cursor:
        cursor.execute("UPDATE clients_office SET name = 'later'")
    beside.close()
    seen += [name(), Job.objects.count()]
seen.append(name())
try:
    with one_moment():
        raise KeyError
except KeyError:
    Office.objects.update(name="written afterwards")
print(json.dumps([*seen, name()]))
"""


@pytest.fixture
def head_office(transactional_db):
    """In the database before it is copied."""
    return Office.objects.create(code="HEAD", name="before", kind="head")


def test_what_others_write_meanwhile_is_not_seen_and_they_do_not_wait(head_office, database):
    command = [sys.executable, "-c", WRITTEN_MEANWHILE]
    ran = subprocess.run(command, cwd=ROOT, env=database, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == ["before", "before", 0, "later", "written afterwards"]


def test_a_moment_ends_as_soon_as_its_block_does(head_office):
    with one_moment():
        assert list(Office.objects.values_list("name", flat=True)) == ["before"]
    Office.objects.update(name="later")
    assert Office.objects.get().name == "later"
