"""Long tables: asked for, made by a job, taken by their owner alone, forgotten after a week."""

import csv
import datetime as dt
import io
import os
import time

import openpyxl
import pytest
from django.db import connection
from django.utils import timezone

from spm import prepared, views
from spm.access import GRANTS, Can, Role
from spm.jobs import Progress, live
from spm.models import AuditEvent, Job, PreparedFile
from tests.factories import ClientFactory
from tests.spm.test_exports import content
from tests.test_access import SCREENS

LIST = "/clients/"


@pytest.fixture
def short(monkeypatch, settings, tmp_path):
    """More than two rows are long, and files go to a folder of the test."""
    monkeypatch.setattr(prepared, "LONG", 2)
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def three(short, officer, office):
    return [
        ClientFactory(name=name, external_id=f"C{n}", office=office, officer=officer.officer)
        for n, name in enumerate(["=1+1", "Ana", "Luz"])
    ]


def asked(client, user, form="csv", query="") -> Job:
    client.force_login(user)
    answer = client.get(f"{LIST}?{query}&export={form}")
    job = Job.objects.get(work=prepared.WORK)
    assert (answer.status_code, answer.headers["Location"]) == (302, job.get_absolute_url())
    return job


def made(client, user, run_jobs, form="csv", query="") -> str:
    """The address of a file that was asked for and is there."""
    asked(client, user, form, query)
    (job,) = run_jobs()
    assert job.state == Job.State.DONE, job.error
    return job.result["url"]


def status(client, url) -> int:
    answer = client.get(url)
    if answer.streaming:
        content(answer)
    return answer.status_code


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "csv-excel", "xlsx"])
def test_a_long_list_is_made_ready_by_a_job_as_the_page_would_have_given_it(
    client, officer, three, run_jobs, monkeypatch, form
):
    query = "sort=name"
    url = made(client, officer, run_jobs, form, query)
    answer = client.get(url)
    late = content(answer)
    monkeypatch.setattr(prepared, "LONG", 1000)
    now = client.get(f"{LIST}?{query}&export={form}")
    assert answer.headers["Content-Disposition"] == now.headers["Content-Disposition"]
    at_once = content(now)
    if form != "xlsx":
        assert late.splitlines()[-4:] == at_once.splitlines()[-4:]
        return
    sheets = [openpyxl.load_workbook(io.BytesIO(book)).worksheets[1] for book in (late, at_once)]
    cells = [[(cell.value, cell.data_type) for row in sheet for cell in row] for sheet in sheets]
    assert cells[0] == cells[1]
    assert len(cells[0]) == 4 * 9


@pytest.mark.django_db
def test_a_short_list_is_answered_at_once(client, officer, three):
    client.force_login(officer)
    answer = client.get(f"{LIST}?q=Ana&export=csv")
    assert content(answer).count(b"\r\n") == 2
    assert Job.objects.count() == PreparedFile.objects.count() == 0


@pytest.mark.django_db
def test_asked_twice_while_it_waits_it_is_one_job(client, officer, three, run_jobs):
    asked(client, officer)
    asked(client, officer)
    assert [job.state for job in run_jobs()] == ["done"]
    client.get(f"{LIST}?&export=csv")
    assert Job.objects.filter(work=prepared.WORK).count() == 2


@pytest.mark.django_db
def test_the_job_done_twice_makes_one_file(client, officer, three, run_jobs, short):
    made(client, officer, run_jobs)
    Job.objects.update(state="queued")
    assert [job.state for job in run_jobs()] == ["done"]
    assert len(list((short / "prepared").iterdir())) == PreparedFile.objects.count() == 1


@pytest.mark.django_db
def test_nobody_else_takes_it(client, officer, three, run_jobs, manager, admin, nobody):
    url = made(client, officer, run_jobs)
    for other in (manager, admin):
        client.force_login(other)
        assert status(client, url) == 404
    client.force_login(nobody)
    assert status(client, url) == 403
    client.logout()
    assert status(client, url) == 302


@pytest.mark.django_db
def test_who_has_a_file_too_takes_that_one_alone(client, officer, manager, three, run_jobs):
    made(client, officer, run_jobs)
    (theirs,) = PreparedFile.objects.all()
    own = PreparedFile.objects.create(
        owner=manager, path="/clients/", form="csv", file=theirs.file.name, expires_at=theirs.expires_at
    )
    assert [prepared.is_open_to(file, manager) for file in (theirs, own)] == [False, True]


@pytest.mark.django_db
def test_whose_role_ended_shrank_or_lost_its_permission_finds_it_no_more(
    client, manager, branch_manager, three, run_jobs, monkeypatch, far_office, office
):
    url = made(client, branch_manager, run_jobs)
    assert status(client, url) == 200
    membership = branch_manager.memberships.get()
    for shrunk in [{"role": Role.OFFICER}, {"office": far_office}, {"role": Role.ADMIN}]:
        branch_manager.memberships.update(**shrunk)
        assert status(client, url) == 404, shrunk
        branch_manager.memberships.update(role=membership.role, office=membership.office)
    assert status(client, url) == 200
    branch_manager.memberships.update(office=office.parent)
    assert status(client, url) == 200
    monkeypatch.setitem(GRANTS, Role.MANAGER, GRANTS[Role.MANAGER] - {Can.CLIENTS_VIEW})
    assert status(client, url) == 404
    branch_manager.memberships.update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    assert status(client, url) == 403
    branch_manager.is_active = False
    branch_manager.save()
    assert status(client, url) == 302


@pytest.mark.django_db
def test_it_is_made_under_the_scope_of_the_day_it_is_made(
    client, branch_manager, three, run_jobs, far_office
):
    asked(client, branch_manager)
    ClientFactory(external_id="FAR", office=far_office)
    branch_manager.memberships.update(office=far_office)
    (job,) = run_jobs()
    rows = csv.DictReader(io.StringIO(content(client.get(job.result["url"])).decode()))
    assert [row["client_id"] for row in rows] == ["FAR"]


@pytest.mark.django_db
def test_who_may_see_the_list_no_more_gets_no_file(client, branch_manager, three, run_jobs, monkeypatch):
    asked(client, branch_manager)
    monkeypatch.setitem(GRANTS, Role.MANAGER, GRANTS[Role.MANAGER] - {Can.CLIENTS_VIEW})
    (job,) = run_jobs()
    assert (job.state, job.error) == ("failed", "You may not see this table any more.")
    assert PreparedFile.objects.kept().count() == 0


@pytest.mark.django_db
def test_asking_and_each_taking_leave_a_line_and_what_was_searched_for_is_left_out(
    client, officer, three, run_jobs, monkeypatch
):
    monkeypatch.setattr(prepared, "LONG", 0)
    url = made(client, officer, run_jobs, query="q=Ana")
    content(client.get(url))
    content(client.get(url))
    lines = AuditEvent.objects.filter(by=officer).exclude(verb="signed_in").order_by("number")
    told = [(line.verb, line.target, line.details) for line in lines]
    target, shown = "clients:client-list", {"form": "csv", "shown": {"q": ["•••"]}}
    seen = ("identified", target, {"seen": 1, "ids": [str(three[1].pk)]})
    assert told == [("export.asked", target, shown), seen, *[("exported", target, shown)] * 2]


@pytest.mark.django_db
def test_the_job_tells_how_many_rows_of_all_are_written(client, officer, three, run_jobs, monkeypatch):
    steps = []
    monkeypatch.setattr(prepared, "STEP", 1)
    monkeypatch.setattr(Progress, "step", lambda progress, done, total, message: steps.append((done, total)))
    made(client, officer, run_jobs)
    assert steps == [(0, 3), (1, 3), (2, 3)]


@pytest.mark.django_db
def test_while_rows_are_read_steps_are_written_on_postgresql_alone(officer):
    job = Job.objects.create(work=prepared.WORK, by=officer, state="running", attempt=1)
    with Progress(job) as progress, progress.reading():
        progress.step(1, 2)
        assert live(Job.objects.get()).done == 1
    assert Job.objects.get().done == (0 if connection.vendor == "sqlite" else 1)


@pytest.mark.django_db
def test_after_a_week_it_is_not_found_and_swept_and_so_are_files_of_nobody(
    client, officer, three, run_jobs, short
):
    url = made(client, officer, run_jobs)
    prepared.sweep()
    assert status(client, url) == 200
    stray, new = short / "prepared" / "stray.csv", short / "prepared" / "new.csv"
    for file in (stray, new):
        file.write_text("x")
    os.utime(stray, (time.time() - 2 * 24 * 3600,) * 2)
    week = timezone.now() - dt.timedelta(days=7, minutes=1)
    PreparedFile.objects.update(asked_at=week, expires_at=week + dt.timedelta(days=7))
    assert status(client, url) == 404
    prepared.sweep()
    assert PreparedFile.objects.count() == 0
    assert list((short / "prepared").iterdir()) == [new]


@pytest.mark.django_db
def test_a_job_that_is_stopped_leaves_no_file(client, officer, three, run_jobs, short, monkeypatch):
    job = asked(client, officer)
    monkeypatch.setattr(prepared, "STEP", 1)
    monkeypatch.setattr(
        prepared.exports, "write", lambda *a, **k: Job.objects.update(cancel_asked=True) and "x.csv"
    )
    (job,) = run_jobs()
    assert job.state == "cancelled"
    assert PreparedFile.objects.kept().count() == 0


def test_whoever_may_open_a_long_list_may_see_the_job_that_makes_its_file():
    lists = {view.needs for view in SCREENS.values() if issubclass(view, (views.Exported, views.ListView))}
    assert {
        role for role, held in GRANTS.items() if held & lists - {Can.HOME_VIEW} and Can.JOBS_VIEW not in held
    } == set()
