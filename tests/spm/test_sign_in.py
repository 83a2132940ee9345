"""Guessing passwords: how many tries there are, whom they lock out, and what the answer gives away."""

import time

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from spm.accounts import DEVICE_COOKIE, LIMITS, PEOPLE_ON_A_DEVICE, account_of
from spm.models import AuditEvent
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "lluvia-de-noviembre"
WRONG = "granizo-de-agosto"
HASHED = []


class CountingHasher(MD5PasswordHasher):
    """Writes down each password that it hashes: nearly all the time of a sign-in is spent there."""

    def encode(self, password, salt):
        HASHED.append(password)
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["tests.spm.test_sign_in.CountingHasher"]
    HASHED.clear()


def person(username, **given):
    user = UserFactory(username=username, **given)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def ana(db):
    return person("ana", email="ana@caja.example")


def attempt(browser, login="ana", password=WRONG, address="203.0.113.1"):
    given = {"login": login, "password": password}
    return browser.post(reverse("account_login"), given, REMOTE_ADDR=address)


def gets_in(browser, **given) -> bool:
    attempt(browser, **({"password": PASSWORD} | given))
    return "_auth_user_id" in browser.session


def known_device(login="ana") -> Client:
    """A browser in which the person signed in some day, and out again."""
    browser = Client()
    assert gets_in(browser, login=login, address="203.0.113.50")
    browser.post(reverse("account_logout"))
    return browser


def use_up(login="ana", address="203.0.113.66", times=10):
    for _try in range(times):
        attempt(Client(), login=login, address=address)


# Limits


def test_strangers_have_ten_tries_at_an_account_together(ana):
    for number in range(9):
        attempt(Client(), address=f"203.0.113.{number}")
    assert gets_in(Client())
    attempt(Client(), address="203.0.113.9")
    assert not gets_in(Client(), address="203.0.113.200")


def test_user_name_and_address_are_one_account_and_capitals_are_no_further_tries(ana):
    for login in ["ana", "ANA", "ana@caja.example", "Ana@Caja.example", " ana "] * 2:
        attempt(Client(), login=login)
    assert not gets_in(Client(), login="ana@caja.example")


def test_after_a_quarter_of_an_hour_there_are_ten_more(ana, monkeypatch):
    use_up()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 14 * 60)
    assert not gets_in(Client())
    monkeypatch.setattr(time, "time", lambda: now + 15 * 60 + 1)
    assert gets_in(Client())


def test_a_stranger_does_not_lock_out_who_has_signed_in_on_the_device_before(ana):
    phone = known_device()
    use_up()
    assert not gets_in(Client())
    assert gets_in(phone)


def test_nor_from_the_same_address(ana):
    """A branch has one address for all its phones."""
    phone, shared = known_device(), "203.0.113.7"
    for number in range(11):
        use_up(login=f"name-{number}", address=shared)
    assert not gets_in(Client(), address=shared)
    assert gets_in(phone, address=shared)


def test_one_address_has_a_hundred_tries_over_all_accounts(ana):
    for number in range(10):
        use_up(login=f"name-{number}")
    assert not gets_in(Client(), address="203.0.113.66")
    assert gets_in(Client(), address="203.0.113.67")


def test_a_device_that_knows_the_person_has_ten_tries_of_its_own(ana):
    phone = known_device()
    for _try in range(10):
        attempt(phone)
    assert not gets_in(phone)
    assert gets_in(Client())


def test_a_device_is_a_stranger_to_those_who_never_signed_in_on_it(ana):
    luis = person("luis")
    use_up(login="luis")
    assert not gets_in(known_device(), login="luis")
    assert luis.last_login is None


def test_a_shared_device_knows_each_of_the_last_people(ana):
    names = [f"officer-{number}" for number in range(PEOPLE_ON_A_DEVICE)]
    phone = known_device()
    for name in names:
        person(name)
        assert gets_in(phone, login=name)
        phone.post(reverse("account_logout"))
    use_up(login="ana")
    use_up(login=names[0], address="203.0.113.67")
    assert [gets_in(phone, login=name) for name in ("ana", names[0])] == [False, True]


@pytest.mark.parametrize("forged", ["", "x", "eyJ9:a:b"])
def test_a_forged_or_foreign_mark_makes_no_known_device(ana, forged):
    browser = Client()
    browser.cookies[DEVICE_COOKIE] = forged
    use_up()
    assert not gets_in(browser)
    browser.cookies[DEVICE_COOKIE] = signing.dumps({"device": "d", "people": [ana.pk]}, salt="another")
    assert not gets_in(browser)


def test_a_right_password_takes_no_try_away_and_gives_none_back(ana):
    use_up(times=9)
    assert [gets_in(Client()) for _try in range(3)] == [True] * 3
    attempt(Client())
    assert not gets_in(Client())


def test_who_chose_a_new_password_by_mail_may_try_it_at_once(ana, mailoutbox):
    use_up()
    browser = Client()
    browser.post(reverse("account_reset_password"), {"email": ana.email})
    (link,) = [word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word]
    form = browser.get(link.removeprefix("http://testserver"), follow=True).request["PATH_INFO"]
    new = "granizo-de-agosto"
    browser.post(form, {"password1": new, "password2": new})
    assert gets_in(Client(), password=new)


def test_the_mark_of_a_known_device_is_for_the_server_alone(ana, settings):
    settings.SESSION_COOKIE_SECURE = True
    browser = Client()
    attempt(browser, password=PASSWORD)
    mark = browser.cookies[DEVICE_COOKIE]
    assert (mark["httponly"], mark["secure"], mark["samesite"]) == (True, True, "Lax")


def test_the_limits_are_those_promised():
    assert LIMITS == {"strangers": "10/15m/key,100/15m/ip", "known_device": "10/15m/key"}


# What of it is in the audit trail


def stopped() -> list[tuple]:
    lines = AuditEvent.objects.filter(verb="sign_in_stopped").order_by("number")
    return [(line.target, line.by, line.details) for line in lines]


def test_the_tries_that_a_limit_stops_leave_one_line_with_the_account_and_the_address(ana):
    use_up(times=15)
    assert stopped() == [(f"spm.User:{ana.pk}", None, {"address": "203.0.113.66"})]


def test_each_address_that_goes_on_leaves_its_own(ana):
    use_up()
    for number in (1, 2, 1):
        attempt(Client(), address=f"203.0.113.{number}")
    assert [details["address"] for _target, _by, details in stopped()] == ["203.0.113.1", "203.0.113.2"]


def test_stopped_tries_at_names_that_are_nobodys_leave_one_line_without_the_names(ana):
    for number in range(12):
        use_up(login=f"name-{number}")
    assert stopped() == [("account_login", None, {"address": "203.0.113.66"})]


def test_one_address_leaves_ten_lines_of_stopped_tries_at_most(ana):
    for number in range(10):
        use_up(login=f"name-{number}")
    for number in range(12):
        person(f"officer-{number}")
        attempt(Client(), login=f"officer-{number}", address="203.0.113.66")
    assert len(stopped()) == 10


def test_after_a_quarter_of_an_hour_there_is_another_line(ana, monkeypatch):
    use_up(times=11)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 15 * 60 + 1)
    use_up(times=11)
    assert len(stopped()) == 2


def test_a_device_that_knows_the_person_leaves_its_line_too(ana):
    phone = known_device()
    for _try in range(11):
        attempt(phone)
    assert [target for target, _by, _details in stopped()] == [f"spm.User:{ana.pk}"]


# What the answer gives away


def text_of(answer, login):
    """The page without what the person typed and without the form's own token."""
    token = answer.context["csrf_token"]
    return answer.text.replace(str(token), "").replace(login, "")


def test_an_unknown_name_is_answered_like_a_wrong_password(ana):
    known, unknown = (text_of(attempt(Client(), login=login), login) for login in ("ana", "eva"))
    assert known == unknown


def test_also_when_its_tries_are_used_up(ana):
    for login in ("ana", "eva"):
        use_up(login=login)
    known, unknown = (text_of(attempt(Client(), login=login), login) for login in ("ana", "eva"))
    assert known == unknown
    assert "failed" in known


@pytest.mark.parametrize(
    "login",
    ["ana", "ANA", "ana@caja.example", "eva", "eva@caja.example", "closed", "none", "twice@caja.example"],
)
def test_the_same_work_is_done_for_every_name(login, ana):
    """So the time that an answer takes tells nothing: one password hashed, as many questions asked."""
    person("closed", is_active=False)
    none = person("none")
    none.set_unusable_password()
    none.save()
    for number in range(2):
        person(f"twice-{number}", email="twice@caja.example")
    HASHED.clear()
    browser = Client()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        attempt(browser, login=login)
    # Four questions of the sign-in, and the line in the audit trail: on PostgreSQL it also sets its patience.
    of_the_line = 6 if connection.vendor == "postgresql" else 5
    assert (len(HASHED), len(asked)) == (1, 4 + of_the_line)


def test_an_address_that_two_accounts_share_opens_neither(ana):
    person("luis", email=ana.email)
    assert account_of({"email": "ana@caja.example"}) is None
    assert account_of({"username": "luis"}).username == "luis"


def test_a_name_in_other_capitals_is_found_and_the_exact_one_goes_before(ana):
    assert account_of({"username": "ANA"}) == ana
    other = person("Ana")
    assert [account_of({"username": name}) for name in ("Ana", "ana")] == [other, ana]


def test_who_has_no_account_is_no_account(ana):
    assert [account_of({}), account_of({"username": "eva"})] == [None, None]
