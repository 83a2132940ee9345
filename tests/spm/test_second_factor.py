"""The second step of signing in: who must have it, how it is set up, used, lost and taken away."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from spm import second_factor
from spm.access import Role
from spm.models import AuditEvent
from tests.conftest import member

pytestmark = pytest.mark.django_db

PASSWORD = "lluvia-de-noviembre"
SET_UP = "/accounts/second-step/on/"


@pytest.fixture
def required(settings):
    settings.REQUIRE_TOTP = True


@pytest.fixture
def boss(manager):
    manager.set_password(PASSWORD)
    manager.save()
    return manager


def sign_in(user, code=None) -> Client:
    """A browser in which the person has given the password, and the code."""
    browser = Client()
    there = browser.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    if code is not None:
        assert there.headers["Location"] == reverse("mfa_authenticate")
        browser.post(reverse("mfa_authenticate"), {"code": code})
    return browser


def is_in(browser) -> bool:
    return "_auth_user_id" in browser.session


def code_now(secret: str, steps=0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def set_up(browser) -> str:
    """Turn the second step on as a person does it; returns the key that the phone keeps."""
    secret = browser.get(SET_UP).context["form"].secret
    done = browser.post(SET_UP, {"code": code_now(secret)})
    assert done.headers["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def recovery_codes(browser) -> list[str]:
    return re.findall(r"<code>(\d+)</code>", browser.get(reverse("mfa_view_recovery_codes")).text)


def recovery_codes_of(user) -> list[str]:
    """Those of a person who has just set the second step up."""
    browser = sign_in(user)
    set_up(browser)
    return recovery_codes(browser)


# Who must have it


@pytest.mark.parametrize(
    ("person", "led"), [("admin", True), ("manager", True), ("assessor", True), ("officer", False)]
)
def test_a_role_that_reaches_many_is_led_to_set_it_up(person, led, required, client, request):
    client.force_login(request.getfixturevalue(person))
    home = client.get("/")
    assert (home.status_code, home.headers.get("Location")) == ((302, SET_UP) if led else (200, None))


def test_who_must_and_has_none_reaches_nothing_else(required, client, manager):
    client.force_login(manager)
    reached = {
        name: client.get(reverse(name)).status_code
        for name in ("home", "clients:client-list", "exits:exit-rate", "job-list", "account_change_password")
    }
    assert reached == dict.fromkeys(reached, 302)
    part = client.get("/clients/", headers={"HX-Request": "true"})
    assert (part.headers["HX-Redirect"], part.content) == (SET_UP, b"")
    assert client.post("/clients/imports/new/", {}).headers["Location"] == SET_UP


@pytest.mark.parametrize(
    "name",
    [
        "account_logout",
        "account_reauthenticate",
        "logo",
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "set_language",
    ],
)
def test_what_setting_it_up_and_turning_back_take_is_open_before(name, required, client, manager):
    client.force_login(manager)
    address = reverse(name, args=["none"] if name == "logo" else [])
    assert client.get(address).headers.get("Location") != SET_UP


def test_where_the_setting_is_off_nobody_must(client, manager):
    client.force_login(manager)
    assert client.get("/").status_code == 200


def test_who_gets_such_a_role_must_from_the_next_request_on(required, client, officer, head):
    client.force_login(officer)
    assert client.get("/").status_code == 200
    officer.memberships.create(role=Role.MANAGER, office=head, valid_from="2020-01-01")
    assert client.get("/").headers["Location"] == SET_UP


# Set up and used


def test_set_up_once_it_is_asked_for_at_each_sign_in(required, boss):
    browser = sign_in(boss)
    secret = set_up(browser)
    assert browser.get("/").status_code == 200
    assert not is_in(sign_in(boss))
    assert not is_in(sign_in(boss, "000000"))
    assert is_in(sign_in(boss, code_now(secret, steps=1)))


def test_neither_somebody_elses_nor_recovery_codes_alone_are_a_second_step(boss, officer):
    set_up(sign_in(boss))
    Authenticator.objects.create(user=officer, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert [second_factor.is_set_up(user) for user in (boss, officer)] == [True, False]


def test_a_code_works_once(boss):
    secret = set_up(sign_in(boss))
    code = code_now(secret, steps=1)
    assert [is_in(sign_in(boss, code)) for _try in range(2)] == [True, False]


def test_an_officer_may_use_it_and_take_it_away(officer):
    officer.set_password(PASSWORD)
    officer.save()
    browser = sign_in(officer)
    set_up(browser)
    assert second_factor.is_set_up(officer)
    browser.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=officer).exists()
    assert is_in(sign_in(officer))
    verbs = AuditEvent.objects.filter(by=officer, verb__startswith="second_factor").order_by("pk")
    assert [line.verb for line in verbs] == ["second_factor.set_up", "second_factor.removed"]


def test_who_must_have_it_cannot_take_it_away(required, boss):
    browser = sign_in(boss)
    set_up(browser)
    refused = browser.post(reverse("mfa_deactivate_totp"))
    assert (refused.status_code, second_factor.is_set_up(boss)) == (200, True)


def test_each_recovery_code_replaces_the_phone_once(boss):
    browser = sign_in(boss)
    set_up(browser)
    codes = recovery_codes(browser)
    assert len(codes) == 10
    assert [is_in(sign_in(boss, code)) for code in (codes[0], codes[0], codes[1])] == [True, False, True]
    assert browser.get(reverse("mfa_download_recovery_codes")).text.split() == codes[2:]


def test_new_recovery_codes_replace_the_old_ones(boss):
    browser = sign_in(boss)
    set_up(browser)
    old = recovery_codes(browser)
    browser.post(reverse("mfa_generate_recovery_codes"))
    new = recovery_codes(browser)
    assert (len(new), set(new) & set(old)) == (10, set())
    assert is_in(sign_in(boss, new[0]))
    assert not is_in(sign_in(boss, old[0]))


def test_after_ten_wrong_codes_the_right_one_waits(boss):
    secret = set_up(sign_in(boss))
    browser = sign_in(boss)
    tried = [browser.post(reverse("mfa_authenticate"), {"code": "000000"}) for _try in range(10)]
    assert [answer.status_code for answer in tried] == [200] * 10
    browser.post(reverse("mfa_authenticate"), {"code": code_now(secret, steps=1)})
    assert not is_in(browser)


def test_the_password_is_asked_for_again_before_it_is_set_up_later(boss, monkeypatch):
    browser = sign_in(boss)
    assert browser.get(SET_UP).status_code == 200
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    assertRedirects(browser.get(SET_UP), reverse("account_reauthenticate", query={"next": SET_UP}))


def test_the_picture_is_an_image_that_the_content_security_policy_lets_in(boss, settings):
    page = sign_in(boss).get(SET_UP)
    assert page.text.count('<img class="qr" src="data:image/svg+xml;base64,') == 1
    assert "data:" in settings.SECURE_CSP["img-src"]
    assert "<svg" not in page.text


# What of it is in the audit trail


def refused(verb="second_factor.refused") -> list[tuple]:
    lines = AuditEvent.objects.filter(verb=verb).order_by("number")
    return [(line.target, line.by, line.details) for line in lines]


def test_a_wrong_code_leaves_one_line_of_whom_and_from_where_and_never_the_code(boss):
    set_up(sign_in(boss))
    sign_in(boss, "170717")
    assert refused() == [(f"spm.User:{boss.pk}", None, {"address": "127.0.0.1"})]
    assert "170717" not in str(list(AuditEvent.objects.values()))


def test_a_code_that_was_used_leaves_the_line_of_a_wrong_one(boss):
    code = recovery_codes_of(boss)[0]
    assert [is_in(sign_in(boss, code)) for _try in range(2)] == [True, False]
    assert len(refused()) == 1


def test_a_right_code_leaves_none(boss):
    sign_in(boss, recovery_codes_of(boss)[0])
    assert refused() == []


def test_a_wrong_code_given_again_after_signing_in_is_by_the_person(boss):
    browser = sign_in(boss)
    set_up(browser)
    browser.post(reverse("mfa_reauthenticate"), {"code": "000000"})
    assert refused() == [(f"spm.User:{boss.pk}", boss, {"address": "127.0.0.1"})]


def test_codes_that_the_limit_stops_leave_one_line(boss):
    set_up(sign_in(boss))
    browser = sign_in(boss)
    for _try in range(13):
        browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert len(refused()) == 10
    assert refused("sign_in_stopped") == [(f"spm.User:{boss.pk}", None, {"address": "127.0.0.1"})]


# Sessions


def test_the_session_has_another_key_after_signing_in_and_after_the_second_step(boss):
    browser = Client()
    browser.get(reverse("account_login"))
    browser.session.save()
    keys = [browser.session.session_key]
    browser.post(reverse("account_login"), {"login": boss.username, "password": PASSWORD})
    keys.append(browser.session.session_key)
    secret = set_up(browser)
    keys.append(browser.session.session_key)
    other = sign_in(boss)
    keys.append(other.session.session_key)
    other.post(reverse("mfa_authenticate"), {"code": code_now(secret, steps=1)})
    keys.append(other.session.session_key)
    assert is_in(other)
    assert len(set(keys)) == len(keys)


def test_setting_it_up_ends_the_sessions_that_did_without(boss):
    here, elsewhere = sign_in(boss), sign_in(boss)
    set_up(here)
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").headers["Location"] == f"{reverse('account_login')}?next=/"


def test_an_assessor_sets_it_up_too(required, head):
    helen = member("helen", Role.ASSESSOR, head, valid_to="2999-12-31")
    helen.set_password(PASSWORD)
    helen.save()
    browser = sign_in(helen)
    set_up(browser)
    assert browser.get("/").status_code == 200
