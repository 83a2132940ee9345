"""The page of a field form: light, for one thumb, and of use without scripts."""

import re

import pytest

from tests.browser.phone import FORM
from tests.browser.test_every_screen import weight
from tests.browser.test_field import stored  # noqa: F401

COLD, WARM = 100_000, 20_000
# Whatever can be touched, and is not in a line of text; a label is touched for what it names.
TOUCHED = "main :is(a, button, input:not([type=hidden]), select, textarea)"
SMALL = """all => [...document.querySelectorAll(all)]
    .map(element => element.matches("[type=radio], [type=checkbox]") ? element.labels[0] : element)
    .filter(element => element.checkVisibility() && element.getBoundingClientRect().height < 44)
    .map(element => element.outerHTML)"""


@pytest.fixture
def path(stored):  # noqa: F811
    [number, _name] = stored()["clients"][0]
    return f"{FORM}?client={number}"


def test_it_weighs_little_and_less_the_second_time(visit, path):
    page = visit("officer", "/", width=360)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    # A phone's first look: neither the browser nor the service worker has anything yet.
    wire.send("Network.setBypassServiceWorker", {"bypass": True})
    wire.send("Network.clearBrowserCache")
    page.goto("about:blank")
    cold, warm = (weight(wire, page, path) for _look in range(2))
    assert (cold <= COLD, warm <= WARM) == (True, True), (cold, warm)


def test_whatever_is_touched_is_44_points_high(visit, path):
    page = visit("officer", path, width=360)
    page.locator("form[data-ready]").wait_for()
    assert page.evaluate(SMALL, TOUCHED) == []
    page.goto("/field/outbox/")
    page.locator("[data-outbox][data-ready]").wait_for()
    assert page.evaluate(SMALL, TOUCHED) == []


def test_without_scripts_it_is_filled_in_and_stored(visit, path, stored):  # noqa: F811
    page = visit("officer", path, width=360, javascript=False)
    page.get_by_role("button", name="Send").click()
    assert page.locator(".error-summary").is_visible()
    page.get_by_label("Visit", exact=True).check()
    page.get_by_label("Has moved away").check()
    page.get_by_label("What did the client say?").fill("canary without scripts")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile("/$"))
    assert page.get_by_text("The form is stored.").is_visible()
    assert stored()["notes"].count("canary without scripts") == 1


def test_what_helps_with_the_step_opens_without_scripts(visit, path):
    page = visit("officer", path, width=360, javascript=False)
    opens = page.locator(".guidance summary")
    assert opens.bounding_box()["height"] >= 44
    opens.click()
    assert page.locator(".guidance li").count() == page.locator(".guidance .status").count() > 0
    assert page.get_by_text("Do not press anybody to borrow").is_visible()


def test_the_second_pin_stands_apart_from_the_first(visit):
    page = visit("officer", "/", width=360)
    first, second = page.locator("#pin"), page.locator("label[for=again]")
    first.wait_for()
    assert second.bounding_box()["y"] - first.bounding_box()["y"] - first.bounding_box()["height"] >= 8
