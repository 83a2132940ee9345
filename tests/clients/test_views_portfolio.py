"""The page of the portfolio as a file: who gets what, made by a job, and not for whom it is no longer."""

import csv
import datetime as dt
import io
import sys
import zipfile

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clients.actions.export_portfolio import write_portfolio
from clients.models import Client, Officer
from clients.queries import portfolio
from spm import access, uploads
from spm.access import Can, Role
from spm.models import AuditEvent, Job, PreparedFile, User
from tests.clients.imported import take_in
from tests.clients.test_export_round_trip import untouched
from tests.conftest import member
from tests.factories import ClientFactory, LoanFactory, MembershipFactory, OfficeFactory, RepaymentFactory
from tests.spm.test_exports import content

pytestmark = pytest.mark.django_db
PAGE = "/clients/portfolio/"


@pytest.fixture(autouse=True)
def files_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def records(office, far_office, officer):
    """A client with a loan and a repayment near and far."""
    near = ClientFactory(external_id="NEAR", office=office, officer=officer.officer, phone="600")
    far = ClientFactory(external_id="FAR", office=far_office)
    for client in (near, far):
        loan = LoanFactory(external_id=f"L-{client.external_id}", client=client)
        RepaymentFactory(external_id=f"R-{client.external_id}", loan=loan)
    return near, far


def asked(client, user, form="csv") -> Job:
    client.force_login(user)
    answer = client.post(PAGE, {"form": form})
    job = Job.objects.get(work="spm.prepare_file")
    assert (answer.status_code, answer.headers["Location"]) == (302, job.get_absolute_url())
    return job


def made(client, user, run_jobs, form="csv") -> str:
    """The address of the file."""
    asked(client, user, form)
    (job,) = run_jobs()
    assert job.state == Job.State.DONE, job.error
    return job.result["url"]


def taken(client, url) -> bytes:
    return content(client.get(url))


def sheets_in(packed: bytes) -> dict[str, list[dict]]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(archive.read(name).decode())))
            for name in archive.namelist()
        }


def kept(tmp_path, packed: bytes, name="portfolio.zip"):
    (tmp_path / name).write_bytes(packed)
    return tmp_path / name


def test_a_manager_takes_everything_in_the_sheets_of_an_import(client, manager, records, run_jobs, tmp_path):
    answer = client.get(made(client, manager, run_jobs))
    packed = content(answer)

    assert f"_{timezone.localdate()}.zip" in answer.headers["Content-Disposition"]
    sheets = sheets_in(packed)
    rows = {name: [next(iter(row.values())) for row in lines] for name, lines in sheets.items()}
    assert rows == {
        "offices": ["HEAD", "NORTH", "NORTH-1", "SOUTH", "SOUTH-1"],
        "officers": rows["officers"],
        "products": rows["products"],
        "groups": [],
        "clients": ["NEAR", "FAR"],
        "loans": ["L-NEAR", "L-FAR"],
        "repayments": ["L-NEAR", "L-FAR"],
        "savings": [],
        "movements": [],
        "attendance": [],
    }
    assert (len(rows["officers"]), len(rows["products"])) == (2, 2)
    assert untouched(take_in(kept(tmp_path, packed)))


def test_as_a_workbook_it_holds_the_same(client, manager, records, run_jobs, tmp_path):
    book = taken(client, made(client, manager, run_jobs, "xlsx"))

    sheets = openpyxl.load_workbook(io.BytesIO(book))
    assert [row[0].value for row in sheets["clients"].iter_rows()] == ["client_id", "NEAR", "FAR"]
    assert untouched(take_in(kept(tmp_path, book, "portfolio.xlsx")))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_gate_of_imports_lets_it_in(records, form):
    file = io.BytesIO()
    write_portfolio(file, form, user=None)
    assert uploads.admit(file, name="portfolio").kind == {"csv": "zip", "xlsx": "xlsx"}[form]


def test_asking_and_taking_leave_lines_that_tell_what_went_out(client, manager, records, run_jobs):
    taken(client, made(client, manager, run_jobs))

    lines = AuditEvent.objects.filter(by=manager).exclude(verb="signed_in").order_by("number")
    counts = {"offices": 5, "products": 2, "officers": 2, "groups": 0, "clients": 2, "loans": 2}
    counts |= {"repayments": 2, "savings": 0, "movements": 0, "attendance": 0}
    target = "clients:portfolio-export"
    assert [(line.verb, line.target, line.details) for line in lines] == [
        ("export.asked", target, {"form": "csv"}),
        ("identified", target, {"seen": 0, "in_file": True}),
        ("exported", target, {"form": "csv", "rows": counts}),
    ]


def test_an_administrator_takes_no_names_and_an_import_of_that_changes_nothing(
    client, admin, records, run_jobs, tmp_path
):
    packed = taken(client, made(client, admin, run_jobs))

    clients = sheets_in(packed)["clients"]
    assert [row["client_id"] for row in clients] == ["NEAR", "FAR"]
    assert {"name", "phone", "birth_date"} & clients[0].keys() == set()
    before = list(Client.objects.order_by("pk").values())
    report = take_in(kept(tmp_path, packed))
    told = [(bad["sheet"], bad["column"], bad["code"]) for bad in report["rejected"]]
    assert told == [("clients", "name", "missing_column")]
    assert list(Client.objects.order_by("pk").values()) == before
    assert not AuditEvent.objects.filter(verb="identified").exists()


def test_a_branch_takes_its_own_rows_and_an_import_of_them_changes_nothing(
    client, branch_manager, records, run_jobs, tmp_path
):
    packed = taken(client, made(client, branch_manager, run_jobs))

    sheets = sheets_in(packed)
    assert [row["client_id"] for row in sheets["clients"]] == ["NEAR"]
    assert sheets["offices"] == [{"code": "NORTH-1", "name": "Valle Norte", "kind": "branch"}]
    assert [row["code"] for row in sheets["officers"]] == ["OF-ANA"]
    assert [row["loan_id"] for row in sheets["loans"] + sheets["repayments"]] == ["L-NEAR"] * 2
    assert untouched(take_in(kept(tmp_path, packed)))


def test_a_role_that_may_not_export_adds_no_row_of_its_own(office, far_office, records):
    both = member("both", Role.MANAGER, office)
    MembershipFactory(user=both, role=Role.OFFICER, office=far_office)
    Officer.objects.filter(clients__external_id="FAR").update(user=both)

    assert {client.external_id for client in Client.objects.visible_to(both)} == {"NEAR", "FAR"}
    rows = portfolio.rows_within_reach(both)
    assert {client.external_id for client in rows["clients"]} == {"NEAR"}
    assert {name: rows[name].count() for name in ("offices", "officers", "loans", "repayments")} == {
        **dict.fromkeys(("offices", "officers", "loans", "repayments"), 1)
    }


def test_names_go_out_only_if_all_of_them_may_be_read(office, far_office):
    user = member("clerk", Role.MANAGER, office)
    assert portfolio.names_go_out(user)
    MembershipFactory(user=user, role=Role.ADMIN, office=far_office)
    assert not portfolio.names_go_out(User.objects.get(pk=user.pk))


def test_whose_role_is_withdrawn_before_it_is_made_gets_no_file(client, manager, records, run_jobs):
    asked(client, manager)
    manager.memberships.update(role=Role.OFFICER)
    (job,) = run_jobs()
    assert (job.state, job.error) == ("failed", "You may not see this table any more.")
    assert PreparedFile.objects.kept().count() == 0


@pytest.mark.parametrize("change", ["ended", "officer", "branch"])
def test_whose_role_is_withdrawn_before_it_is_taken_finds_it_no_more(
    client, manager, office, records, run_jobs, change
):
    url = made(client, manager, run_jobs)
    changes = {
        "ended": {"valid_to": timezone.localdate() - dt.timedelta(days=1)},
        "officer": {"role": Role.OFFICER},
        "branch": {"office": office},
    }
    manager.memberships.update(**changes[change])
    assert client.get(url).status_code == (403 if change == "ended" else 404)
    assert url not in client.get(PAGE).content.decode()


def test_nobody_else_takes_it(client, manager, admin, branch_manager, records, run_jobs):
    url = made(client, manager, run_jobs)
    for other in (admin, branch_manager):
        client.force_login(other)
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("person", ["officer", "assessor", "nobody"])
def test_who_may_not_export_is_turned_away(client, person, request):
    client.force_login(request.getfixturevalue(person))
    assert (client.get(PAGE).status_code, client.post(PAGE, {"form": "csv"}).status_code) == (403, 403)
    assert Job.objects.count() == 0


def test_a_page_with_a_file_that_is_ready_leads_to_it(client, manager, records, run_jobs):
    url = made(client, manager, run_jobs)
    assert url in client.get(PAGE).content.decode()


def test_beyond_the_rows_of_a_sheet_there_are_csv_files_alone(
    client, manager, records, run_jobs, monkeypatch
):
    monkeypatch.setattr(portfolio, "SHEET_ROWS", 4)
    client.force_login(manager)
    page = client.get(PAGE).content.decode()
    assert "There are more rows than a sheet of Excel holds." in page
    assert 'value="xlsx"' not in page
    assert client.post(PAGE, {"form": "xlsx"}).status_code == 200
    assert Job.objects.count() == 0

    with pytest.raises(ValidationError, match=r"these have more: offices\. Take CSV files"):
        write_portfolio(io.BytesIO(), "xlsx", user=manager)
    assert len(sheets_in(taken(client, made(client, manager, run_jobs)))["offices"]) == 5


def test_without_a_record_the_page_teaches_what_it_is_for(client, manager, branch_manager):
    for user, imports in ((manager, True), (branch_manager, False)):
        client.force_login(user)
        page = client.get(PAGE).content.decode()
        assert "Nothing is recorded yet" in page
        assert ("/clients/imports/new/" in page) == imports
        assert "Make the file" not in page


def test_the_page_counts_what_the_file_holds(client, branch_manager, records):
    client.force_login(branch_manager)
    answer = client.get(PAGE)
    assert answer.content
    counts = {str(sheet["words"]): sheet["count"] for sheet in answer.context["sheets"]}
    assert counts == {
        "Offices": 1,
        "Products": 2,
        "Officers": 1,
        "Groups": 0,
        "Clients": 1,
        "Loans": 1,
        "Repayments": 1,
        "Savings accounts": 0,
        "Savings movements": 0,
        "Attendance": 0,
    }


def test_one_row_or_three_take_as_many_queries(office, django_assert_num_queries, branch_manager):
    OfficeFactory(parent=office)

    def export():
        write_portfolio(io.BytesIO(), "csv", user=branch_manager)

    LoanFactory(client__office=office)
    export()
    with django_assert_num_queries(20):
        export()
    for _ in range(2):
        LoanFactory(client__office=office)
    with django_assert_num_queries(20):
        export()


def test_managers_and_administrators_may_export():
    assert {role for role in Role if Can.PORTFOLIO_EXPORT in access.GRANTS[role]} == {
        Role.MANAGER,
        Role.ADMIN,
    }


def test_the_job_tells_how_many_rows_of_all_are_written(records, monkeypatch):
    monkeypatch.setattr(sys.modules[write_portfolio.__module__], "FETCHED", 2)
    progress = Steps()
    write_portfolio(io.BytesIO(), "csv", user=None, progress=progress)
    assert progress.steps == [(done, 15) for done in range(0, 15, 2)]


class Steps:
    def __init__(self):
        self.steps = []

    def step(self, done, total, message):
        self.steps.append((done, total))
