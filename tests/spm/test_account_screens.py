"""One's own password, where there is none yet."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertRedirects

pytestmark = pytest.mark.django_db

FORM, BY_LINK = "account_change_password", "account_reset_password"


@pytest.fixture
def without(officer):
    officer.set_unusable_password()
    officer.save()
    return officer


@pytest.mark.parametrize(
    ("chosen", "page", "sent"),
    [("es", "en", "restablecer"), ("en", "es", "Reset"), ("", "es", "restablecer")],
)
def test_the_link_speaks_the_language_of_the_account_and_before_one_is_chosen_that_of_the_page(
    chosen, page, sent, client, without, mailoutbox
):
    without.reads(chosen)
    client.cookies["django_language"] = page
    client.post(reverse(BY_LINK), {"email": without.email})
    assert sent in mailoutbox[0].subject


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_no_password_to_give_is_led_to_where_one_is_chosen_by_a_link(client, without, method):
    client.force_login(without)
    page = getattr(client, method)(reverse(FORM), follow=True)
    assertRedirects(page, reverse(BY_LINK))
    assert "Your account has no password yet. Choose one by a link." in page.text


def test_the_link_reaches_who_has_no_password(client, without, mailoutbox):
    client.post(reverse(BY_LINK), {"email": without.email})
    assert [message.to for message in mailoutbox] == [[without.email]]


def test_who_has_one_changes_it_on_its_page(client, officer):
    client.force_login(officer)
    assert client.get(reverse(FORM)).status_code == 200
