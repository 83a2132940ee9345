"""Who finds which complaint where: roles by sensitivity by whom it names, in page, list, count and file."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from feedback.models import Complaint, Sensitivity
from spm.access import Role
from spm.models import AuditEvent
from tests.conftest import member
from tests.feedback.steps import category, go, receive

pytestmark = pytest.mark.django_db

LIST = reverse("feedback:complaint-list")
WORD, NAME = "canaryqofxtext", "canaryqofxname"
READERS = {
    Sensitivity.ORDINARY: {"manager", "region", "branch-manager", "desk", "protection"},
    Sensitivity.CONFIDENTIAL: {"desk", "protection"},
    Sensitivity.RESTRICTED: {"desk"},
}
# Whom it names -> who does not read it for that.
NAMED = {
    "": set(),
    "officer": {"region", "branch-manager"},
    "branch-manager": {"region", "branch-manager"},
    "region": {"region"},
    "manager": {"manager"},
    "desk": {"desk"},
    "protection": {"protection"},
}


@pytest.fixture
def people(office, far_office, manager, branch_manager, officer, admin, assessor, desk, protection, nobody):
    region = member("region", Role.MANAGER, office.parent)
    far = member("far", Role.MANAGER, far_office)
    cast = (manager, branch_manager, officer, admin, assessor, desk, protection, nobody, region, far)
    return {user.username: user for user in cast}


def body(response) -> str:
    parts = response.streaming_content if response.streaming else [response.content]
    return b"".join(parts).decode(errors="replace")


def counted(page: str) -> str:
    """What the list says of how many there are, and of how many are overdue."""
    return " ".join(re.findall(r'role="status"><strong>(.*?)</p>', page, re.DOTALL))


@pytest.mark.parametrize("sensitivity", Sensitivity)
@pytest.mark.parametrize("named", NAMED)
def test_nobody_else_finds_it_in_page_list_count_filter_or_file(client, people, office, sensitivity, named):
    before = {}
    for name, user in people.items():
        client.force_login(user)
        before[name] = counted(body(client.get(LIST, {"state": "all"})))
    row = receive(office=office, text=WORD, name=NAME)
    kind = category("canary", sensitivity=sensitivity)
    about = people.get(named)
    row = go(row, "sort_complaint", category=kind, about_user=about, note=f"note {WORD}", by=None)
    past = row.clock_from - dt.timedelta(days=1)
    Complaint.objects.filter(pk=row.pk).update(due_on=past, level_due_on=past)
    page = reverse("feedback:complaint-detail", args=[row.pk])
    change = reverse("feedback:complaint-change", args=[row.pk])
    read = READERS[sensitivity] - NAMED[named]
    for name, user in people.items():
        client.force_login(user)
        listed = client.get(LIST, {"state": "all"})
        answers = {
            "page": client.get(page),
            "who": client.get(page, {"who": "shown"}),
            "change": client.get(change),
            "list": listed,
            "filtered": client.get(LIST, {"state": "all", "category": "canary", "due": "overdue"}),
            "file": client.get(LIST, {"state": "all", "export": "csv"}),
            "home": client.get("/"),
        }
        found = {key: body(answer) for key, answer in answers.items()}
        reads = name in read
        told = {key: WORD in text or row.number in text for key, text in found.items()}
        expected = {"page", "who", "change", "list", "filtered", "file"} if reads else set()
        assert {key for key, seen in told.items() if seen} == expected, name
        assert {key for key, text in found.items() if NAME in text} == (
            {"who"} if reads and name == "desk" else set()
        ), name
        assert (counted(found["list"]) != before[name]) == reads, name
        if not reads:
            assert {answers[key].status_code for key in ("page", "who", "change")} <= {403, 404}
    lines = " ".join(f"{line.target} {line.details}" for line in AuditEvent.objects.all())
    assert [word in lines for word in (WORD, NAME, row.number)] == [False] * 3


def test_reading_who_complained_leaves_its_line(client, desk, office):
    row = receive(office=office, name=NAME)
    client.force_login(desk)
    page = reverse("feedback:complaint-detail", args=[row.pk])
    body(client.get(page))
    assert AuditEvent.objects.filter(verb="complainant.read").count() == 0
    assert NAME in body(client.get(page, {"who": "shown"}))
    line = AuditEvent.objects.get(verb="complainant.read")
    assert (line.by, line.target) == (desk, f"feedback.Complaint:{row.pk}")
