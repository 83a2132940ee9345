"""The filters of the list of exit interviews, and what leads on from one."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from exits.models import ExitInterview, Spell
from tests.exits import pages
from tests.exits.asked import confirmed, interview, leaver
from tests.exported import exported
from tests.factories import ClientFactory, ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]

LIST = reverse("exits:interview-list")


@pytest.fixture
def asked(office, far_office, manager):
    """One each in June, July and August 2025; the last did not agree."""
    one, other = leaver(office, external_id="ONE"), leaver(far_office, external_id="OTHER")
    refused = ClientFactory(office=office, external_id="REFUSED")
    pages.repaid(refused, dt.date(2024, 3, 1), dt.date(2025, 3, 1), product=ProductFactory(code="FARM"))
    pages.built()
    interview(one, "delay")
    interview(other, "health", first="delay", days=30, complaint="Was shouted at", complaint_on=True)
    interview(refused, consent=False, days=61)
    confirmed(one, "moved", by=manager)
    return one


def listed(client, **shown):
    return sorted(row["client_id"] for row in exported(client, LIST, **shown))


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({}, ["ONE", "OTHER", "REFUSED"]),
        ({"start": "2025-07"}, ["OTHER", "REFUSED"]),
        ({"end": "2025-07"}, ["ONE", "OTHER"]),
        ({"start": "2025-07", "end": "2025-07"}, ["OTHER"]),
        ({"office": "NORTH"}, ["ONE", "REFUSED"]),
        ({"office": "SOUTH-1"}, ["OTHER"]),
        ({"product": "FARM"}, ["REFUSED"]),
        ({"leaver_type": "moved"}, ["ONE"]),
        ({"reason": "delay"}, ["ONE"]),
        ({"reason": "household"}, ["OTHER"]),
        ({"consent": "yes"}, ["ONE", "OTHER"]),
        ({"consent": "no"}, ["REFUSED"]),
        ({"consent": "yes", "office": "NORTH"}, ["ONE"]),
        ({"complaint": "on"}, ["OTHER"]),
        ({"complaint": "nonsense"}, ["ONE", "OTHER", "REFUSED"]),
        ({"reason": "nonsense", "office": "nowhere", "start": "1"}, ["ONE", "OTHER", "REFUSED"]),
        ({"start": "2025-08", "end": "2025-06"}, ["OTHER", "REFUSED"][1:]),
    ],
)
def test_interviews_are_listed_by_what_is_asked_for(shown, found, client, manager, asked):
    client.force_login(manager)
    assert listed(client, **shown) == found


def test_the_filter_is_said_in_words_on_the_page_and_in_the_trail_of_the_file(client, manager, asked):
    client.force_login(manager)
    shown = {"start": "2025-06", "consent": "yes", "reason": "delay", "sort": "-at"}
    page = client.get(LIST, shown)
    assert [(str(chip["label"]), chip["value"]) for chip in page.context["chips"]] == [
        ("From month", "June 2025"),
        ("Main reason", "Money comes too late"),
        ("Agreed", "Yes"),
    ]
    assert '<input type="hidden" name="sort" value="-at"' in page.text
    assert "1 interview<" in page.text


def test_a_wrong_value_is_named_and_everything_shown(client, manager, asked):
    client.force_login(manager)
    page = client.get(LIST, {"office": "nowhere"})
    assert ("Nothing is known by this." in page.text, "3 interviews<" in page.text) == (True, True)
    page = client.get(LIST, {"start": "2025-08", "end": "2025-06"})
    assert "The period ends before it starts." in page.text


def test_nothing_found_offers_to_clear_and_nobody_asked_says_how_they_come_in(client, manager, asked):
    client.force_login(manager)
    none = client.get(LIST, {"leaver_type": "death"}).text
    assert ("No interview is like this" in none, f'href="{LIST}"' in none) == (True, True)
    ExitInterview.objects.all().delete()
    assert "Nobody has been asked yet" in client.get(LIST).text


def test_whoever_asked_out_of_reach_learns_nothing_more_by_filtering(client, other_officer, asked):
    ExitInterview.objects.filter(client=asked).update(by=other_officer)
    client.force_login(other_officer)
    assert (listed(client), listed(client, reason="delay")) == (["ONE"], ["ONE"])
    product = Spell.objects.get(client=asked).product.code
    assert (listed(client, leaver_type="moved"), listed(client, product=product)) == ([], [])


def test_an_interview_leads_to_the_clients_page_where_that_is_in_reach(client, manager, other_officer, asked):
    row = ExitInterview.objects.get(client=asked)
    ExitInterview.objects.filter(pk=row.pk).update(by=other_officer)
    led = []
    for user in (manager, other_officer):
        client.force_login(user)
        page = client.get(reverse("exits:interview-detail", args=[row.pk])).text
        led.append(f'href="{asked.get_absolute_url()}"' in page)
    assert led == [True, False]


STAY = (
    *("left_on", "cause", "officer", "group", "sex", "age", "cycle", "product"),
    *("principal", "loan_status", "loan_due_on", "loan_closed_on", "loan_written_off_on", "days_late"),
    *("outstanding", "last_paid_on", "last_paid", "saved_out", "saved_here"),
)
SAID = ("leaver_type", "staff_reason", "staff_first")


def test_the_file_has_the_wish_to_be_called_the_stay_and_what_staff_say(client, manager, office, officer):
    person = leaver(office, officer.officer, external_id="ONE", sex="F", birth_date=dt.date(1990, 1, 1))
    pages.built()
    interview(person, "delay", may_contact=True, callback=True, language="qu")
    confirmed(person, "moved", by=manager, staff="meetings")
    client.force_login(manager)
    (row,) = exported(client, LIST)
    assert [row[name] for name in ("language", "may_contact", "callback")] == ["Runasimi", "1", "1"]
    assert [row[name] for name in ("start", *STAY[:8])] == [
        *("2024-03-01", "2025-03-01", "Own choice", str(officer.officer), "", "Woman", "25-34", "1"),
        Spell.objects.get().product.name,
    ]
    assert Decimal(row["principal"]) == 500
    assert [row[name] for name in SAID] == ["Moved away", "Meetings take too long", ""]


def test_whoever_asked_out_of_reach_takes_nothing_of_the_stay_along(client, other_officer, asked):
    ExitInterview.objects.filter(client=asked).update(by=other_officer)
    client.force_login(other_officer)
    (row,) = exported(client, LIST)
    assert {name: row[name] for name in (*STAY, *SAID)} == dict.fromkeys((*STAY, *SAID), "")


def test_the_file_asks_as_much_for_three_interviews_as_for_one(
    client, manager, office, django_assert_num_queries, django_assert_max_num_queries
):
    people = [leaver(office, external_id=name) for name in ("ONE", "TWO", "THREE")]
    pages.built()
    interview(people[0], "delay")
    client.force_login(manager)
    exported(client, LIST)
    with django_assert_max_num_queries(40) as asked:
        exported(client, LIST)
    for person in people[1:]:
        interview(person, "health", first="delay")
    with django_assert_num_queries(len(asked)):
        assert len(exported(client, LIST)) == 3
