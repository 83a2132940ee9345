"""Accounts as people come to them: the second step of signing in."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth as totp

from tests.browser.test_every_screen import too_wide

PASSWORD = "lluvia-de-noviembre"


@pytest.fixture
def newcomer(site):
    """The user name of somebody who has just been given an account and a role."""
    site.manage("add_person", "rosa", "--role", "admin", "--office", "CH", "--password-stdin", said=PASSWORD)
    site.passwords["rosa"] = PASSWORD
    return "rosa"


def code(secret, steps):
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def test_somebody_sets_up_the_second_step_signs_in_with_it_and_looks_at_all_its_pages(
    visit, violations, newcomer
):
    wrong = {}

    def look_at(page):
        found = violations(page) + too_wide(page) + page.refusals
        if found:
            wrong[page.url] = found

    page = visit(newcomer, "/accounts/second-step/", width=360)
    page.get_by_role("link", name="Set it up").click()
    secret = page.locator("code.key").inner_text()
    assert page.locator("img.qr").evaluate("picture => picture.naturalWidth") > 0
    look_at(page)
    page.get_by_label("Code").fill(code(secret, 0))
    page.get_by_role("button", name="Turn it on").click()
    assert len(page.locator(".codes li").all()) == 10
    look_at(page)
    for path in ("codes/new/", "off/", "code-again/", ""):
        page.goto(f"/accounts/second-step/{path}")
        look_at(page)
    page = visit("", "/accounts/login/", width=360, javascript=False)
    page.locator("[name=login]").fill(newcomer)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    assert re.search("second-step/code/", page.url)
    page.get_by_label("Code").fill(code(secret, 1))
    page.locator("main [type=submit]").click()
    assert page.locator("h1").count() == 1
    assert page.url.endswith("/")
    assert wrong == {}
