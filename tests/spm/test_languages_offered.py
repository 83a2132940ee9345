"""The language of a page is one that the institution offers."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from spm.models import Institution

pytestmark = pytest.mark.django_db


def language(cookie="", asked="", *, offered=("en", "es"), first="es", path="account_login"):
    Institution.objects.create(pk=1, languages=list(offered), language=first)
    browser = Client(headers={"Accept-Language": asked})
    if cookie:
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    answer = browser.get(reverse(path) if path.isidentifier() else path)
    (said,) = {"en", "es"} & {answer.text.partition('<html lang="')[2][:2]}
    assert answer.headers["Content-Language"] == said
    return said


@pytest.mark.parametrize(
    ("cookie", "asked", "said"),
    [
        ("en", "es", "en"),
        ("es", "en", "es"),
        ("", "en-GB,es;q=0.5", "en"),
        ("", "fr,en;q=0.2", "en"),
        ("", "fr", "es"),
        ("", "", "es"),
        ("xx", "***", "es"),
    ],
)
def test_it_is_the_persons_choice_or_the_browsers_or_the_first(cookie, asked, said):
    assert language(cookie, asked) == said


def test_what_is_not_offered_is_not_spoken_whoever_asks():
    assert language("en", "en", offered=["es"]) == "es"


def test_a_page_that_is_not_there_says_so_in_an_offered_language():
    assert language("en", "en", offered=["es"], path="/nowhere/") == "es"


def test_only_the_offered_languages_are_to_choose_from(client):
    switch = 'name="language" value="es"'
    Institution.objects.create(pk=1)
    assert switch in client.get(reverse("account_login")).text
    Institution.objects.update(languages=["en"])
    assert switch not in client.get(reverse("account_login")).text


def test_whether_the_server_answers_is_asked_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(reverse("healthz")).status_code == 200


def test_a_page_asks_for_the_institution_once(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(reverse("account_login"))
