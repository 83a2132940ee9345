"""What somebody may not do any more they cannot from the next request on: open sessions, jobs, files."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.actions.people import deactivate
from clients.actions.roles import change_role, end_role
from clients.models import ImportBatch
from spm import jobs
from spm.access import GRANTS, Can, Role
from spm.models import Job, User
from tests.conftest import member
from tests.factories import ClientFactory, OfficerFactory

pytestmark = pytest.mark.django_db


def role_ended(user, monkeypatch):
    end_role(membership=user.memberships.get(), by=None)


def role_over(user, monkeypatch):
    user.memberships.update(valid_to=timezone.localdate() - dt.timedelta(days=1))


def office_changed(user, monkeypatch):
    office = user.other_office
    today = timezone.localdate()
    change_role(
        membership=user.memberships.get(), office=office, valid_from=today, valid_to=None, by=None, version=1
    )


def account_shut(user, monkeypatch):
    deactivate(user=user, by=None)


def grant_taken_from_the_role(user, monkeypatch):
    left = GRANTS[Role.MANAGER] - {Can.CLIENTS_VIEW, Can.PORTFOLIO_IMPORT}
    monkeypatch.setitem(GRANTS, Role.MANAGER, left)


def day_passed(user, monkeypatch):
    user.memberships.update(valid_to=timezone.localdate())
    tomorrow = timezone.now() + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)


LOST = [role_ended, role_over, office_changed, account_shut, grant_taken_from_the_role, day_passed]


@pytest.fixture
def boss(head, far_office):
    user = member("boss", Role.MANAGER, head)
    user.other_office = far_office
    return user


@pytest.mark.parametrize("lose", LOST)
def test_an_open_session_opens_nothing_more(lose, client, boss, office, monkeypatch):
    row = ClientFactory(office=office)
    paths = [
        reverse("clients:client-detail", args=[row.pk]),
        reverse("clients:import-list"),
        f"{reverse('clients:client-list')}?export=csv",
    ]
    client.force_login(boss)
    assert [client.get(path).status_code for path in paths] == [200] * 3
    lose(boss, monkeypatch)
    one, imports, export = (client.get(path) for path in paths)
    assert (one.status_code in {302, 403, 404}, imports.status_code in {302, 403}) == (True, True)
    assert export.status_code in {302, 403} or row.external_id not in export.getvalue().decode()


@pytest.mark.parametrize("lose", LOST)
def test_an_open_tab_is_given_no_part_of_a_page_more(lose, client, boss, office, monkeypatch):
    """The panel that a page loads by itself, and its list as it is filtered and turned."""
    row = ClientFactory(office=office)
    panel = reverse("exits:client-panel", args=[row.pk])
    filtered = f"{reverse('clients:client-list')}?q={row.external_id}"
    part = {"HX-Request": "true"}
    client.force_login(boss)
    assert client.get(panel, headers=part).status_code == 200
    assert row.external_id in client.get(filtered, headers=part).text
    lose(boss, monkeypatch)
    assert client.get(panel, headers=part).status_code in {302, 403, 404}
    again = client.get(filtered, headers=part)
    assert again.status_code in {302, 403} or row.get_absolute_url() not in again.text


@pytest.mark.parametrize("lose", LOST)
def test_a_filter_offers_no_more_what_is_out_of_reach(lose, client, boss, office, monkeypatch):
    officer = OfficerFactory(name="Ana Quispe")
    ClientFactory(office=office, officer=officer)
    client.force_login(boss)
    page = reverse("clients:client-list")
    before = client.get(page).text
    assert (office.name in before, officer.name in before) == (True, True)
    lose(boss, monkeypatch)
    after = client.get(page)
    shown = "" if after.status_code in {302, 403} else after.text
    assert (office.name in shown, officer.name in shown) == (False, False)


@pytest.mark.parametrize("lose", [role_ended, role_over, account_shut, day_passed])
def test_the_progress_of_an_own_job_is_told_no_more(lose, client, boss, monkeypatch):
    """As the page of the job asks for it each second."""
    job = Job.objects.create(work="clients.write_import", by=boss, state="running", done=3, total=9)
    client.force_login(boss)
    progress = {"path": job.get_absolute_url(), "headers": {"HX-Request": "true"}}
    assert 'value="3"' in client.get(**progress).text
    lose(boss, monkeypatch)
    answer = client.get(**progress)
    assert (answer.status_code in {302, 403}, 'value="3"' in answer.text) == (True, False)


@pytest.mark.parametrize("lose", LOST)
@pytest.mark.parametrize("name", ["clients.check_import", "clients.write_import", "clients.undo_import"])
def test_a_job_that_waits_does_not_start(lose, name, boss, monkeypatch, run_jobs):
    batch = ImportBatch.objects.create(source="a.xlsx", by=boss, state="confirmed")
    jobs.enqueue(name, by=boss, batch_id=batch.pk)
    lose(boss, monkeypatch)
    (job,) = run_jobs()
    assert (job.state, "may not do so any more" in job.error) == (Job.State.FAILED, True)
    assert ImportBatch.objects.get().state == "confirmed"


def test_whose_right_is_as_it_was_has_the_job_done(boss, run_jobs):
    batch = ImportBatch.objects.create(source="a.xlsx", by=boss, state="uploaded")
    jobs.enqueue("clients.check_import", by=boss, batch_id=batch.pk)
    (job,) = run_jobs()
    assert "may not do so any more" not in job.error


def test_what_follows_from_other_work_is_done_in_anybodys_name(admin, run_jobs):
    """An administrator imports, and the figures are counted anew, though they may not read them."""
    jobs.start_all(["exits.rebuild_spells"], by=admin)
    assert [job.state for job in run_jobs()] == [Job.State.DONE]


@pytest.mark.parametrize("lose", LOST)
def test_a_file_that_lay_ready_is_not_handed_out(lose, client, boss, monkeypatch):
    report = {"rows": [["clients", {"client_id": "SECRET-1"}]], "rejected": []}
    batch = ImportBatch.objects.create(source="a.xlsx", by=boss, state="done", report=report)
    client.force_login(boss)
    lose(boss, monkeypatch)
    answer = client.get(reverse("clients:import-rejected", args=[batch.pk]))
    assert answer.status_code in {302, 403}


@pytest.mark.parametrize("lose", [role_ended, role_over, account_shut, day_passed])
def test_the_page_of_an_own_job_is_shut_with_the_role(lose, client, boss, monkeypatch):
    job = Job.objects.create(work="clients.write_import", by=boss, state="done", result={})
    page = reverse("job-detail", args=[job.pk])
    client.force_login(boss)
    assert client.get(page).status_code == 200
    lose(boss, monkeypatch)
    assert client.get(page).status_code in {302, 403}


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_was_shut_out_is_sent_to_sign_in_whatever_they_ask_for(method, client, boss):
    client.force_login(boss)
    account_shut(boss, None)
    User.objects.filter(pk=boss.pk).update(is_active=True)
    answers = [getattr(client, method)(path) for path in ("/", "/clients/", "/clients/people/")]
    assert [answer.status_code for answer in answers] == [302] * 3
