"""The call note, and where it is read again. That it is a field form is in ``tests/spm/test_field.py``."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from exits.actions import rebuild_spells, record_contact
from exits.models import Contact
from spm.access import Can
from tests.exported import exported
from tests.factories import ClientFactory, LoanFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("exits:contact-add")
TODAY = timezone.localdate()


def repaid(office, officer, days=9, **client):
    client = ClientFactory(office=office, officer=officer.officer, **client)
    on = {"disbursed_on": TODAY - dt.timedelta(days=300), "closed_on": TODAY - dt.timedelta(days=days)}
    LoanFactory(client=client, status="repaid", **on)
    return client


@pytest.fixture
def resting(office, officer):
    client = repaid(office, officer, name="Rosa Mamani", phone="555 123")
    rebuild_spells(by=None)
    return client


def panel_of(client):
    return reverse("exits:client-panel", args=[client.pk])


def call(client, by, **said):
    given = {"start": TODAY, "at": timezone.now(), "how": "call", "result": "reached"}
    return record_contact(client=client, by=by, **given | said)


def test_the_page_shows_whom_to_call_and_what_was_said_last(client, officer, resting):
    call(resting, officer, note="Waits for the harvest")
    client.force_login(officer)
    facts = dict(client.get(PAGE, {"client": resting.external_id}).context["about"].facts)
    assert (facts["Phone"], facts["Note"]) == ("555 123", "Waits for the harvest")


@pytest.mark.parametrize("person", ["other_officer", "branch_manager"])
def test_a_client_out_of_reach_is_not_found_and_not_written_about(
    person, client, request, officer, far_office
):
    user = request.getfixturevalue(person)
    theirs = repaid(far_office, officer)
    client.force_login(user)
    assert client.get(PAGE, {"client": theirs.external_id}).status_code == 404
    client.post(PAGE, {"uuid": "0" * 32, "client": theirs.external_id, "how": "call", "result": "reached"})
    assert Contact.objects.count() == 0


def test_the_clients_panel_lists_calls_and_offers_one_while_the_client_rests(client, officer, resting):
    client.force_login(officer)
    call(resting, officer, note="Waits for the harvest", next_on=TODAY)
    page = client.get(panel_of(resting)).text
    assert ("Waits for the harvest" in page, f"{PAGE}?client={resting.external_id}" in page) == (True, True)
    LoanFactory(client=resting, disbursed_on=TODAY - dt.timedelta(days=1))
    rebuild_spells(by=None)
    page = client.get(panel_of(resting)).text
    assert ("Waits for the harvest" in page, PAGE in page) == (True, False)


def test_its_file_has_them_too(client, officer, resting):
    client.force_login(officer)
    call(resting, officer, how="visit", result="moved", note="Went to town")
    (row,) = exported(client, panel_of(resting), table="contacts")
    assert (row["how"], row["result"], row["note"]) == ("Visit", "Has moved away", "Went to town")


def test_only_whoever_reaches_the_client_sees_what_was_said(officer, other_officer, manager, admin, resting):
    call(resting, officer)
    seen = {
        user.username: Contact.objects.visible_to(user).count()
        for user in (officer, other_officer, manager, admin)
    }
    assert seen == {"officer": 1, "other-officer": 0, "manager": 1, "admin": 0}


def test_without_the_permission_the_panel_tells_nothing_of_it(client, manager, officer, resting, monkeypatch):
    call(resting, officer, note="Waits for the harvest")
    monkeypatch.setattr("spm.access.GRANTS", {"manager": frozenset({Can.EXITS_VIEW, Can.CLIENTS_VIEW})})
    client.force_login(manager)
    assert "harvest" not in client.get(panel_of(resting)).text


def test_a_call_stays_with_its_stay_when_stays_are_counted_anew(client, officer, resting):
    start = resting.spells.get().start
    contact = call(resting, officer, start=start)
    rebuild_spells(by=None, whole=True)
    assert resting.spells.get(start=contact.start).resting


def test_who_never_was_a_client_has_no_stay_to_write_about(client, officer, office):
    never = ClientFactory(office=office, officer=officer.officer)
    client.force_login(officer)
    sent = {"uuid": "0" * 32, "client": never.external_id, "how": "call", "result": "reached"}
    page = client.post(PAGE, sent)
    assert page.context["form"].errors == {"client": ["This person has not been a client yet."]}


def test_the_panel_asks_as_much_for_three_calls_as_for_one(
    client, officer, resting, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(officer)
    call(resting, officer)
    client.get(panel_of(resting))
    with django_assert_max_num_queries(40) as asked:
        client.get(panel_of(resting))
    call(resting, officer)
    call(resting, officer)
    with django_assert_num_queries(len(asked)):
        client.get(panel_of(resting))
