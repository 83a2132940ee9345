"""The audit trail on the screen: found by person, verb, target and day; verified or broken, in words."""

import datetime as dt

import pytest
from django.urls import reverse

from spm import audit_check
from spm.models import AuditEvent
from tests.exported import exported
from tests.spm import chains

pytestmark = pytest.mark.django_db
PAGE = reverse("audit-list")


@pytest.fixture
def told(monkeypatch, manager, officer):
    """Four lines on two days: verb, target, by whom."""
    days = [dt.datetime(2026, 3, day, 12, tzinfo=dt.UTC) for day in (1, 1, 2, 3)]
    lines = [
        ("signed_in", f"spm.User:{manager.pk}", manager),
        ("exported", "clients:client-list", manager),
        ("import.written", "clients.ImportBatch:3", officer),
        ("import.written", "clients.ImportBatch:31", None),
    ]
    for (verb, target, by), at in zip(lines, days, strict=True):
        AuditEvent.objects.create(verb=verb, target=target, by=by, at=at)


def numbers(client, **shown):
    return [line.number for line in client.get(PAGE, shown).context["object_list"]]


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"person": "manager"}, [2, 1]),
        ({"person": "nobody"}, [4]),
        ({"verb": "import.written"}, [4, 3]),
        ({"target": "clients.ImportBatch"}, [4, 3]),
        ({"target": "clients.ImportBatch", "record": "3"}, [3]),
        ({"target": "clients:client-list"}, [2]),
        ({"record": "31"}, [4]),
        ({"since": "2026-03-02"}, [4, 3]),
        ({"until": "2026-03-01"}, [2, 1]),
        ({"since": "2026-03-02", "until": "2026-03-02"}, [3]),
        ({"verb": "import.written", "person": "officer"}, [3]),
        ({"verb": "no such verb"}, [4, 3, 2, 1]),
        ({"since": "tomorrow"}, [4, 3, 2, 1]),
    ],
)
def test_lines_are_found_by_every_condition_on_the_page_and_in_the_file(
    shown, found, client, admin, manager, officer, told
):
    people = {"manager": manager.pk, "officer": officer.pk}
    shown = shown | ({"person": people.get(shown["person"], "nobody")} if "person" in shown else {})
    client.force_login(admin)
    assert numbers(client, **shown) == found
    assert [int(row["line"]) for row in exported(client, PAGE, **shown) if int(row["line"]) <= 4] == found


def test_a_line_says_in_words_who_did_what_to_whom(client, admin, manager, told):
    AuditEvent.record("role.granted", "clients.Membership:7", by=admin, user=str(manager.pk), role="officer")
    client.force_login(admin)
    rows = [[cell.text for cell in row[2:]] for row in client.get(PAGE).context["rows"]]
    assert rows[0] == ["admin", "Role granted", "Role 7", "role: Field officer; account: manager"]
    assert rows[-1] == ["manager", "Signed in", f"Account {manager.pk} (manager)", "–"]


def test_who_did_not_sign_in_is_not_taken_for_the_clock(client, admin, manager):
    AuditEvent.record("sign_in_failed", manager, by=None)
    AuditEvent.record("second_factor.refused", manager, by=None)
    AuditEvent.record("import.written", "clients.ImportBatch:3", by=None)
    client.force_login(admin)
    rows = exported(client, PAGE)[-3:]
    assert [(row["what"], row["who"]) for row in rows] == [
        ("Import written", "the clock or a command"),
        ("Wrong code of the second step", "somebody not signed in"),
        ("Sign-in failed", "somebody not signed in"),
    ]


def test_a_line_that_somebody_tampered_with_is_shown_as_it_stands(client, admin, told):
    client.force_login(admin)
    AuditEvent.objects.create(verb="signed_in", target="spm.User:1<script>")
    assert "1&lt;script" in client.get(PAGE).text


def test_the_file_holds_the_seals(client, admin, told):
    client.force_login(admin)
    seals = [row["seal"] for row in exported(client, PAGE)]
    assert seals[-4:] == list(AuditEvent.objects.filter(number__lte=4).values_list("digest", flat=True))


def test_a_number_that_somebody_typed_is_not_kept_with_the_export(client, admin, told):
    client.force_login(admin)
    exported(client, PAGE, record="Rosa Mamani")
    assert AuditEvent.objects.first().details["shown"] == {"record": ["•••"]}


def test_the_page_says_when_the_trail_was_verified_and_with_what_result(client, admin, told):
    client.force_login(admin)
    assert "Not verified yet" in client.get(PAGE).text
    audit_check.check()
    assert "4 lines, all as they were written." in client.get(PAGE).text
    chains.alter(3, "verb", "forged")
    audit_check.check()
    page = client.get(PAGE).text
    assert ("The audit trail was tampered with" in page, "Line 3: this line was altered." in page) == (
        True,
        True,
    )


def test_a_broken_trail_stands_on_the_home_page_of_administrators_alone(client, admin, manager, told):
    chains.remove(2, 2)
    audit_check.check()
    seen = {}
    for user in (admin, manager):
        client.force_login(user)
        seen[user.username] = "Line 2: this line was removed." in client.get(reverse("home")).text
    assert seen == {"admin": True, "manager": False}


def test_a_whole_trail_leaves_the_home_page_as_it_is(client, admin, told):
    audit_check.check()
    client.force_login(admin)
    assert "tampered" not in client.get(reverse("home")).text
