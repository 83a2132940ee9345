"""My work: what an officer is to do, from any app, overdue first."""

import datetime as dt

import pytest
from django.utils import timezone

from exits.actions import record_contact
from spm import work
from spm.models import WorkItem
from tests.factories import ClientFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def called(officer, name, days, **client):
    """A call by the officer to a client of theirs, and the next one in so many days."""
    client = ClientFactory(name=name, officer=officer.officer, **client)
    return call_again(officer, client, days)


def call_again(officer, client, days, ago=2):
    at, on = timezone.now() - dt.timedelta(days=ago), days is not None and TODAY + dt.timedelta(days=days)
    given = {"start": TODAY, "at": at, "how": "call", "result": "reached", "next_on": on or None}
    return record_contact(client=client, by=officer, **given)


def listed(browser, user):
    browser.force_login(user)
    return [(task["title"], task["status"], task["words"]) for task in browser.get("/").context["tasks"]]


def test_what_is_overdue_stands_first_and_what_is_far_away_waits(client, officer, office):
    for name, days in (("Today", 0), ("Later", 5), ("Overdue", -3), ("Far", 30)):
        called(officer, name, days, office=office)
    since = f"{(TODAY - dt.timedelta(days=3)):%d} "
    titles = listed(client, officer)
    assert [(title, status) for title, status, _words in titles] == [
        ("Overdue", "act"),
        ("Today", "wait"),
        ("Later", ""),
    ]
    assert since.lstrip("0") in titles[0][2]


def test_what_is_done_goes_away_and_the_next_date_takes_its_place(client, officer, office):
    first = called(officer, "Rosa", 0, office=office)
    call_again(officer, first.client, 3, ago=1)
    assert [words for _title, _status, words in listed(client, officer)] != ["today"]
    call_again(officer, first.client, None, ago=0)
    assert listed(client, officer) == []
    assert WorkItem.objects.exclude(done_at=None).count() == 2


def test_a_note_that_comes_in_late_changes_no_later_promise(client, officer, office):
    second = called(officer, "Rosa", 0, office=office)
    call_again(officer, second.client, 5, ago=9)
    assert [words for _title, _status, words in listed(client, officer)] == ["today"]


def test_whoever_lost_the_client_is_not_told_the_name(client, officer, other_officer, office):
    contact = called(officer, "Rosa", 0, office=office)
    contact.client.officer = other_officer.officer
    contact.client.save()
    assert (listed(client, officer), listed(client, other_officer)) == ([], [])


def test_nobody_elses_work_is_listed_and_work_of_an_unknown_kind_is_left_out(
    client, officer, other_officer, office
):
    called(other_officer, "Luisa", 0, office=office)
    work.assign(kind="gone.app", key=1, to=officer, due_on=TODAY)
    assert listed(client, officer) == []


def test_the_same_key_again_moves_the_work(officer):
    for day in (TODAY, TODAY + dt.timedelta(days=1)):
        work.assign(kind="exits.contact", key=1, to=officer, due_on=day)
    assert [item.due_on for item in WorkItem.objects.all()] == [TODAY + dt.timedelta(days=1)]


def test_three_pieces_of_work_ask_as_much_as_one(client, officer, office, django_assert_max_num_queries):
    called(officer, "One", 0, office=office)
    with django_assert_max_num_queries(40) as first:
        listed(client, officer)
    called(officer, "Two", 0, office=office)
    called(officer, "Three", 0, office=office)
    with django_assert_max_num_queries(len(first)):
        listed(client, officer)
