"""Nothing that is shown as a table stays on the screen: templates are read, and every export is taken."""

import html
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.utils import timezone

from clients.models import ChangeSet, Client, ClientMerge, ImportBatch, ImportProfile, Office
from exits.actions import analyse_exits, draw_leavers, record_contact
from exits.models import ExitDefinition, InterviewWords, LeaverSample, ReportSchedule, SampledLeaver
from feedback.models import Complaint
from spm.access import Role
from spm.models import AuditEvent, Job, PreparedFile, SubmissionConflict
from tests.conftest import lasting, make_first_lists, member, north_branch, south_branch
from tests.exits import pages
from tests.exits.asked import confirmed, interview, leaver
from tests.exits.leavers import confirmed_and_asked
from tests.factories import (
    ClientFactory,
    HolidayFactory,
    InvitationFactory,
    LoanFactory,
    ReportScheduleFactory,
    SubmissionConflictFactory,
)
from tests.feedback.steps import receive
from tests.test_access import ROUTES, SCREENS, address

TEMPLATES = Path(settings.BASE_DIR, "templates")
# Tables, charts and timelines without a file of their own, each with its reason.
NOT_EXPORTED = {
    "clients/_import_format.html": "the columns of the format: the empty workbook beside it has them",
    "clients/client_merge.html": "a form that compares two records; the list of clients has both",
    "clients/import_columns.html": "a form, and the first rows of the person's own file",
    "spm/entry_form.html": "all words of an entry: the list with earlier words has them",
    "spm/gallery.html": "its timeline shows a component by invented events",
}
SHOWN = re.compile(
    r'<table|<ol class="timeline"|_components/(?:table|table_list|timeline)\.html|'
    r'_components/figure_table\.html"(?![^%]*exported=)'
)
CHART = re.compile(r"_components/chart\.html")
EXPORT = re.compile(r'_components/(?:export|table_list)\.html|_components/pair_header\.html"[^%]*exported=')


def without_export(source: str) -> bool:
    """Whether a template shows more tables, or more charts, than it has exports."""
    shown = max(len(SHOWN.findall(source)), len(CHART.findall(source)))
    return shown > len(EXPORT.findall(source))


def test_every_table_chart_and_timeline_of_a_template_has_its_export():
    found = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if path.parent.name != "_components" and without_export(path.read_text())
    }
    assert found == NOT_EXPORTED.keys()


@pytest.mark.parametrize(
    ("source", "misses"),
    [
        ("<table>", True),
        ('{% include "_components/table.html" %}', True),
        ('{% include "_components/chart.html" with id="a" %}', True),
        ('{% include "_components/figure_table.html" with id="a" table=a %}', True),
        ('{% include "_components/figure_table.html" with id="a" exported="a" %}', False),
        ('{% include "_components/export.html" %}{% include "_components/table.html" %}', False),
        ('{% include "_components/pair_header.html" with title=a %}<table>', True),
        ('{% include "_components/pair_header.html" with exported="a" %}<table>', False),
        ('{% include "_components/pair_header.html" with exported="a" %}<table><table>', True),
    ],
)
def test_a_table_without_an_export_is_found(source, misses):
    assert without_export(source) == misses


def report() -> dict:
    counts = {"read": 3, "created": 1, "updated": 1, "unchanged": 0, "rejected": 1}
    bad = {"sheet": "loans", "row": 4, "column": "principal", "value": "x", "code": "required", "params": {}}
    return {
        "sheets": {"loans": counts},
        "kinds": {"loans": "loans"},
        "rejected": [bad],
        "changes": {"loans": [{"key": "L1", "cells": [["principal", "1", "2"]]}]},
        "warnings": [{"code": "unknown_file", "params": {"file": "notes.csv"}}],
        "reconciliation": {
            "day": "2025-06-30",
            "clients": {"before": 0, "created": 3, "after": 3},
            "loans": {"before": 0, "begun": 3, "reopened": 0, "ended": 2, "after": 1},
            "outstanding": dict.fromkeys(["before", "begun", "reopened", "ended", "went_on", "after"], "0"),
            "odd": {"no-loan": 1},
        },
    }


def text_of(response) -> str:
    return b"".join(response.streaming_content if response.streaming else [response.content]).decode()


def make_everything():
    head = Office.head()
    office, far_office = north_branch(head), south_branch(head)
    make_first_lists()
    pages.portfolio(office, far_office)
    for _number in range(20):  # fewer are not compared
        LoanFactory(client__office=office, disbursed_on=pages.AS_OF.replace(year=2024))
    boss = member("boss", Role.ADMIN, head)
    boss.memberships.create(role=Role.MANAGER, office=head, valid_from="2020-01-01")
    for code in ("moved", "dissatisfied"):
        for _number in range(5):  # nor are smaller types of leavers
            confirmed(leaver(office), code, by=boss)
    pages.built()
    analyse_exits(by=None)
    ExitDefinition.objects.create(starts_on=pages.AS_OF, window=60)
    changes = ChangeSet.objects.create(counts={"loan": {"created": 1, "changed": 1, "removed": 0}})
    batch = ImportBatch.objects.create(
        source="a.xlsx", state="done", by=boss, report=report(), changes=changes
    )
    Client.objects.update(changed_in=changes)
    InvitationFactory(office=office, by=boss)
    HolidayFactory()
    rows = {
        Client: Client.objects.get(external_id="BACK"),
        ImportBatch: batch,
        ImportProfile: ImportProfile.objects.create(name="Core", mapping={"sheets": []}),
        Job: Job.objects.create(work="x", by=boss),
        PreparedFile: PreparedFile.objects.create(owner=boss, path="/clients/", form="csv"),
        SubmissionConflict: SubmissionConflictFactory(),
        **{type(row): row for row in confirmed_and_asked(Client.objects.get(external_id="LEFT"), boss)},
    }
    period = {"left_from": pages.AS_OF.replace(year=2024), "left_until": pages.AS_OF, "margin": 0.1}
    rows[LeaverSample] = draw_leavers(name="A", office=head, **period, by=boss)
    rows[Complaint] = receive(office=office, by=boss)
    rows[SampledLeaver] = rows[LeaverSample].members.first()
    rows[ReportSchedule] = ReportScheduleFactory(by=boss, recipients=[boss])
    InterviewWords.objects.create(language="qu", words={"change": "Imata?"}, by=boss)
    record_contact(
        client=rows[Client], start=pages.AS_OF, at=timezone.now(), how="call", result="reached", by=boss
    )
    ClientFactory(name="Twice", search_name="twice", phone="1")
    ClientFactory(name="Twice", search_name="twice", phone="1")
    left = Client.objects.get(external_id="LEFT")
    interview(left, "health", change="Smaller loans", callback=True, by=boss)
    ClientMerge.objects.create(survivor="BACK", merged="B", changes=ChangeSet.objects.create())
    return boss, rows


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker):
    with lasting(django_db_blocker, make_everything) as made:
        yield made


@pytest.fixture
def everything(made_once, db):
    """Somebody who may see all there is, and a row for each screen that takes one."""
    return made_once


def test_every_export_that_a_page_offers_is_a_file_and_leaves_a_line(client, everything):
    boss, rows = everything
    client.force_login(boss)
    offered = set()
    for name, screen in SCREENS.items():
        if name not in ROUTES or screen.http_method_names == ["post"]:
            continue
        row = rows.get(getattr(screen, "model", None)) or rows[Client]
        here = address(name, row.pk)
        page = client.get(here)
        if not page.headers["Content-Type"].startswith("text/html"):
            continue
        found = re.findall(r'href="([^"]*[?;]export=csv(?:&[^"]*)?)"', text_of(page))
        offered |= {(name, urljoin(f"http://testserver{here}", html.unescape(link))) for link in found}
    for _name, link in offered:
        answer = client.get(link)
        assert (answer.status_code, text_of(answer).count("\r\n") >= 2) == (200, True), link
        assert answer.headers["Content-Disposition"].startswith("attachment"), link
    assert AuditEvent.objects.filter(verb="exported", by=boss).count() == len(offered)
    assert {name for name, _link in offered} == {
        name for name, screen in SCREENS.items() if hasattr(screen, "export_tables")
    }
