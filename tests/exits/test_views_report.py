"""The report on leaving from the browser: whose, of when, in which language and form, at once or by a job."""

import io
import json

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from clients.models import Office
from exits.queries import build, reasons
from exits.queries.figures import ExitFilter
from exits.queries.report import build_report, reach
from spm.access import Role
from spm.models import AuditEvent, Job, PreparedFile
from tests.exits import pages
from tests.exits.test_report import END, START, interviewed, portfolio  # noqa: F401 fixtures
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

REPORT = reverse("exits:report")
ASKED = {"kind": "full", "start": "2025-01-01", "end": "2025-12-31", "language": "en", "office": ""}


def asked(client, user, **said):
    client.force_login(user)
    return client.get(REPORT, ASKED | {"form": "json"} | said)


def held(answer) -> dict:
    return json.loads(b"".join(answer.streaming_content))


def errors(answer) -> dict:
    return answer.context["form"].errors


@pytest.fixture
def north(portfolio):  # noqa: F811
    """The manager of one branch."""
    user = UserFactory()
    MembershipFactory(user=user, role=Role.MANAGER, office=Office.objects.get(code="NORTH"))
    return user


def test_the_file_holds_what_the_command_tells_and_leaves_its_line(client, manager, portfolio):  # noqa: F811
    answer = asked(client, manager)
    assert held(answer) == json.loads(json.dumps(build_report(START, END)))
    assert "exit-report_full_2025-01-01_2025-12-31_en.json" in answer["Content-Disposition"]
    (line,) = AuditEvent.objects.filter(verb="exported", target="exits:report", by=manager)
    assert (line.details["form"], line.details["shown"]["start"]) == ("json", ["2025-01-01"])


def test_each_form_is_the_file_it_says_and_in_the_language_that_is_asked(client, manager, portfolio):  # noqa: F811
    pdf = asked(client, manager, form="pdf", kind="board", language="es")
    (page,) = PdfReader(io.BytesIO(b"".join(pdf.streaming_content))).pages
    assert "Quién salió" in page.extract_text()
    book = load_workbook(
        io.BytesIO(b"".join(asked(client, manager, form="xlsx", language="es").streaming_content))
    )
    assert [cell.value for cell in book["Por agencia"][1]][3] == "Salieron"
    assert (pdf["Content-Type"], pdf["Content-Disposition"]) == (
        "application/pdf",
        'attachment; filename="exit-report_board_2025-01-01_2025-12-31_es.pdf"',
    )


def test_whoever_reaches_one_branch_gets_its_report_and_no_other(client, north):
    mine = Office.objects.get(code="NORTH")
    found = held(asked(client, north, office=mine.pk))
    assert (found["office"]["code"], found["counts"]["B"]) == ("NORTH", 17)
    assert found["tables"]["branch"]["together"] == []
    for other in ("", Office.head().pk, Office.objects.get(code="SOUTH").pk):
        assert list(errors(asked(client, north, office=other))) == ["office"]
    assert "South branch" not in client.get(REPORT).content.decode()


@pytest.fixture
def north_officer(portfolio):  # noqa: F811
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, office=Office.objects.get(code="NORTH"))
    return user


def test_who_may_not_report_is_refused(client, north_officer, assessor, nobody):
    for person in (north_officer, assessor, nobody):
        assert asked(client, person).status_code == 403


def test_reach_is_by_office_and_all_only_from_the_head(manager, north_officer, north):
    near, far = Office.objects.get(code="NORTH"), Office.objects.get(code="SOUTH")
    told = [reach.may_report(north, office) for office in (near, far, Office.head(), None)]
    assert told == [True, False, False, False]
    assert [reach.may_report(manager, office) for office in (near, None)] == [True, True]
    assert not reach.may_report(north_officer, near)


def test_a_period_that_cannot_be_is_refused_with_words(client, manager, portfolio):  # noqa: F811
    assert list(errors(asked(client, manager, start="2026-01-01"))) == ["end"]
    assert list(errors(asked(client, manager, end="2027-01-01"))) == ["end"]
    assert AuditEvent.objects.filter(verb="exported").count() == 0


def test_the_page_offers_the_last_whole_year_and_periods_by_name(client, manager, portfolio):  # noqa: F811
    client.force_login(manager)
    page = client.get(REPORT).content.decode()
    assert 'value="2025-01-01"' in page
    assert "?start=2026-01-01&amp;end=2026-10-31" in page
    assert 'value="2026-03-01"' in client.get(REPORT, {"start": "2026-03-01"}).content.decode()


def test_without_data_the_page_says_so(client, manager):
    answer = asked(client, manager)
    assert (answer.status_code, "Nothing is recorded yet" in answer.content.decode()) == (200, True)


def test_a_long_report_is_made_ready_by_a_job_within_the_reach_of_then(client, north, monkeypatch, run_jobs):
    monkeypatch.setattr(reach, "LONG", 10)
    mine = Office.objects.get(code="NORTH")
    answer = asked(client, north, office=mine.pk)
    assert answer.url == Job.objects.get().get_absolute_url()
    (job,) = run_jobs()
    assert job.state == Job.State.DONE
    prepared = PreparedFile.objects.get()
    with prepared.file.open() as file:
        assert json.load(file)["counts"]["B"] == 17
    page = client.get(REPORT).content.decode()
    assert prepared.name in page
    assert "exit-report_full_north_2025-01-01" in prepared.name

    asked(client, north, office=mine.pk, kind="board")
    north.memberships.update(office=Office.objects.get(code="SOUTH"))
    (job,) = run_jobs()
    assert job.state == Job.State.FAILED
    assert prepared.name not in client.get(REPORT).content.decode()


def test_the_response_rate_is_that_of_the_page_of_reasons(manager, interviewed):  # noqa: F811
    pages.built(END.replace(year=2026, month=10))
    kept = reasons.LeaverFilter(ExitFilter(START, END.replace(day=1)))
    told = reasons.response(manager, kept, made=build())
    found = build_report(START, END)["reasons"]
    assert (told.approached, told.interviews) == (found["asked"], found["interviews"]) == (12, 11)
    assert told.rate == found["response_rate"]
