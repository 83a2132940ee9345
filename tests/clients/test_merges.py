"""Two records of one person become one, and two again if it was a mistake."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertRedirects

from clients import actions
from clients.models import Client, ClientAlias, ClientMerge, Loan
from clients.queries.clients import filtered
from clients.queries.duplicates import pairs_of
from exits.actions import rebuild, rebuild_spells
from exits.models import DecisionCount, DecisionPoint, ExitCount, LeaverType, RegisteredExit, Spell
from spm.access import Role
from tests.clients.imported import take_in
from tests.clients.portfolio_files import client as client_row
from tests.clients.portfolio_files import loan, portfolio, write_csv
from tests.clients.test_undo import digest
from tests.conftest import member
from tests.factories import ClientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_after(settings):
    settings.AFTER_IMPORT = []


@pytest.fixture
def folder(tmp_path):
    """Writes sheets as CSV files and gives their folder."""
    made = iter(range(99))
    return lambda sheets, **how: write_csv(tmp_path / f"portfolio-{next(made)}", sheets, **how)


@pytest.fixture
def two(folder):
    """The clients C1, with savings and a meeting, and C2, with an open loan and the same meeting."""
    sheets = portfolio()
    sheets["attendance"] += [
        {"client_id": "C2", "date": "2024-02-01", "present": "0"},
        {"client_id": "C2", "date": "2024-03-01", "present": "1"},
    ]
    take_in(folder(sheets))
    return Client.objects.get(external_id="C1"), Client.objects.get(external_id="C2")


def merged(two, take=frozenset()) -> ClientMerge:
    survivor, other = two
    return actions.merge_clients(survivor=survivor, other=other, take=take, by=None)


def test_what_the_other_had_is_the_survivors(two):
    merged(two, frozenset({"name", "sex"}))

    survivor = Client.objects.get(external_id="C1")
    assert (survivor.name, survivor.search_name, survivor.sex) == ("José Núñez", "jose nunez", "M")
    assert survivor.birth_date == dt.date(1990, 6, 15)
    assert not Client.objects.filter(external_id="C2").exists()
    assert sorted(survivor.loans.values_list("external_id", flat=True)) == ["L1", "L2"]
    assert list(survivor.attendance.order_by("on").values_list("on", "present")) == [
        (dt.date(2024, 2, 1), True),
        (dt.date(2024, 3, 1), True),
    ]


def test_of_two_confirmations_of_one_stay_the_survivors_stands(two, manager):
    kind = LeaverType.objects.create(code="moved", starts_on=dt.date(2000, 1, 1))
    given = {"leaver_type": kind, "initiative": "client", "tone": "neutral", "by": manager}
    days = (dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    at = timezone.now()
    for client, start in [(two[0], days[0]), (two[1], days[0]), (two[1], days[1])]:
        RegisteredExit.objects.create(client=client, start=start, note=client.external_id, at=at, **given)
    merge = merged(two)
    kept = RegisteredExit.objects.order_by("start").values_list("client__external_id", "start", "note")
    assert list(kept) == [("C1", days[0], "C1"), ("C1", days[1], "C2")]
    assert merge.changes.is_final


def test_a_merge_undone_leaves_every_record_as_it_was_and_undone_twice_does_nothing(two):
    before = digest()
    merge = merged(two, frozenset({"name", "phone", "officer"}))
    assert digest() != before

    assert actions.undo_merge(merge=merge, by=None)
    assert digest() == before
    assert not actions.undo_merge(merge=merge, by=None)
    assert digest() == before


def test_the_next_import_finds_the_survivor_by_the_merged_number(two, folder):
    merged(two)
    before = Client.objects.count()
    report = take_in(
        folder(
            {
                "clients": [client_row("C1", name="Rosa"), client_row("C2", name="José Núñez")],
                "loans": [loan("L9", "C2", disbursed_on="2026-01-01")],
            }
        )
    )

    assert report["rejected"] == []
    assert Client.objects.count() == before
    assert Loan.objects.get(external_id="L9").client.external_id == "C1"
    assert Client.objects.get(external_id="C1").name == "Rosa"


def test_a_search_for_the_merged_number_finds_the_survivor(two, manager):
    merged(two)
    found = filtered(Client.objects.visible_to(manager), user=manager, q="c2")
    assert list(found.values_list("external_id", flat=True)) == ["C1"]


def test_the_address_of_a_merged_client_leads_to_the_survivor_until_it_is_undone(client, two, manager):
    survivor, other = two
    old = other.get_absolute_url()
    merge = merged(two)
    client.force_login(manager)
    assertRedirects(client.get(old), survivor.get_absolute_url())
    actions.undo_merge(merge=merge, by=None)
    assert client.get(old).status_code == 200


def test_the_addresses_of_clients_merged_one_after_the_other_lead_to_the_last(client, two, manager):
    survivor, other = two
    last = ClientFactory()
    merged(two)
    merged((last, survivor))
    client.force_login(manager)
    for old in (survivor, other):
        assertRedirects(client.get(reverse("clients:client-detail", args=[old.pk])), last.get_absolute_url())


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("manager", 302),
        ("admin", 302),
        ("branch_manager", 302),
        ("officer", 302),
        ("other_officer", 404),
        ("assessor", 403),
        ("nobody", 403),
    ],
)
def test_only_who_may_see_the_survivor_is_led_there(
    who, answer, client, request, officer, office, far_office
):
    """The merged one was of another office, whose manager learns nothing of the survivor."""
    other = ClientFactory(office=far_office)
    old = other.get_absolute_url()
    merged((ClientFactory(office=office, officer=officer.officer), other))
    assert client.get(old).headers["Location"].startswith(reverse("account_login"))
    for user, status in [
        (request.getfixturevalue(who), answer),
        (member("far-manager", Role.MANAGER, far_office), 404),
    ]:
        client.force_login(user)
        page = client.get(old)
        assert (page.status_code, "Location" in page.headers) == (status, status == 302)


def test_what_a_newer_import_changed_stays_merged(two, folder):
    merge = merged(two)
    take_in(folder({"clients": [client_row("C1", name="Rosa")]}))
    before = digest()
    with pytest.raises(ValidationError, match="Something newer has changed these clients"):
        actions.undo_merge(merge=merge, by=None)
    assert digest() == before


def test_a_number_merged_twice_leads_to_the_last_survivor(two):
    merged(two)
    last = Client.objects.get(external_id="C3")
    merged((last, Client.objects.get(external_id="C1")))
    assert set(ClientAlias.objects.values_list("external_id", "client__external_id")) == {
        ("C1", "C3"),
        ("C2", "C3"),
    }


def test_a_client_is_not_merged_with_itself(two):
    with pytest.raises(ValidationError):
        merged((two[0], two[0]))


def figures() -> list:
    """Spells and cubes, without primary keys of their own."""
    return [
        sorted(
            tuple(str(value) for name, value in row.items() if name not in {"id", "build_id"})
            for row in model.objects.values()
        )
        for model in (Spell, DecisionPoint, ExitCount, DecisionCount)
    ]


def test_figures_follow_a_merge_and_its_undoing(two, run_jobs, settings, monkeypatch):
    monkeypatch.setattr(rebuild, "MOST_CHANGED", 1)
    settings.AFTER_IMPORT = ["exits.rebuild_spells"]
    rebuild_spells(by=None)
    before = figures()
    merge = merged(two)
    run_jobs()
    after = figures()
    rebuild_spells(by=None, whole=True)
    assert (after == figures(), after == before) == (True, False)

    actions.undo_merge(merge=merge, by=None)
    run_jobs()
    assert figures() == before


# Suggestions


def test_pairs_share_a_name_and_birth_date_a_phone_or_a_number(manager):
    one = ClientFactory(external_id="00-12", name="Rosa Ticona", search_name="rosa ticona", phone="99")
    same = ClientFactory(external_id="77", name="ROSA TICONA", search_name="rosa ticona", phone="99")
    number = ClientFactory(external_id="12", name="Eva", search_name="eva", birth_date=dt.date(1970, 1, 1))
    ClientFactory(name="Ana", search_name="ana", phone="98", birth_date=None)
    ClientFactory(name="Ana", search_name="ana", phone="97", birth_date=None)

    found = {(pair.one, pair.other): pair.reasons for pair in pairs_of(manager)}
    assert found == {
        (one, same): ["same name and birth date", "same phone and name"],
        (one, number): ["numbers that differ in zeros and signs alone"],
    }


def test_what_many_share_makes_no_pairs(manager):
    for _number in range(6):
        ClientFactory(name="Unknown", search_name="unknown")
    assert pairs_of(manager) == []


# Screens


def address(one, other):
    return reverse("clients:client-merge", args=[one.pk], query={"other": other.pk})


def test_from_a_suggestion_to_one_client_and_back(client, manager, two):
    one, other = two
    Client.objects.update(phone="999", name="Rosa", search_name="rosa")
    client.force_login(manager)
    page = client.get(reverse("clients:duplicate-list"))
    assert address(one, other) in page.text
    assert "Are these one person?" in client.get(address(one, other)).text

    page = client.post(address(one, other), {"keep": "other", "sex": "one"}, follow=True)
    assert "The two records are one now. The figures follow in a moment." in page.text
    survivor = Client.objects.get(external_id="C2")
    assert (survivor.sex, survivor.loans.count()) == ("F", 2)

    client.post(reverse("clients:merge-undo", args=[ClientMerge.objects.get().pk]))
    page = client.get(reverse("clients:merge-list"))
    assert "The two records are two again. The figures follow in a moment." in page.text
    assert Client.objects.filter(external_id__in=["C1", "C2"]).count() == 2


def test_one_client_or_none_is_not_compared(client, manager, two):
    client.force_login(manager)
    asked = [address(two[0], two[0]), address(*two).partition("?")[0], f"{address(*two)}x"]
    assert [client.get(where).status_code for where in asked] == [404, 404, 404]


def test_suggestions_ask_as_many_queries_for_one_pair_as_for_three(client, manager):
    client.force_login(manager)

    def pair():
        for number in ("", "0"):
            ClientFactory(external_id=f"{number}{Client.objects.count() // 2 + 1}", birth_date=None)

    pair()
    page = reverse("clients:duplicate-list")
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    pair()
    pair()
    with CaptureQueriesContext(connection) as three:
        assert len(client.get(page).context["view"].pairs) == 3
    assert len(three) == len(one)
