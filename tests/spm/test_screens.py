"""Jobs and the audit trail on the screen."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from spm import jobs
from spm.access import Role
from spm.models import AuditEvent, Job
from tests.conftest import member
from tests.exported import exported

pytestmark = pytest.mark.django_db


def make_job(by, **fields):
    return Job.objects.create(work="spm.nothing", by=by, **fields)


def test_the_job_list_shows_ones_own_jobs_and_an_administrator_all(client, manager, officer, admin):
    mine, other = make_job(manager), make_job(officer)
    client.force_login(manager)
    assert list(client.get(reverse("job-list")).context["object_list"]) == [mine]
    client.force_login(admin)
    assert set(client.get(reverse("job-list")).context["object_list"]) == {mine, other}


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("manager", "When you bring in a portfolio, its progress and its outcome stay here."),
        ("branch_manager", "When you take away a long table, the work on its file stays here."),
        ("officer", "When you take away a long table, the work on its file stays here."),
    ],
)
def test_an_empty_job_list_speaks_of_what_its_reader_can_ask_for(who, words, client, request):
    client.force_login(request.getfixturevalue(who))
    assert words in client.get(reverse("job-list")).text


def test_somebody_elses_job_is_not_found(client, manager, officer):
    job = make_job(officer)
    client.force_login(manager)
    assert client.get(job.get_absolute_url()).status_code == 404
    assert client.post(reverse("job-cancel", args=[job.pk])).status_code == 404


def test_an_administrator_of_a_branch_neither_sees_nor_stops_jobs_of_the_head_office(client, manager, office):
    job, own = make_job(manager), member("branch-admin", Role.ADMIN, office)
    mine = make_job(own)
    client.force_login(own)
    assert list(client.get(reverse("job-list")).context["object_list"]) == [mine]
    assert client.get(job.get_absolute_url()).status_code == 404
    assert client.post(reverse("job-cancel", args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (Job.State.QUEUED, False)


@pytest.mark.parametrize("screen", ["job-list", "audit-list"])
def test_a_list_asks_the_same_number_of_queries_for_one_row_and_for_three(
    screen, client, admin, manager, officer
):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(screen)).status_code == 200
        return len(queries)

    client.force_login(admin)
    for user in (admin, manager, officer):
        make_job(user)
        AuditEvent.record("tried", user, by=user)
        if user == admin:
            one = asked()
    assert asked() == one


def test_the_jobs_one_may_see_are_exported_in_the_order_asked_for(client, manager, officer, admin):
    make_job(manager, state="done")
    make_job(officer, state="failed")
    client.force_login(manager)
    assert [(row["state"], row["asked_by"]) for row in exported(client, reverse("job-list"))] == [
        ("Done", "manager")
    ]
    client.force_login(admin)
    page = client.get(reverse("job-list"), {"sort": "-state"})
    assert [row[1].words for row in page.context["rows"]] == ["Failed", "Done"]
    rows = exported(client, reverse("job-list"), sort="-state")
    assert [(row["state"], row["asked_by"]) for row in rows] == [("Failed", "officer"), ("Done", "manager")]
    lines = AuditEvent.objects.filter(verb="exported", target="job-list")
    assert [(line.by, line.details["shown"]) for line in lines] == [
        (admin, {"sort": ["-state"]}),
        (manager, {}),
    ]


def test_the_audit_trail_is_exported_in_words_and_its_export_is_its_next_line(client, admin, manager):
    AuditEvent.record("role.granted", manager, by=admin, role="officer")
    AuditEvent.record("import.written", manager, by=None)
    client.force_login(admin)
    rows = exported(client, reverse("audit-list"))
    assert [(row["who"], row["what"], row["details"]) for row in rows[-2:]] == [
        ("the clock or a command", "Import written", ""),
        ("admin", "Role granted", "role: Field officer"),
    ]
    assert AuditEvent.objects.first().target == "audit-list"


@pytest.mark.parametrize(
    ("state", "polls"),
    [("queued", True), ("running", True), ("done", False), ("failed", False), ("cancelled", False)],
)
def test_a_job_page_asks_again_only_while_the_job_is_not_finished(state, polls, client, manager):
    job = make_job(manager, state=state, done=3, total=9, result={"url": "/x/", "link": "See it"})
    client.force_login(manager)
    page = client.get(job.get_absolute_url()).content.decode()
    assert ('hx-trigger="every 1s"' in page, 'http-equiv="refresh"' in page) == (polls, polls)
    assert ("See it" in page) == (state == "done")
    assert ('value="3"' in page) == (state == "running")


def test_htmx_gets_the_progress_alone(client, manager):
    job = make_job(manager)
    client.force_login(manager)
    page = client.get(job.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert page.strip().startswith('<div class="progress-job"')


def test_going_back_in_the_history_gets_the_whole_job_page(client, manager):
    job = make_job(manager)
    client.force_login(manager)
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get(job.get_absolute_url(), headers=back).text


def test_a_waiting_job_is_stopped_at_once_and_leaves_an_audit_line(client, manager):
    job = make_job(manager)
    client.force_login(manager)
    answer = client.post(reverse("job-cancel", args=[job.pk]))
    job.refresh_from_db()
    line = AuditEvent.objects.get()
    assert (answer.url, job.state) == (job.get_absolute_url(), "cancelled")
    assert (line.verb, line.target, line.by) == ("job.cancelled", f"spm.Job:{job.pk}", manager)


def test_stopping_a_job_takes_a_post(client, manager):
    job = make_job(manager)
    client.force_login(manager)
    assert client.get(reverse("job-cancel", args=[job.pk])).status_code == 405


def test_the_page_shows_the_step_that_a_job_of_this_process_has_not_written_yet(client, manager):
    job = make_job(manager, state="running", done=1, total=9)
    client.force_login(manager)
    with jobs.Progress(job) as progress, transaction.atomic():
        progress.step(5, 9, "Halfway")
        page = client.get(job.get_absolute_url()).content.decode()
    assert "Halfway" in page


def test_the_audit_trail_is_for_administrators(client, manager, admin):
    AuditEvent.record("tried", manager, by=manager, note="<b>bold</b>")
    client.force_login(manager)
    assert client.get(reverse("audit-list")).status_code == 403
    client.force_login(admin)
    assert "&lt;b&gt;bold" in client.get(reverse("audit-list")).content.decode()
