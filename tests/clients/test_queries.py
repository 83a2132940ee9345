"""Who is found, what is shown of them, how they stand."""

import datetime as dt
from importlib import import_module

import pytest
from django.db import connection

from clients.methods import fold
from clients.models import Attendance, Client, ImportBatch, Loan
from clients.queries import clients as queries
from clients.queries import clients_with_open_loan, portfolio_day, shown_name, shown_phone
from clients.queries.clients import (
    Standing,
    attendance_of,
    days_late,
    filtered,
    loans_of,
    matching,
    standing_as,
    standing_of,
)
from clients.queries.imports import may_have_rejected, may_see_names
from spm.access import Role
from tests.factories import (
    ClientFactory,
    LoanFactory,
    MembershipFactory,
    OfficerFactory,
    ProductFactory,
    RepaymentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 6, 1)


@pytest.fixture(autouse=True)
def data_of_the_day(db):
    ImportBatch.objects.create(source="all", state="done", data_as_of=DAY)


def person(name, office, number=None, **more):
    number = number or f"C-{name}"[:20]
    return ClientFactory(name=name, search_name=fold(name), external_id=number, office=office, **more)


def found(text, user):
    return sorted(client.name for client in matching(Client.objects.visible_to(user), text, user))


@pytest.mark.parametrize(
    "text",
    ["quispe  ana", "ANA QUISPE", "  Quíspe   añá ", "an quis", "Ana Quispe Ñahui", "nahui ana", "ANA"],
)
def test_a_name_is_found_whatever_its_accents_case_order_and_blanks(text, manager, office):
    person("Ana Quispe Ñahui", office)
    person("Rosa Mamani", office)
    assert found(text, manager) == ["Ana Quispe Ñahui"]


def test_every_word_must_be_in_the_name(manager, office):
    person("Ana Quispe", office)
    person("Ana Mamani", office)
    assert found("ana quispe rojas", manager) == []
    assert found("%", manager) == []
    assert found("_", manager) == []


def test_a_client_is_found_by_their_own_and_by_their_loans_number(manager, office):
    ana = person("Ana Quispe", office, "C-17")
    LoanFactory(client=ana, external_id="L-99")
    person("Rosa Mamani", office, "C-171")
    assert found("c-17", manager) == ["Ana Quispe"]
    assert found(" L-99 ", manager) == ["Ana Quispe"]


def plan(clients, *but):
    """How the database goes about it; PostgreSQL as if the table, and what else is named, cost much."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for way in ("seqscan", *but):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        return clients.values_list("pk").explain()


@pytest.mark.parametrize("text", ["quispe", "rosa quispe"])
def test_a_search_by_name_reads_an_index_and_not_every_client(text, manager):
    clients = matching(Client.objects.visible_to(manager), text, manager).order_by("search_name", "pk")
    way = {"sqlite": "USING COVERING INDEX", "postgresql": "Index Only Scan using"}
    assert f"{way[connection.vendor]} client_by_name" in plan(clients[:51])


def test_postgresql_finds_rare_parts_of_names_by_their_letters(manager):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite reads the index by name")
    made = import_module("clients.migrations.0010_the_search_reads_an_index")
    with connection.schema_editor() as editor:
        made.look_for_parts_of_names(None, editor)
    clients = matching(Client.objects.visible_to(manager), "quispe", manager).order_by("search_name", "pk")
    assert "client_by_part_of_name" in plan(clients[:51], "indexscan", "indexonlyscan")


def test_the_few_with_a_status_are_found_by_an_index_of_their_own(manager):
    clients = standing_as(Client.objects.visible_to(manager), Standing.DECEASED).order_by("search_name", "pk")
    assert "client_by_status" in plan(clients[:51])


def test_names_and_phones_are_whole_only_for_whoever_may_identify_the_client(
    manager, branch_manager, officer, other_officer, admin, nobody, office, far_office
):
    ana = person("Ana Quispe", office, phone="000-1", officer=officer.officer)
    read = {user.username: shown_name(ana, user) for user in (manager, branch_manager, officer)}
    assert read == dict.fromkeys(["manager", "branch-manager", "officer"], "Ana Quispe")
    masked = {user.username: (shown_name(ana, user), shown_phone(ana, user)) for user in (admin, nobody)}
    assert masked == dict.fromkeys(["admin", "nobody"], ("A••• Q•••", ""))
    assert shown_name(ana, other_officer) == "A••• Q•••"
    assert shown_name(person("Rosa Mamani", far_office), branch_manager) == "R••• M•••"
    assert shown_phone(ana, manager) == "000-1"


def test_rights_to_names_are_asked_once_and_not_for_each_client(manager, office, django_assert_num_queries):
    for number in range(3):
        person(f"Ana {number}", office)
    clients = list(Client.objects.select_related("office", "officer"))
    with django_assert_num_queries(1):
        assert [shown_name(client, manager) for client in clients] == [client.name for client in clients]


def standings(office):
    """One client of each standing, by the standing that it must have."""
    people = {standing: person(str(standing.value), office) for standing in Standing}
    LoanFactory(client=people[Standing.OPEN], due_on=DAY, days_late=None)
    LoanFactory(client=people[Standing.OPEN], due_on=DAY - dt.timedelta(days=9), days_late=0)
    LoanFactory(client=people[Standing.LATE], due_on=DAY + dt.timedelta(days=9), days_late=3)
    LoanFactory(client=people[Standing.CLOSED], status="repaid", closed_on=dt.date(2024, 12, 1))
    LoanFactory(client=people[Standing.CLOSED], status="written_off", written_off_on=dt.date(2025, 1, 1))
    LoanFactory(client=people[Standing.DECEASED], due_on=None)
    for gone in (Standing.DECEASED, Standing.EXPELLED):
        Client.objects.filter(pk=people[gone].pk).update(status=gone, status_on=DAY)
        people[gone].refresh_from_db()
    return people


def test_the_filter_by_standing_agrees_with_the_standing_of_each_client(office, manager, few_or_many):
    people = standings(office)
    shown = {
        standing: standing_of(who.status, list(who.loans.all()), DAY) for standing, who in people.items()
    }
    assert shown == {standing: standing for standing in Standing}
    clients = Client.objects.visible_to(manager)
    chosen = {standing: {who.pk for who in standing_as(clients, standing)} for standing in Standing}
    expected = {standing: {who.pk} for standing, who in people.items()}
    # Whoever is late has an open loan too.
    expected[Standing.OPEN].add(people[Standing.LATE].pk)
    assert chosen == expected
    assert clients_with_open_loan(manager) == 3


def test_days_late_are_the_banks_or_else_counted_from_the_due_day():
    def loan(**what):
        return Loan(disbursed_on=dt.date(2024, 1, 1), **what)

    assert days_late(loan(due_on=dt.date(2025, 5, 20)), DAY) == 12
    assert days_late(loan(due_on=dt.date(2025, 5, 20), days_late=0), DAY) == 0
    assert days_late(loan(due_on=DAY), DAY) == 0
    assert days_late(loan(due_on=None), DAY) == 0
    assert days_late(loan(due_on=dt.date(2024, 5, 20), closed_on=DAY, days_late=9), DAY) == 0


@pytest.fixture(params=["few", "many"])
def few_or_many(request, monkeypatch):
    """Both ways in which the filters go about it."""
    monkeypatch.setattr(queries, "FEW", {"few": 20_000, "many": 0}[request.param])


def test_the_filters_narrow_each_other(manager, office, far_office, few_or_many):
    product, mine = ProductFactory(), OfficerFactory()
    ana = person("Ana Quispe", office, officer=mine, sex="F", area="urban")
    LoanFactory(client=ana, product=product)
    LoanFactory(client=ana, product=product)
    person("Rosa Mamani", office, sex="F", area="rural")
    person("Juan Poma", far_office, sex="M", area="urban")
    clients = Client.objects.visible_to(manager)

    def names(**conditions):
        return sorted(client.name for client in filtered(clients, user=manager, **conditions))

    assert names() == ["Ana Quispe", "Juan Poma", "Rosa Mamani"]
    assert names(office=office.parent) == ["Ana Quispe", "Rosa Mamani"]
    assert names(officer=mine) == ["Ana Quispe"]
    assert names(product=product) == ["Ana Quispe"]
    assert names(sex="F", area="rural") == ["Rosa Mamani"]
    assert names(area="urban", q="juan") == ["Juan Poma"]
    assert names(standing="open", office=far_office) == []


def test_the_portfolio_is_known_as_of_the_latest_data_taken_in(db):
    ImportBatch.objects.create(source="older", state="done", data_as_of=DAY - dt.timedelta(days=1))
    ImportBatch.objects.create(source="names only", state="done", data_as_of=None)
    ImportBatch.objects.create(source="thrown away", state="discarded", data_as_of=DAY + dt.timedelta(days=1))
    assert portfolio_day() == DAY


def test_attendance_counts_the_meetings_of_one_year(office):
    ana = person("Ana Quispe", office)
    for days, present in [(0, True), (30, False), (364, True), (365, True), (-1, True)]:
        Attendance.objects.create(client=ana, on=DAY - dt.timedelta(days=days), present=present)
    attended = attendance_of(ana, DAY)
    assert (attended.held, attended.came, attended.last_on) == (3, 2, DAY)


def test_what_was_paid_on_a_loan_is_summed_apart_for_each_loan(office):
    ana = person("Ana Quispe", office)
    first, second = LoanFactory(client=ana), LoanFactory(client=ana)
    for loan, amount in [(first, 10), (first, 20), (second, 5)]:
        RepaymentFactory(loan=loan, amount=amount)
    assert {row.loan.pk: row.paid for row in loans_of(ana, DAY)} == {first.pk: 30, second.pk: 5}


# --- imports -----------------------------------------------------------------------------------------------


def test_only_who_may_know_every_client_sees_the_names_in_an_import(
    admin, manager, branch_manager, officer, nobody, head
):
    of_head = UserFactory(username="officer-of-head")
    MembershipFactory(user=of_head, role=Role.OFFICER, office=head)
    people = (admin, manager, branch_manager, officer, of_head, nobody)
    assert [user for user in people if may_see_names(user)] == [manager]


def test_rows_handed_back_are_had_by_who_sent_them_and_who_knows_all_names_where_there_are_some(
    admin, manager, branch_manager, officer
):
    sent = {"rows": ImportBatch(by=admin, report={"rows": {"clients": {}}}), "none": ImportBatch(by=admin)}
    had = {
        name: [may_have_rejected(batch, user) for user in (admin, manager, branch_manager, officer)]
        for name, batch in sent.items()
    }
    assert had == {"rows": [True, True, False, False], "none": [False] * 4}
