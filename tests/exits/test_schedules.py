"""Reports by mail: each sent once, about the period just ended, to whoever may have it, naming nobody."""

import datetime as dt
import io

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from clients.models import Client, Office, Officer
from exits import actions
from exits.actions import schedules
from exits.models import ReportSchedule
from exits.queries.report.recipients import may_be_chosen, may_receive
from exits.tasks import send_due_reports
from spm.access import GRANTS, Can, Role
from spm.mail import NotSent
from spm.models import AuditEvent, Job, User
from tests.exits.test_report import interview, interviewed, portfolio  # noqa: F401 fixtures
from tests.exits.test_views_report import north, north_officer  # noqa: F401 fixtures
from tests.factories import MembershipFactory, ReportScheduleFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST, ADD = reverse("exits:schedule-list"), reverse("exits:schedule-add")
DUE = dt.date(2026, 10, 5)


@pytest.fixture
def chief(portfolio):  # noqa: F811
    return MembershipFactory().user


def scheduled(*people, **given):
    said = {"due_on": DUE, "recipients": people, "by": people[0]}
    return ReportScheduleFactory(**said | given)


def rung(today=DUE):
    return actions.queue_due_reports(today)


def told_to() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to)


def test_a_due_report_goes_once_to_each_with_the_period_just_ended(chief, run_jobs):
    other = MembershipFactory().user
    row = scheduled(chief, other)
    assert (rung(DUE - dt.timedelta(days=1)), rung(), rung()) == (0, 1, 0)
    (job,) = run_jobs()
    assert (job.state, told_to()) == (Job.State.DONE, sorted([chief.email, other.email]))
    ((name, _content, kind),) = mail.outbox[0].attachments
    assert (name, kind) == ("exit-report_board_2026-09-01_2026-09-30_en.pdf", "application/pdf")
    assert "1 September 2026 to 30 September 2026" in mail.outbox[0].body
    row.refresh_from_db()
    assert (row.due_on, row.job, row.last_sent_at is not None) == (dt.date(2026, 11, 5), job, True)
    lines = AuditEvent.objects.filter(verb="report.sent").order_by("pk")
    assert [line.details["to"] for line in lines] == sorted([[chief.pk], [other.pk]])
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2


def test_a_job_that_runs_again_after_any_mail_sends_none_twice(chief, run_jobs, monkeypatch):
    others = [MembershipFactory().user for _n in range(2)]
    scheduled(chief, *others)
    rung()
    send, refusing = schedules.mail.send, [others[1].email]

    def sent(name, *, to, **more):
        if to in refusing:
            raise NotSent
        send(name, to=to, **more)

    monkeypatch.setattr(schedules.mail, "send", sent)
    run_jobs()
    assert told_to() == sorted([chief.email, others[0].email])
    refusing.clear()
    for _again in range(2):
        Job.objects.update(state=Job.State.QUEUED)
        run_jobs()
    assert told_to() == sorted([chief.email, others[0].email, others[1].email])


def test_each_gets_it_in_the_language_chosen_last_and_else_in_that_of_the_report(client, chief, run_jobs):
    reader = MembershipFactory().user
    client.force_login(reader)
    client.post(reverse("set_language"), {"language": "es"})
    scheduled(chief, reader)
    rung()
    run_jobs()
    told = {
        message.to[0]: (message.subject.partition(":")[0], message.attachments[0][0][-6:])
        for message in mail.outbox
    }
    assert told == {
        chief.email: ("Report on leaving", "en.pdf"),
        reader.email: ("Informe de salidas", "es.pdf"),
    }


def test_a_language_that_is_not_offered_is_chosen_by_nobody(client, chief):
    client.force_login(chief)
    client.post(reverse("set_language"), {"language": "qu"})
    chief.refresh_from_db()
    assert chief.language == ""


def test_two_clocks_that_ring_at_once_put_one_job_in(chief):
    row = scheduled(chief)
    stale = ReportSchedule.objects.get(pk=row.pk)
    assert (schedules._queue(row), schedules._queue(stale)) == (True, False)
    assert Job.objects.filter(work=schedules.WORK).count() == 1


def test_what_was_missed_is_sent_report_by_report_and_what_has_no_data_yet_waits(chief, run_jobs):
    scheduled(chief, due_on=dt.date(2026, 8, 5))
    assert rung(dt.date(2026, 12, 31)) == 4
    run_jobs()
    about = [message.attachments[0][0].split("_")[2] for message in mail.outbox]
    assert about == ["2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01"]
    assert ReportSchedule.objects.get().due_on == dt.date(2026, 12, 5)


def test_the_clock_rings_for_what_is_due_today(chief):
    row = scheduled(chief)
    send_due_reports()
    row.refresh_from_db()
    assert row.job is not None


def test_who_lost_the_access_or_the_account_gets_nothing_and_where_nobody_is_left_it_is_said(
    chief,
    north,  # noqa: F811
    run_jobs,
):
    shut = MembershipFactory(user__is_active=False).user
    row = scheduled(chief, north, shut)
    rung()
    run_jobs()
    assert told_to() == [chief.email]
    mail.outbox.clear()
    chief.memberships.update(valid_to=dt.date(2026, 1, 1))
    rung(dt.date(2026, 11, 5))
    (job,) = run_jobs()
    row.refresh_from_db()
    assert (job.state, row.job, mail.outbox) == (Job.State.FAILED, job, [])


def test_a_mail_server_that_refuses_sets_the_job_aside_and_the_list_shows_it(client, chief, monkeypatch):
    row = scheduled(chief)
    rung()

    def refused(*words, **more):
        raise NotSent

    monkeypatch.setattr(schedules.mail, "send", refused)
    for _try in range(5):
        Job.objects.update(due_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        schedules.jobs.run(Job.objects.get().pk)
    assert Job.objects.get().state == Job.State.PARKED
    client.force_login(chief)
    assert "The last one was not sent" in client.get(LIST).content.decode()
    page = client.get(row.get_absolute_url()).content.decode()
    assert f'href="{Job.objects.get().get_absolute_url()}"' in page


def test_a_stopped_report_is_neither_put_in_nor_sent(chief, run_jobs):
    row = scheduled(chief)
    rung()
    ReportSchedule.objects.update(active=False)
    run_jobs()
    assert (mail.outbox, rung(dt.date(2026, 12, 31))) == ([], 0)
    row.refresh_from_db()
    assert row.last_sent_at is None


CANARIES = ("Zoraida", "-77", "5550-1234", "Palabra-propia", "Asesora-Canela", "interviewer-x")


@pytest.mark.parametrize("form", ["pdf", "xlsx", "json"])
def test_neither_mail_nor_file_holds_a_name_number_phone_or_word_of_anybody(
    interviewed,  # noqa: F811
    chief,
    run_jobs,
    form,
):
    Client.objects.update(phone="5550-1234")
    Officer.objects.update(name="Asesora-Canela")
    asked = Client.objects.filter(loans__closed_on__isnull=False).first()
    said = dict.fromkeys(
        ("change", "complaint", "benefits", "competitor", "callback_contact"), "Palabra-propia"
    )
    interview(asked, None, UserFactory(username="interviewer-x"), **said)
    scheduled(chief, form=form, kind="full", every="quarter", due_on=dt.date(2025, 7, 5), language="es")
    rung(dt.date(2025, 7, 5))
    run_jobs()
    (message,) = mail.outbox
    ((name, content, _kind),) = message.attachments
    told = f"{name} {message.subject} {message.body} {text_in(content, form)}"
    assert [word for word in CANARIES if word in told] == []
    assert "informe de salidas" in message.body
    assert "El dinero llega tarde" in " ".join(told.split())


def text_in(content, form) -> str:
    if form == "pdf":
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if form == "xlsx":
        book = load_workbook(io.BytesIO(content))
        return " ".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    return content if isinstance(content, str) else content.decode()


def test_the_report_of_a_branch_is_of_that_branch(chief, run_jobs):
    scheduled(chief, office=Office.objects.get(code="NORTH"), form="json")
    rung()
    run_jobs()
    assert mail.outbox[0].attachments[0][0].startswith("exit-report_board_north_")


def test_whoever_may_have_it_holds_a_role_for_reports_there_or_above_in_force_and_an_address(
    chief,
    north,  # noqa: F811
    north_officer,  # noqa: F811
):
    near, far, today = Office.objects.get(code="NORTH"), Office.objects.get(code="SOUTH"), dt.date(2026, 1, 1)
    MembershipFactory(role=Role.ADMIN)
    MembershipFactory(role=Role.ASSESSOR, valid_to=dt.date(2026, 2, 1), valid_from=dt.date(2025, 12, 1))
    MembershipFactory(user__email="")
    MembershipFactory(user__is_active=False)
    assert set(may_receive(near, today)) == {chief, north}
    assert set(may_receive(far, today)) == {chief}
    assert set(may_receive(near, dt.date(2019, 1, 1))) == set()
    elsewhere = MembershipFactory(office=far).user
    assert set(may_be_chosen(chief, today)) == {chief, north, elsewhere}
    assert set(may_be_chosen(north, today)) == {north}


def test_who_sees_no_reports_has_nobody_to_choose(chief, nobody):
    assert set(may_be_chosen(nobody, dt.date(2026, 1, 1))) == set()


def test_whose_role_reaches_an_own_portfolio_alone_gets_none_even_if_it_may_see_reports(monkeypatch):
    officer = MembershipFactory(role=Role.OFFICER, user__email="ana@example.org")
    monkeypatch.setitem(GRANTS, Role.OFFICER, GRANTS[Role.OFFICER] | {Can.EXITS_REPORT})
    assert set(may_receive(officer.office, dt.date(2026, 1, 1))) == set()


def given(office, *people, **more):
    plain = {"kind": "full", "language": "es", "form": "xlsx", "every": "week", "due_on": "2026-11-30"}
    return plain | {"office": office.pk, "recipients": [person.pk for person in people]} | more


def test_a_report_is_set_up_changed_and_stopped_on_its_page(client, chief):
    client.force_login(chief)
    client.post(ADD, given(Office.head(), chief))
    row = ReportSchedule.objects.get()
    assert (row.every, row.form, list(row.recipients.all()), row.by) == ("week", "xlsx", [chief], chief)
    page = client.get(LIST).content.decode()
    assert "Every week" in page
    assert "Waits for data until" in page
    client.post(
        row.get_absolute_url(), given(Office.head(), chief, version=1, every="month", due_on="2026-12-05")
    )
    row.refresh_from_db()
    assert (row.every, row.active, row.version) == ("month", False, 2)
    assert "Stopped" in client.get(LIST).content.decode()


def test_nobody_is_sent_what_they_may_not_see_and_a_day_that_not_every_month_has_is_refused(
    client,
    chief,
    north,  # noqa: F811
):
    client.force_login(chief)
    refused = client.post(ADD, given(Office.head(), north))
    assert list(refused.context["form"].errors) == ["recipients"]
    refused = client.post(ADD, given(Office.head(), chief, every="month", due_on="2026-12-31"))
    assert list(refused.context["form"].errors) == ["due_on"]
    said = {"kind": "full", "language": "es", "form": "xlsx", "every": "week", "due_on": DUE}
    with pytest.raises(ValidationError):
        actions.schedule_report(office=Office.head(), recipients=[north], by=chief, **said)
    with pytest.raises(ValidationError):
        actions.schedule_report(office=Office.head(), recipients=[], by=chief, **said)
    assert ReportSchedule.objects.count() == 0


def test_a_branch_sets_up_its_own_alone_and_sees_no_other(client, chief, north):  # noqa: F811
    far = scheduled(chief, office=Office.objects.get(code="SOUTH"))
    client.force_login(north)
    assert "Nothing" not in client.get(LIST).content.decode()
    assert client.get(far.get_absolute_url()).status_code == 404
    refused = client.post(ADD, given(Office.objects.get(code="SOUTH"), north))
    assert list(refused.context["form"].errors) == ["office"]
    client.post(ADD, given(Office.objects.get(code="NORTH"), north))
    assert list(ReportSchedule.objects.visible_to(north).values_list("office__code", flat=True)) == ["NORTH"]
    assert ReportSchedule.objects.visible_to(User.objects.get(pk=chief.pk)).count() == 2


def test_who_is_out_of_reach_is_not_named_and_stays_when_somebody_else_changes_it(client, chief, north):  # noqa: F811
    User.objects.filter(pk=chief.pk).update(first_name="Lejana", last_name="Jefa")
    row = scheduled(chief, north, office=Office.objects.get(code="NORTH"))
    client.force_login(north)
    pages = client.get(LIST).content.decode() + client.get(row.get_absolute_url()).content.decode()
    assert ("Lejana" in pages, chief.email in pages, "others: 1" in pages) == (False, False, True)
    sent = given(row.office, north, version=1, active="on")
    assert client.post(row.get_absolute_url(), sent).status_code == 302
    assert set(row.recipients.all()) == {chief, north}


def test_the_list_asks_as_many_queries_for_many_as_for_few(client, chief):
    client.force_login(chief)
    scheduled(chief)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _n in range(2):
        scheduled(chief, MembershipFactory().user)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)
