"""Whom to win back: who is on the list, what came of it, and whose work it is."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exits import queries
from exits.actions import confirm_exit, record_contact, record_interview
from exits.methods import wilson
from exits.queries.winback import WinBack, winback, won_back
from spm import work
from tests.exits.leavers import START, TODAY, counted, leaver_type, left, reason
from tests.factories import LoanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]
PAGE = reverse("exits:winback-list")
NOW = timezone.now()
WEEK = TODAY + dt.timedelta(days=7)
DAYS = dt.timedelta(days=1)


def asked(person, by, *, ago=20, **said):
    """An interview of so many days ago; without more, of somebody who asks for a call."""
    given = {"callback": True, "callback_contact": "555 777", "primary": reason("delay")} | said
    stay = {"client": person, "start": START, "at": NOW - ago * DAYS, "by": by}
    return record_interview(consent=True, **stay, **given)


def called(person, by, result="reached", *, ago=5, **said):
    stay = {"client": person, "start": START, "at": NOW - ago * DAYS, "by": by}
    return record_contact(how="call", result=result, **stay, **said)


def loan(person, ago=1):
    return LoanFactory(client=person, disbursed_on=TODAY - ago * DAYS)


@pytest.fixture
def leaver(office, officer):
    """Makes somebody who left the officer, known by the number."""

    def made(number, *, of=officer, where=office, **given):
        return left(where, of, external_id=number, days=40, **given)

    return made


def rows(client, user, query=""):
    client.force_login(user)
    response = client.get(f"{PAGE}?export=csv&{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def numbers(client, user, query=""):
    return [row["client_id"] for row in rows(client, user, query)]


def test_who_asks_for_a_call_is_on_it_and_who_would_return_only_where_they_agree(client, manager, leaver):
    for number, said in {
        "CALL": {},
        "AGREES": {"callback": False, "callback_contact": "", "would_return": "yes", "may_contact": True},
        "SILENT": {"callback": False, "callback_contact": "", "would_return": "yes"},
        "UNSURE": {"callback": False, "callback_contact": "", "would_return": "unsure", "may_contact": True},
        "NEVER": {"callback": False, "callback_contact": "", "would_return": "no", "may_contact": True},
    }.items():
        asked(leaver(number), manager, **said)
    leaver("NOT-ASKED")
    counted()
    found = {row["client_id"]: row["wish"] for row in rows(client, manager)}
    assert found == {"CALL": "Asked for a call", "AGREES": "Would come back"}


def test_who_died_or_was_sent_away_is_not_on_it(client, manager, office, officer, leaver):
    kept, by_us = leaver("KEPT"), leaver("BY-US")
    asked(kept, manager)
    asked(by_us, manager)
    confirm_exit(client=by_us, start=START, at=NOW, leaver_type=leaver_type("mfi"), by=officer)
    asked(leaver("SAYS-US"), manager, initiative="mfi")
    died = leaver("DIED")
    asked(died, manager)
    lost = leaver("DEAD-BY-STAFF")
    asked(lost, manager)
    confirm_exit(client=lost, start=START, at=NOW, leaver_type=leaver_type("death"), by=officer)
    counted()
    # After leaving, so that the cause of the stay is still the own choice.
    died.status, died.status_on = "deceased", TODAY
    died.save()
    assert numbers(client, manager) == ["KEPT"]


def test_the_latest_interview_counts_so_that_consent_can_be_taken_back(
    client, manager, branch_manager, leaver
):
    withdrawn, now_asks = leaver("WITHDRAWN"), leaver("NOW-ASKS")
    no = {"callback": False, "callback_contact": ""}
    asked(withdrawn, manager)
    asked(withdrawn, branch_manager, ago=10, round=2, **no)
    asked(now_asks, manager, **no)
    asked(now_asks, branch_manager, ago=10, round=2)
    counted()
    assert numbers(client, manager) == ["NOW-ASKS"]


def test_the_order_is_who_wishes_a_call_who_would_return_who_rests_and_who_left_last(
    client, manager, office, officer, leaver
):
    would = {"callback": False, "callback_contact": "", "would_return": "yes", "may_contact": True}
    people = {
        "SETTLED": {},
        "WOULD": would,
        "RESTS": would,
        "CALL": {},
        "CALL-AND-WOULD": {"would_return": "yes"},
    }
    for number, said in people.items():
        person = leaver(number)
        asked(person, manager, **said)
        if number == "RESTS":
            confirm_exit(client=person, start=START, at=NOW, leaver_type=leaver_type("resting"), by=officer)
        if number == "SETTLED":
            called(person, officer, "leaves")
    asked(left(office, officer, external_id="LATER", days=25), manager)
    counted()
    assert numbers(client, manager) == ["CALL-AND-WOULD", "LATER", "CALL", "RESTS", "WOULD", "SETTLED"]


def test_a_new_loan_is_found_in_the_records_and_goes_before_what_the_call_said(
    client, manager, officer, leaver
):
    back, early, said = leaver("BACK"), leaver("EARLY"), leaver("SAID")
    for person in (back, early, said):
        asked(person, manager)
        called(person, officer, "returns", next_on=WEEK)
    loan(back)
    # Before anybody asked: nobody was to be won back.
    loan(early, ago=25)
    counted()
    found = {row["client_id"]: (row["result"], row["new_loan_on"]) for row in rows(client, manager)}
    assert found == {
        "BACK": ("Took a new loan", (TODAY - DAYS).isoformat()),
        "SAID": ("Will take another loan", ""),
    }
    assert {row["client_id"]: row["next_call"] for row in rows(client, manager)}["SAID"] == WEEK.isoformat()


@pytest.mark.parametrize(
    ("outcome", "number"),
    [
        ("to_call", "NONE"),
        ("not_reached", "NOT_REACHED"),
        ("reached", "REACHED"),
        ("returns", "RETURNS"),
        ("leaves", "LEAVES"),
        ("moved", "MOVED"),
        ("back", "BACK"),
    ],
)
def test_the_filter_of_results_keeps_those_alone(outcome, number, client, manager, officer, leaver):
    for result in ("", "not_reached", "reached", "returns", "leaves", "moved", "back"):
        person = leaver(result.upper() or "NONE")
        asked(person, manager)
        if result == "back":
            loan(person)
        elif result:
            called(person, officer, result)
    counted()
    assert numbers(client, manager, f"outcome={outcome}") == [number]
    assert client.get(PAGE, {"outcome": outcome}).context["figures"][0]["value"] == "7"


def test_calls_before_the_interview_and_after_the_new_loan_are_not_its_success(manager, officer, leaver):
    people = {name: leaver(name) for name in ("WON", "TRIED", "BEFORE", "AFTER", "ALONE", "STILL")}
    for person in people.values():
        asked(person, manager)
    called(people["WON"], officer, ago=5)
    called(people["TRIED"], officer, "not_reached", ago=5)
    called(people["BEFORE"], officer, ago=30)
    called(people["AFTER"], officer, ago=1)
    for name in ("WON", "BEFORE", "AFTER", "ALONE"):
        loan(people[name], ago=3)
    counted()
    made = queries.build()
    only = queries.ExitFilter(TODAY.replace(day=1, month=1, year=TODAY.year - 1), TODAY.replace(day=1))
    found = won_back(winback(manager, only, made))
    assert found == WinBack(n=6, called=2, called_back=1, others_back=3)
    assert found.others == 4


def test_the_figures_stand_over_the_list_with_their_intervals(client, manager, officer, leaver):
    for number in range(3):
        person = leaver(f"C{number}")
        asked(person, manager)
        called(person, officer)
        if number:
            loan(person)
    asked(leaver("OTHER"), manager)
    counted()
    client.force_login(manager)
    response = client.get(PAGE)
    words = [(figure["value"], figure.get("note")) for figure in response.context["figures"]]
    assert [round(each, 3) for each in wilson(2, 3)] == [0.208, 0.939]
    assert words == [
        ("4", None),
        ("3", "75\u202f% of the list"),
        ("67\u202f%", "2 of 3, 95 % interval 20.8\u202f% to 93.9\u202f%"),
        ("0\u202f%", "0 of 1, 95 % interval 0.0\u202f% to 79.3\u202f%"),
    ]
    assert "This is no experiment" in response.content.decode()


def test_an_officer_sees_the_own_clients_and_the_reason_they_gave(
    client, manager, officer, other_officer, branch_manager, far_office, leaver
):
    asked(leaver("OWN"), manager)
    asked(leaver("THEIRS", of=other_officer), manager)
    asked(leaver("FAR", where=far_office, of=None), manager)
    counted()
    assert numbers(client, officer) == ["OWN"]
    assert numbers(client, other_officer) == ["THEIRS"]
    assert sorted(numbers(client, branch_manager)) == ["OWN", "THEIRS"]
    for user in (officer, other_officer, branch_manager):
        assert {row["reason"] for row in rows(client, user)} == {"Money comes too late"}


@pytest.mark.parametrize("who", ["assessor", "nobody", "admin"])
def test_who_may_not_call_clients_is_refused(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403


def test_where_nobody_is_to_be_won_back_the_page_says_how_they_get_there(client, manager, leaver):
    leaver("GONE")
    counted()
    client.force_login(manager)
    response = client.get(PAGE)
    assert "Nobody to win back" in response.content.decode()
    assert response.context["figures"] == []


def test_it_asks_as_often_with_one_row_as_with_three(client, manager, officer, leaver):
    def listed(number):
        person = leaver(number)
        asked(person, manager)
        called(person, officer)
        counted()

    def count():
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        return len(found)

    client.force_login(officer)
    listed("A")
    count()
    one = count()
    listed("B")
    listed("C")
    assert count() == one


# Whose work it is


def waiting(user):
    return [(task.about.title, task.words) for task in work.tasks_of(user, WEEK)]


WORDS = "Call back: the client left and asked for it"


@pytest.fixture
def asks(leaver, manager, officer):
    """She left, her exit is confirmed, and she asks for a call."""
    person = leaver("ASKS", name="Rosa Mamani")
    counted()
    confirm_exit(client=person, start=START, at=NOW, leaver_type=leaver_type("satisfied"), by=officer)
    asked(person, manager)
    return person


def test_who_asks_for_a_call_is_work_for_the_own_officer_until_somebody_called(
    client, officer, manager, asks
):
    [task] = work.tasks_of(officer, WEEK)
    assert (task.about.title, task.words, task.item.due_on) == ("Rosa Mamani", WORDS, TODAY + 3 * DAYS)
    assert dict(task.about.facts)["How to reach the person"] == "555 777"
    client.force_login(officer)
    about = client.get(task.about.link).context["about"]
    assert dict(about.facts)["How to reach the person"] == "555 777"
    called(asks, manager, ago=0)
    assert waiting(officer) == []


def test_a_call_before_the_interview_does_not_settle_it(officer, asks):
    called(asks, officer, ago=30)
    assert waiting(officer) == [("Rosa Mamani", WORDS)]


def test_who_takes_a_new_loan_is_called_no_more(officer, asks):
    loan(asks)
    counted()
    assert waiting(officer) == []


def test_the_call_goes_to_another_officer_with_the_client(officer, other_officer, asks):
    asks.officer = other_officer.officer
    asks.save()
    counted()
    assert (waiting(officer), waiting(other_officer)) == ([], [("Rosa Mamani", WORDS)])


def test_only_who_asks_for_it_is_work_and_not_whoever_we_sent_away(officer, manager, leaver):
    counted()
    would = {"callback": False, "callback_contact": "", "would_return": "yes", "may_contact": True}
    asked(leaver("WOULD"), manager, **would)
    asked(leaver("BY-US"), manager, initiative="mfi")
    counted()
    assert [task.words for task in work.tasks_of(officer, WEEK) if task.item.kind == "exits.callback"] == []


def test_an_interview_that_comes_in_after_the_call_asks_for_no_other(officer, manager, leaver):
    person = leaver("LATE")
    counted()
    called(person, officer, ago=5)
    asked(person, manager, ago=20)
    assert [task for task in work.tasks_of(officer, WEEK) if task.item.kind == "exits.callback"] == []
