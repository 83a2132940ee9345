"""Who saw whose name, was refused, or signed in and out: each leaves its line, with ids and no more."""

import logging

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from spm import observed
from spm.audit_check import verify
from spm.models import AuditEvent, User
from tests.exits.pages import portfolio
from tests.factories import ClientFactory, LoanFactory

pytestmark = pytest.mark.django_db
LIST = reverse("clients:client-list")


def told(*but):
    lines = AuditEvent.objects.exclude(verb__in=but).order_by("number")
    return [(line.verb, line.target, line.by and line.by.username, line.details) for line in lines]


@pytest.fixture
def people(office, officer, far_office):
    """Three clients: one of the officer's, one of another at the office, one far away."""
    own = ClientFactory(name="Rosa Mamani", office=office, officer=officer.officer)
    return [
        own,
        ClientFactory(name="Rosa Luna", office=office),
        ClientFactory(name="Rosa Sol", office=far_office),
    ]


def ids(clients):
    return [str(pk) for pk in sorted(client.pk for client in clients)]


def test_a_list_leaves_one_line_with_the_ids_of_those_whose_names_it_shows(client, manager, people):
    client.force_login(manager)
    client.get(LIST)
    assert told() == [("identified", "clients:client-list", "manager", {"seen": 3, "ids": ids(people)})]


def test_a_line_tells_those_on_the_page_and_not_those_behind_it(client, manager, office):
    ClientFactory.create_batch(53, office=office)
    client.force_login(manager)
    client.get(LIST, {"page": 2})
    assert [line.details["seen"] for line in AuditEvent.objects.all()] == [3]


def test_masked_names_leave_no_line(client, admin, people):
    client.force_login(admin)
    client.get(LIST)
    client.get(people[0].get_absolute_url())
    client.get(LIST, {"export": "csv"})
    assert [line[0] for line in told()] == ["exported"]


def test_a_list_with_nobody_in_it_leaves_no_line(client, manager, people):
    client.force_login(manager)
    client.get(LIST, {"q": "nobody of this name"})
    assert told() == []


def test_the_page_of_a_client_leaves_a_line_with_the_number_in_the_address(client, officer, people):
    own = people[0]
    client.force_login(officer)
    client.get(own.get_absolute_url())
    details = {"pk": str(own.pk), "seen": 1, "ids": [str(own.pk)]}
    assert told() == [("identified", "clients:client-detail", "officer", details)]


def test_a_panel_within_the_page_of_a_client_leaves_none_and_as_a_page_one(client, manager, people):
    client.force_login(manager)
    panel = reverse("exits:client-panel", args=[people[0].pk])
    client.get(panel, headers={"HX-Request": "true"})
    assert told() == []
    client.get(panel)
    assert [line[:2] for line in told()] == [("identified", "exits:client-panel")]


@pytest.mark.parametrize("form", ["csv", "csv-excel", "xlsx"])
def test_an_export_leaves_a_line_on_the_file_and_one_on_whose_names_are_in_it(form, client, manager, people):
    client.force_login(manager)
    b"".join(client.get(LIST, {"export": form}).streaming_content)
    shown = {"form": form, "shown": {}}
    assert told() == [
        ("exported", "clients:client-list", "manager", shown),
        ("identified", "clients:client-list", "manager", {"seen": 3, "ids": ids(people)}),
    ]


def test_whose_names_are_in_a_workbook_is_told_before_the_first_of_it_leaves(client, manager, people):
    client.force_login(manager)
    answer = client.get(LIST, {"export": "xlsx"})
    assert [line[0] for line in told()] == ["exported", "identified"]
    answer.close()


def test_an_export_that_is_broken_off_tells_whose_names_went_out(client, manager, office, monkeypatch):
    ClientFactory.create_batch(5, office=office)
    client.force_login(manager)
    answer = client.get(LIST, {"export": "csv"})
    pieces = iter(answer.streaming_content)
    for _piece in range(4):  # its beginning, its header, two rows
        next(pieces)
    answer._iterator.close()  # what the server does; the client's own way would shut the database first
    assert AuditEvent.objects.get(verb="identified").details["seen"] == 2


def test_of_more_than_fifty_clients_only_the_number_is_told(client, manager, office):
    ClientFactory.create_batch(observed.NAMED + 1, office=office)
    client.force_login(manager)
    b"".join(client.get(LIST, {"export": "csv"}).streaming_content)
    assert AuditEvent.objects.get(verb="identified").details == {"seen": observed.NAMED + 1}


def test_the_clients_behind_a_number_of_the_exit_page_leave_their_line(client, manager, office, far_office):
    portfolio(office, far_office)
    client.force_login(manager)
    page = client.get(reverse("exits:counted-list"), {"count": "B"})
    seen = {row.client.pk for row in page.context["object_list"]}
    assert [line[1:] for line in told("exit.rebuilt")] == [
        ("exits:counted-list", "manager", {"seen": len(seen), "ids": [str(pk) for pk in sorted(seen)]})
    ]


# Refused


def test_a_refusal_leaves_a_line(client, assessor):
    client.force_login(assessor)
    client.get(LIST)
    client.post(reverse("job-cancel", args=["00000000-0000-0000-0000-000000000007"]))
    assert told() == [
        ("refused", "clients:client-list", "assessor", {"method": "GET"}),
        (
            "refused",
            "job-cancel",
            "assessor",
            {"method": "POST", "pk": "00000000-0000-0000-0000-000000000007"},
        ),
    ]


def test_whoever_has_not_signed_in_leaves_none(client, people):
    client.get(LIST)
    client.get("/no/such/page")
    assert told() == []


def test_a_form_refused_before_anybody_has_signed_in_leaves_none():
    stranger = Browser(enforce_csrf_checks=True)
    assert (stranger.post(reverse("account_login"), {}).status_code, told()) == (403, [])


def test_an_address_that_leads_nowhere_is_not_found_and_leaves_none(client, manager):
    client.force_login(manager)
    assert (client.get("/no/such/page").status_code, told()) == (404, [])


# Signing in and out

FIRST = "the-first-one-12"
HERE = {"address": "127.0.0.1"}


@pytest.fixture
def ana(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return User.objects.create_user("ana", "ana@example.org", "the-first-one-12")


def sign_in(client, login, password=FIRST):
    return client.post(reverse("account_login"), {"login": login, "password": password})


def test_signing_in_and_out_leave_their_lines(client, ana):
    sign_in(client, "ana")
    client.post(reverse("account_logout"))
    target = f"spm.User:{ana.pk}"
    assert told() == [("signed_in", target, "ana", {}), ("signed_out", target, "ana", {})]


@pytest.mark.parametrize("login", ["ana", "ANA", "ana@example.org"])
def test_a_failed_sign_in_names_the_account_and_where_the_try_came_from(login, client, ana):
    sign_in(client, login, "wrong")
    assert told() == [("sign_in_failed", f"spm.User:{ana.pk}", None, HERE)]


def test_a_failed_sign_in_of_no_account_keeps_nothing_that_was_typed(client, ana):
    sign_in(client, "the-first-one-12", "the-first-one-12")
    assert told() == [("sign_in_failed", "account_login", None, HERE)]


def test_a_changed_password_leaves_a_line(client, ana):
    client.force_login(ana)
    new = {"password1": "the-second-one-34", "password2": "the-second-one-34"}
    client.post(reverse("account_change_password"), {"oldpassword": "the-first-one-12"} | new)
    assert told() == [("password.changed", f"spm.User:{ana.pk}", "ana", {})]


# Ids and no more

CANARY = "Zzanaria"


def test_no_name_or_phone_is_in_the_trail_or_in_the_servers_log(client, manager, office, far_office, caplog):
    person = ClientFactory(name=f"{CANARY} Uno", phone=f"+51 {CANARY}", office=office)
    LoanFactory(client=person)
    portfolio(office, far_office)
    Client.objects.update(name=f"{CANARY} Uno", search_name=CANARY.casefold(), phone=f"+51 {CANARY}")
    client.force_login(manager)
    caplog.set_level(logging.DEBUG)
    seen = [client.get(person.get_absolute_url()), client.get(LIST, {"q": CANARY})]
    lists = [
        (LIST, {"q": CANARY}),
        *((reverse("exits:counted-list"), {"count": c}) for c in ("B", "exits", "E")),
    ]
    for address, shown in lists:
        seen.append(client.get(address, shown))
        for form in ("csv", "xlsx"):
            b"".join(client.get(address, shown | {"export": form}).streaming_content)
    client.get(LIST, {"office": CANARY})
    client.get(f"{LIST}999999999/", {"q": CANARY})
    client.post(reverse("clients:import-upload"), {"files": CANARY})
    client.logout()
    sign_in(client, CANARY, CANARY)
    assert [CANARY in page.text for page in seen] == [True] * len(seen)
    lines = AuditEvent.objects.order_by("number").values_list("verb", "target", "details")
    assert {verb for verb, *_rest in lines} >= {"identified", "exported", "signed_out", "sign_in_failed"}
    assert [line for line in lines if CANARY.casefold() in str(line).casefold()] == []
    logged = [r for r in caplog.records if r.name != "django.db.backends"]
    assert [r for r in logged if CANARY.casefold() in f"{r.getMessage()}{r.exc_text}".casefold()] == []
    assert verify().is_whole
