"""The picture beside the institution's name: sent, shown to everybody, served, overtaken, taken away."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse

from clients.actions.institution import describe_institution, set_logo
from spm.models import AuditEvent, Institution, Logo
from spm.models.versioned import Stale
from tests.conftest import member
from tests.spm.pictures import PICTURE, plain, sent

pytestmark = pytest.mark.django_db

FORM, SETTINGS, SIGN_IN = (
    reverse(name) for name in ("clients:logo-change", "clients:institution-change", "account_login")
)


@pytest.fixture
def caja(admin):
    return describe_institution(name="Caja Horizonte", currency="PEN", by=None)


@pytest.fixture
def browser(client, admin, caja):
    client.force_login(admin)
    return client


def send(browser, **given):
    return browser.post(FORM, {"version": Logo.get().version} | given)


def verbs() -> list[str]:
    return list(
        AuditEvent.objects.filter(target="spm.Logo:1").order_by("number").values_list("verb", flat=True)
    )


def test_a_logo_is_sent_and_stands_beside_the_name_on_every_page_and_before_signing_in(browser, admin):
    answer = send(browser, picture=sent(plain()))
    assert answer.headers["Location"] == SETTINGS
    image = (
        f'<img class="logo" src="{Logo.get().get_absolute_url()}" alt="Caja Horizonte"'
        ' width="60" height="20">'
        '<span aria-hidden="true">Caja Horizonte</span>'
    )
    for page in (
        browser.get("/"),
        browser.get(SETTINGS),
        browser.get("/no/such/page"),
        Client().get(SIGN_IN),
    ):
        assert page.text.count(image) == 1
    assert AuditEvent.objects.get(verb="logo.set").by == admin


def test_without_a_logo_the_name_stands_alone(browser):
    assert "<img" not in browser.get(SETTINGS).text
    assert "There is none now." in browser.get(FORM).text


def test_whoever_asks_for_the_picture_gets_it_and_keeps_it(browser):
    send(browser, picture=sent(plain()))
    logo = Logo.get()
    assert logo.get_absolute_url() == f"/logo/{hashlib.sha256(logo.image).hexdigest()}.png"
    for visitor in (browser, Client()):
        answer = visitor.get(logo.get_absolute_url())
        assert (answer.status_code, answer.content) == (200, bytes(logo.image))
        assert {
            name: answer.headers[name]
            for name in ("Cache-Control", "Content-Type", "X-Content-Type-Options", "Content-Security-Policy")
        } == {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Type": "image/png",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'",
        }


def test_who_has_yet_to_set_up_the_second_step_sees_it_too(browser, settings):
    send(browser, picture=sent(plain()))
    settings.REQUIRE_TOTP = True
    assert browser.get(SETTINGS).status_code == 302
    assert browser.get(Logo.get().get_absolute_url()).status_code == 200


def test_another_picture_has_another_address_and_the_old_one_is_gone(browser):
    send(browser, picture=sent(plain()))
    old = Logo.get().get_absolute_url()
    send(browser, picture=sent(plain(colour=(200, 0, 0))))
    new = Logo.get().get_absolute_url()
    assert [browser.get(path).status_code for path in (old, new)] == [404, 200]
    assert Logo.objects.count() == 1


def test_a_logo_is_taken_away(browser):
    send(browser, picture=sent(plain()))
    old = Logo.get().get_absolute_url()
    assert send(browser, remove="on").status_code == 302
    assert browser.get(old).status_code == 404
    assert "<img" not in browser.get(SETTINGS).text
    assert (bytes(Logo.get().image), verbs()) == (b"", ["logo.set", "logo.removed"])


def test_a_form_sent_as_it_is_changes_nothing(browser):
    send(browser, picture=sent(plain()))
    before = Logo.get().version
    assert send(browser).status_code == 302
    assert (Logo.get().version, verbs()) == (before, ["logo.set"])


def test_a_picture_and_none_cannot_both_be_asked_for(browser):
    send(browser, picture=sent(plain()))
    page = send(browser, picture=sent(plain()), remove="on")
    assert "Send a picture, or ask for none: not both." in page.text
    assert verbs() == ["logo.set"]


def test_who_sends_a_logo_after_another_has_changed_it_is_told_and_shown_the_others(browser, head):
    other = member("luisa", "admin", head)
    send(browser, picture=sent(plain()))
    seen = Logo.get().version
    theirs = set_logo(picture=PICTURE, by=other, version=seen)
    for given in ({"picture": sent(plain(colour=(200, 0, 0)))}, {"remove": "on"}, {}):
        page = browser.post(FORM, {"version": seen} | given)
        assert page.status_code == 409
        assert (
            "luisa has changed the logo since you opened this page. Nothing of yours is saved." in page.text
        )
        assert f'src="{theirs.get_absolute_url()}"' in page.text
        assert f'name="version" value="{theirs.version}"' in page.text
    assert Logo.get().digest == theirs.digest
    assert browser.post(FORM, {"version": theirs.version, "remove": "on"}).status_code == 302


def test_a_version_is_good_for_one_change_even_where_the_picture_was_taken_away_meanwhile(admin, caja):
    first = set_logo(picture=PICTURE, by=admin, version=1)
    set_logo(picture=None, by=admin, version=first.version)
    with pytest.raises(Stale):
        set_logo(picture=PICTURE, by=admin, version=first.version)


def test_a_change_of_the_settings_does_not_overtake_the_logo_and_the_other_way_round(browser):
    version = Institution.get().version
    send(browser, picture=sent(plain()))
    assert Institution.get().version == version
    describe_institution(name="Caja del Valle", currency="PEN", by=None)
    assert send(browser, remove="on").status_code == 302


@pytest.mark.parametrize("who", ["manager", "branch_manager", "officer", "assessor", "nobody"])
def test_only_administrators_of_the_head_office_change_it(who, client, request, caja):
    client.force_login(request.getfixturevalue(who))
    answers = [client.get(FORM), client.post(FORM, {"version": 1, "picture": sent(plain())})]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert Logo.objects.count() == 0


def test_an_administrator_of_a_branch_does_not(client, office, caja):
    client.force_login(member("branch-admin", "admin", office))
    assert client.post(FORM, {"version": 1, "picture": sent(plain())}).status_code == 403


def test_a_logo_before_the_institution_has_a_name_makes_its_row(client, admin):
    client.force_login(admin)
    send(client, picture=sent(plain()))
    assert 'alt="Your institution"' in client.get(SETTINGS).text


def test_the_picture_itself_is_not_read_for_a_page(browser, django_assert_num_queries):
    send(browser, picture=sent(plain()))
    with django_assert_num_queries(1) as asked:
        assert Institution.get().picture.width == 60
    assert "image" not in asked[0]["sql"]
