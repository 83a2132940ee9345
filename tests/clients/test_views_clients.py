"""The client list and the page of one client, as each role sees them."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.methods import fold
from clients.models import ClientPosting, Loan, SavingsAccount
from spm import paging
from spm.access import Role
from spm.models import AuditEvent
from tests.conftest import member
from tests.exported import exported
from tests.factories import (
    ClientFactory,
    LoanFactory,
    OfficeFactory,
    OfficerFactory,
    ProductFactory,
    RepaymentFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/clients/"


def person(name, number, office, officer=None, **more):
    # A long-known officer of nobody's, so that each client does not bring an office and officer along.
    return ClientFactory(
        name=name, search_name=name.casefold(), external_id=number, office=office, officer=officer, **more
    )


def shown(client, user, **params):
    """The names and numbers in the list's rows."""
    client.force_login(user)
    response = client.get(LIST, params)
    assert response.status_code == 200
    return [(row[0].text, row[1].text) for row in response.context["rows"]]


def test_the_list_shows_the_clients_in_scope_by_name(client, manager, branch_manager, office, far_office):
    person("Rosa Mamani", "C2", office)
    person("Ana Quispe", "C1", far_office)
    assert shown(client, manager) == [("Ana Quispe", "C1"), ("Rosa Mamani", "C2")]
    assert shown(client, branch_manager) == [("Rosa Mamani", "C2")]


def test_names_with_accents_stand_among_those_without(client, manager, office):
    for number, name in (("C1", "Zoe Apaza"), ("C2", "Álvaro Cusi"), ("C3", "ana Poma")):
        ClientFactory(name=name, search_name=fold(name), external_id=number, office=office)
    assert [name for name, _number in shown(client, manager)] == ["Álvaro Cusi", "ana Poma", "Zoe Apaza"]


def test_an_officer_sees_their_own_clients_alone(client, officer, other_officer, office, far_office):
    person("Rosa Mamani", "C2", office, officer.officer)
    person("Ana Quispe", "C1", office, other_officer.officer)
    person("Luz Poma", "C3", far_office, officer.officer)
    assert shown(client, officer) == [("Rosa Mamani", "C2")]


def test_whoever_may_not_identify_sees_initials_in_the_order_of_numbers(client, admin, office):
    person("Rosa Mamani", "C1", office)
    person("Ana Quispe", "C2", office)
    assert shown(client, admin) == [("R••• M•••", "C1"), ("A••• Q•••", "C2")]
    page = client.get(LIST).content.decode()
    assert "Mamani" not in page
    assert "Names are masked for you" in page


def test_whoever_may_not_identify_finds_by_number_and_not_by_name(client, admin, office):
    rosa = person("Rosa Mamani", "C1", office)
    LoanFactory(client=rosa, external_id="L77")
    assert shown(client, admin, q="rosa") == []
    assert shown(client, admin, q="c1") == [("R••• M•••", "C1")]
    assert shown(client, admin, q="L77") == [("R••• M•••", "C1")]


def test_names_are_searched_only_where_the_user_may_read_them(client, office, far_office, head):
    user = member("both", Role.ADMIN, head)
    user.memberships.create(role=Role.MANAGER, office=office, valid_from=dt.date(2020, 1, 1))
    person("Rosa Mamani", "C1", office)
    person("Rosa Poma", "C2", far_office)
    assert shown(client, user, q="rosa") == [("Rosa Mamani", "C1")]
    assert shown(client, user, sort="number") == [("Rosa Mamani", "C1"), ("R••• P•••", "C2")]


@pytest.mark.parametrize("asked", [{}, {"sort": "name"}])
def test_masked_names_are_not_told_by_their_order(asked, client, admin, office):
    """Nor where some of the rows carry the name: between two known names stands a masked one."""
    far = OfficeFactory(code="FAR")
    person("Zoe Ancasi", "C1", office)
    person("Ana Quispe", "C2", far)
    person("Mia Poma", "C3", office)
    by_number = [("Z••• A•••", "C1"), ("A••• Q•••", "C2"), ("M••• P•••", "C3")]
    assert shown(client, admin, **asked) == by_number
    admin.memberships.create(role=Role.MANAGER, office=office, valid_from=dt.date(2020, 1, 1))
    assert shown(client, admin, **asked) == [("Zoe Ancasi", "C1"), by_number[1], ("Mia Poma", "C3")]
    admin.memberships.create(role=Role.MANAGER, office=far.parent, valid_from=dt.date(2020, 1, 1))
    assert [number for _name, number in shown(client, admin, **asked)] == ["C2", "C3", "C1"]


def test_the_filters_stand_in_the_address_and_in_words(client, manager, office, far_office):
    person("Rosa Mamani", "C1", office)
    person("Ana Quispe", "C2", far_office)
    person("Juan Poma", "C3", office, sex="M")
    north = office.parent
    assert shown(client, manager, office=north.pk, sex="F") == [("Rosa Mamani", "C1")]
    response = client.get(LIST, {"office": north.pk, "sex": "F"})
    chips = [(str(chip["label"]), str(chip["value"])) for chip in response.context["chips"]]
    assert chips == [("Office", "North"), ("Sex", "Woman")]


def test_an_office_out_of_scope_is_no_choice(client, branch_manager, office, far_office):
    person("Rosa Mamani", "C1", office)
    client.force_login(branch_manager)
    response = client.get(LIST, {"office": far_office.pk})
    assert "office" in response.context["form"].errors
    assert [row[1].text for row in response.context["rows"]] == ["C1"]


def test_htmx_gets_the_rows_alone(client, manager, office):
    person("Rosa Mamani", "C1", office)
    client.force_login(manager)
    page = client.get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert "Rosa Mamani" in page
    assert "<html" not in page


def test_going_back_in_the_history_gets_the_whole_page(client, manager, office):
    person("Rosa Mamani", "C1", office)
    client.force_login(manager)
    restored = client.get(LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in restored.content.decode()


def queries(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_list_asks_as_many_queries_for_one_client_as_for_three(client, manager, office):
    client.force_login(manager)
    asked = {}
    for number in (1, 2, 3):
        rosa = person("Rosa Mamani", f"C{number}", office, OfficerFactory())
        LoanFactory(client=rosa)
        LoanFactory(client=rosa, disbursed_on=dt.date(2025, 1, 1))
        asked[number] = queries(client, LIST)
    assert asked[1] == asked[3]
    assert asked[3] <= 21


def test_without_any_data_the_list_says_what_to_do_first(client, manager, branch_manager):
    client.force_login(manager)
    assert "Import a portfolio" in client.get(LIST).content.decode()
    client.force_login(branch_manager)
    page = client.get(LIST).content.decode()
    assert "Import a portfolio" not in page
    assert "Ask a manager at the head office" in page


def test_without_a_match_the_list_offers_to_clear_the_filters(client, manager, office):
    person("Rosa Mamani", "C1", office)
    client.force_login(manager)
    page = client.get(LIST, {"q": "nobody"}).content.decode()
    assert "No client matches" in page
    assert "No clients have been taken in yet" not in page


def test_the_list_is_exported_as_shown_and_leaves_a_line_in_the_audit(client, admin, office):
    rosa = person("Rosa Mamani", "C1", office)
    LoanFactory(client=rosa, external_id="L77", product=ProductFactory(name="Solidario"))
    person("Juan Poma", "C2", office, sex="M")
    client.force_login(admin)
    response = client.get(LIST, {"sex": "F", "export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert [row[:2] for row in rows[1:]] == [["C1", "R••• M•••"]]
    assert rows[1][5:8] == ["L77", "Solidario", "2024-01-10"]
    assert AuditEvent.objects.get(verb="exported").by == admin


def test_a_name_that_was_looked_for_is_in_neither_the_audit_nor_the_files_name(client, manager, office):
    person("Rosa Mamani", "C1", office)
    client.force_login(manager)
    response = client.get(LIST, {"q": "Mamani", "sex": "F", "export": "csv-excel"})
    assert b"".join(response.streaming_content).decode().count("Mamani") == 2
    details = AuditEvent.objects.get(verb="exported").details
    assert details == {"form": "csv-excel", "shown": {"q": ["•••"], "sex": ["F"]}}
    day = timezone.localdate().isoformat()
    said = f'attachment; filename="clients_search-sex-woman_{day}.csv"'
    assert response.headers["Content-Disposition"] == said


# The page of one client


def page_of(client, user, rosa):
    client.force_login(user)
    return client.get(rosa.get_absolute_url())


def test_the_page_tells_loans_savings_and_what_happened(client, manager, office, far_office):
    ana, luis = OfficerFactory(name="Ana Arias"), OfficerFactory(name="Luis Rojas")
    rosa = person("Rosa Mamani", "C1", office, luis, joined_on=dt.date(2023, 1, 5))
    for where, who, since in [
        (far_office, ana, dt.date(2023, 1, 5)),
        (office, ana, dt.date(2023, 6, 1)),
        (office, luis, dt.date(2024, 6, 1)),
    ]:
        ClientPosting.objects.create(client=rosa, office=where, officer=who, since=since)
    first = LoanFactory(
        client=rosa, disbursed_on=dt.date(2023, 1, 10), closed_on=dt.date(2024, 1, 5), status="repaid"
    )
    LoanFactory(client=rosa, disbursed_on=dt.date(2024, 2, 1), due_on=None, days_late=12, outstanding=125)
    RepaymentFactory(loan=first, on=dt.date(2024, 1, 5), amount=500)
    product = ProductFactory(kind="savings")
    SavingsAccount.objects.create(
        client=rosa, external_id="A1", product=product, opened_on=dt.date(2023, 2, 1), balance=70
    )
    response = page_of(client, manager, rosa)
    second = Loan.objects.get(days_late=12)
    assert [
        (row[0].text, row[-1].words, row[6].text, row[7].text) for row in response.context["loans"]["rows"]
    ] == [
        (f"2 · {second.external_id}", "12 days late", "75.0\u202f%", "–"),
        (f"1 · {first.external_id}", "Repaid", "100.0\u202f%", "5 Jan 2024"),
    ]
    assert [(event.date.isoformat(), event.title) for event in response.context["events"]] == [
        ("2024-06-01", "Passed to the officer Luis Rojas"),
        ("2024-02-01", f"Took loan 2 ({second.external_id})"),
        ("2024-01-05", f"Repaid loan 1 ({first.external_id})"),
        ("2023-06-01", "Moved to the office Valle Norte"),
        ("2023-01-10", f"Took loan 1 ({first.external_id})"),
        ("2023-01-05", "Became a client"),
    ]
    page = response.content.decode()
    assert "A1" in page
    assert "Late with a loan" in page
    assert 'class="sort"' not in page


def test_the_page_ends_a_written_off_loan_and_a_death_with_a_mark(client, manager, office):
    rosa = person("Rosa Mamani", "C1", office, status="deceased", status_on=dt.date(2024, 12, 1))
    LoanFactory(client=rosa, status=Loan.Status.WRITTEN_OFF, written_off_on=dt.date(2024, 11, 1))
    events = page_of(client, manager, rosa).context["events"]
    marks = [(event.kind, event.date.month) for event in events]
    assert marks == [("act", 12), ("act", 11), ("", 1), ("", 1)]


def test_the_page_is_masked_for_whoever_may_not_identify(client, admin, office):
    rosa = person("Rosa Mamani", "C1", office, phone="000-123", birth_date=dt.date(1981, 5, 6))
    page = page_of(client, admin, rosa).content.decode()
    assert "R••• M•••" in page
    assert "Mamani" not in page
    assert "000-123" not in page
    assert "1981" not in page


def test_the_page_loads_the_panels_that_the_user_may_open(client, admin, manager, office):
    rosa = person("Rosa Mamani", "C1", office)
    panel = f"/exits/panels/client/{rosa.pk}/"
    page = page_of(client, manager, rosa).content.decode()
    assert f'hx-get="{panel}"' in page
    assert f'<a href="{panel}"' in page
    assert panel not in page_of(client, admin, rosa).content.decode()


def test_a_client_out_of_scope_is_not_found(client, branch_manager, officer, office, far_office):
    assert page_of(client, branch_manager, person("Ana Quispe", "C1", far_office)).status_code == 404
    assert page_of(client, officer, person("Rosa Mamani", "C2", office)).status_code == 404


def test_the_page_asks_as_many_queries_for_one_loan_as_for_three(client, manager, office):
    rosa = person("Rosa Mamani", "C1", office, OfficerFactory())
    client.force_login(manager)
    asked = {}
    for number in (1, 2, 3):
        RepaymentFactory(loan=LoanFactory(client=rosa, officer=OfficerFactory()))
        asked[number] = queries(client, rosa.get_absolute_url())
    assert asked[1] == asked[3]
    assert asked[3] <= 18


def test_the_tables_of_the_page_are_exported_each_by_its_name(client, manager, office):
    rosa = person("Rosa Mamani", "C1", office, joined_on=dt.date(2023, 1, 5))
    LoanFactory(client=rosa, external_id="L1", disbursed_on=dt.date(2024, 1, 10), outstanding=125)
    LoanFactory(client=rosa, external_id="L2", disbursed_on=dt.date(2025, 1, 10))
    SavingsAccount.objects.create(
        client=rosa,
        external_id="A1",
        product=ProductFactory(kind="savings"),
        opened_on=dt.date(2023, 2, 1),
        balance=70,
    )
    client.force_login(manager)
    address = rosa.get_absolute_url()
    loans = exported(client, address, table="loans")
    assert [(row["loan_id"], row["cycle"], row["repaid"]) for row in loans] == [
        ("L2", "2", ""),
        ("L1", "1", "0.75"),
    ]
    (account,) = exported(client, address, table="savings")
    assert (account["account_id"], account["opened_on"], account["last_moved_on"]) == ("A1", "2023-02-01", "")
    what = [(row["date"], row["what"]) for row in exported(client, address, table="timeline")]
    assert what == [
        ("2025-01-10", "Took loan 2 (L2)"),
        ("2024-01-10", "Took loan 1 (L1)"),
        ("2023-01-05", "Became a client"),
    ]
    lines = AuditEvent.objects.filter(verb="exported", target="clients:client-detail", by=manager)
    assert {(line.details["pk"], *line.details["shown"]["table"]) for line in lines} == {
        (str(rosa.pk), "loans"),
        (str(rosa.pk), "savings"),
        (str(rosa.pk), "timeline"),
    }
    assert client.get(address, {"export": "csv", "table": "phones"}).status_code == 400


def test_the_exports_of_the_page_keep_the_mask_and_the_scope(client, admin, officer, office):
    rosa = person("Rosa Mamani", "C1", office, OfficerFactory())
    client.force_login(admin)
    response = client.get(rosa.get_absolute_url(), {"export": "csv-excel", "table": "loans"})
    said = b"".join(response.streaming_content).decode()
    assert ("R••• M••• (C1)" in said, "Mamani" in said) == (True, False)
    client.force_login(officer)
    assert client.get(rosa.get_absolute_url(), {"export": "csv"}).status_code == 404


def test_of_everybody_two_pages_are_asked_for_of_ones_own_or_a_filters_more(client, manager, officer):
    def at_once(user, query=""):
        client.force_login(user)
        return client.get(f"/clients/?{query}").context["paginator"].at_once

    asked = [at_once(manager), at_once(manager, "q=rosa"), at_once(manager, "sex=F"), at_once(officer)]
    assert asked == [paging.TWO_PAGES, paging.TWO_PAGES, paging.AT_ONCE, paging.AT_ONCE]
    assert at_once(manager, "sort=number") == paging.AT_ONCE


def test_of_a_long_list_the_page_says_that_there_are_more(client, manager, office, monkeypatch):
    monkeypatch.setattr(paging, "MOST", 2)
    for number in range(3):
        person(f"Rosa {number}", f"C{number}", office, None)
    client.force_login(manager)
    said = client.get("/clients/").content.decode()
    assert ("More than" in said, said.count("<strong>2 clients</strong>")) == (True, 1)
    assert len(exported(client, "/clients/")) == 3


def test_what_a_search_finds_is_put_in_the_order_asked_for(client, manager, office):
    for number, name in (("C2", "Rosa Apaza"), ("C1", "Rosa Zegarra"), ("C3", "Ana Poma")):
        person(name, number, office)
    client.force_login(manager)
    found = exported(client, "/clients/", q="rosa", sort="number")
    assert [row["name"] for row in found] == ["Rosa Zegarra", "Rosa Apaza"]
