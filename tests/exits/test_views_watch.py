"""The watch list: whom it holds, how long they have, what came of calls, and to whom it is shown."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exits.actions import define_exit, record_contact
from exits.models import Spell
from tests.exits import pages
from tests.factories import ClientFactory, LoanFactory, ProductFactory

PAGE = reverse("exits:watch-list")
AS_OF = pages.AS_OF


def days_ago(days):
    return AS_OF - dt.timedelta(days=days)


def resting(office, officer, repaid=40, product=None, due=None, **client):
    person = ClientFactory(office=office, officer=officer.officer, **client)
    more = {"product": product} if product else {}
    pages.repaid(person, days_ago(400), days_ago(repaid), due_on=due and days_ago(due), **more)
    return person


def rows(client, user, query=""):
    client.force_login(user)
    response = client.get(f"{PAGE}?export=csv&{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def page(client, user):
    client.force_login(user)
    response = client.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()


def called(person, by, days=3, **said):
    start = Spell.objects.get(client=person, left_on=None).start
    given = {"at": timezone.now() - dt.timedelta(days=days), "how": "call", "result": "reached"}
    return record_contact(client=person, start=start, by=by, **given | said)


def test_it_holds_who_has_repaid_everything_and_whose_window_runs(client, manager, office, officer):
    resting(office, officer, repaid=40, external_id="RESTS")
    resting(office, officer, repaid=91, external_id="GONE")
    stays = resting(office, officer, repaid=40, external_id="STAYS")
    LoanFactory(client=stays, disbursed_on=days_ago(5))
    pages.built()
    assert [row["client_id"] for row in rows(client, manager)] == ["RESTS"]


def test_days_left_follow_the_window_of_the_product(client, manager, office, officer):
    farm = ProductFactory(code="FARM")
    define_exit(starts_on=days_ago(900), window=90, product_windows={"FARM": 150}, by=None)
    resting(office, officer, repaid=40, external_id="SHORT")
    resting(office, officer, repaid=90, external_id="LAST")
    resting(office, officer, repaid=100, product=farm, external_id="LONG")
    pages.built()
    assert {row["client_id"]: row["days_left"] for row in rows(client, manager)} == {
        "SHORT": "50",
        "LAST": "0",
        "LONG": "50",
    }
    assert page(client, manager).count("soon gone") == 1


def test_arrears_are_those_of_the_last_loan(client, manager, office, officer):
    resting(office, officer, due=70, external_id="LATE")
    resting(office, officer, due=20, external_id="EARLY")
    resting(office, officer, external_id="UNKNOWN")
    pages.built()
    assert {row["client_id"]: row["days_late"] for row in rows(client, manager)} == {
        "LATE": "30",
        "EARLY": "0",
        "UNKNOWN": "",
    }


def test_the_latest_call_and_the_next_are_shown_and_sort(client, officer, office):
    first, second = (resting(office, officer, external_id=name) for name in ("A", "B"))
    pages.built()
    called(first, officer, days=9, result="not_reached")
    called(first, officer, days=2, result="returns", next_on=timezone.localdate() + dt.timedelta(days=7))
    called(second, officer, days=5)
    found = {row["client_id"]: row for row in rows(client, officer)}
    assert "Will take another loan" in found["A"]["last_call"]
    assert found["A"]["next_call"] == (timezone.localdate() + dt.timedelta(days=7)).isoformat()
    assert found["B"]["next_call"] == ""
    assert [row["client_id"] for row in rows(client, officer, "sort=last_call")] == ["B", "A"]
    assert [row["client_id"] for row in rows(client, officer, "sort=-last_call")] == ["A", "B"]
    assert [row["client_id"] for row in rows(client, officer, "sort=next_call")] == ["A", "B"]


def test_a_call_of_an_earlier_stay_is_not_shown(client, officer, office):
    person = resting(office, officer)
    pages.built()
    record_contact(
        client=person, start=days_ago(2000), at=timezone.now(), how="call", result="leaves", by=officer
    )
    (row,) = rows(client, officer)
    assert row["last_call"] == ""
    assert "Record a call" in page(client, officer)


def test_an_officer_sees_the_own_clients_a_branch_manager_the_branch(
    client, officer, other_officer, branch_manager, office, far_office
):
    resting(office, officer, external_id="OWN")
    resting(office, other_officer, external_id="THEIRS")
    resting(far_office, officer, external_id="FAR")
    pages.built()
    seen = {
        user.username: {row["client_id"] for row in rows(client, user)}
        for user in (officer, other_officer, branch_manager)
    }
    assert seen == {
        "officer": {"OWN"},
        "other-officer": {"THEIRS"},
        "branch-manager": {"OWN", "THEIRS"},
    }


@pytest.mark.parametrize("who", ["assessor", "nobody", "admin"])
def test_who_may_not_see_exits_is_refused(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403


def test_where_nobody_rests_the_page_says_why(client, manager, office, officer):
    resting(office, officer, repaid=300)
    pages.built()
    assert "Nobody is resting" in page(client, manager)


def test_calls_are_looked_up_for_the_rows_of_the_page_alone(client, officer, office):
    resting(office, officer)
    pages.built()

    def asked(query=""):
        client.force_login(officer)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{PAGE}?{query}").getvalue()
        return ["LIMIT 1001" in query["sql"] for query in queries if "exits_contact" in query["sql"]]

    assert asked() == [False]
    assert asked("sort=last_call") == [True, False]


def test_it_asks_as_often_with_one_row_as_with_three(client, officer, office):
    def asked():
        client.force_login(officer)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    called_one = resting(office, officer)
    pages.built()
    called(called_one, officer)
    asked()
    one = asked()
    for _ in range(2):
        resting(office, officer)
    pages.built()
    assert asked() == one
