"""Every screen, as its reader sees it: accessible, within its weight, and never wider than the phone."""

import os
import time

import pytest

from tools.screens import screens
from tools.screenshots import look, signed_in
from tools.site import running_site

DASHBOARD_COLD, DASHBOARD_WARM, PAGE_COLD = 600_000, 60_000, 100_000
DASHBOARDS = {"exits", "exits-officer", "exits-women-by-cycle", "gallery"} | {
    *("stages", "stages-by-product", "profile", "stays", "stays-by-product", "stays-by-cause"),
    *("stays-officer", "cohorts", "seasons", "limits", "returns", "reasons", "reasons-women", "cost"),
    *("types", "types-by-tone", "profile-together"),
}
EVERYTHING = float(os.environ.get("SPM_EXAMPLES", "1")) >= 1
PHONE = 360
# Each language and each width once, the longer words on the phone; `make test-full` tries all four.
EYES = [("es", PHONE), ("en", 1366)] + ([("en", PHONE), ("es", 1366)] if EVERYTHING else [])


@pytest.fixture(scope="module")
def all_screens(site):
    return screens(site)


@pytest.fixture
def faults(visit, violations):
    """What is wrong with each screen, for eyes of that language and width."""

    def found_on(screens, language, width, *, weighed=False, **how):
        found, pages = {}, {}
        for screen in screens:
            if screen.person not in pages:
                pages[screen.person] = visit(screen.person, language=language, width=width, **how)
            page = pages[screen.person]
            wrong = too_heavy(page, screen) if weighed else seen(page, screen)
            wrong += violations(page) + too_wide(page) + page.refusals
            if page.evaluate("document.querySelectorAll('h1').length") != 1:
                wrong.append("not one h1")
            if page.evaluate("document.documentElement.lang") != language:
                wrong.append("wrong language")
            if wrong:
                found[screen.name] = wrong
                page.refusals.clear()
        return found

    return found_on


def seen(page, screen):
    look(page, screen.path)
    return []


# The words of charts that go beyond the drawing, which cuts them off.
CUT_OFF = """[...document.querySelectorAll("figure[data-chart] svg text")].filter(words => {
    const drawing = words.closest("[data-drawing]").getBoundingClientRect();
    const place = words.getBoundingClientRect();
    return place.width && (place.right > drawing.right + 1 || place.left < drawing.left - 1);
}).map(words => `cut off: ${words.textContent}`)"""


def too_wide(page):
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return ([f"{overflow} px too wide"] if overflow > 0 else []) + page.evaluate(CUT_OFF)


def weight(wire, page, path):
    """Bytes over the wire until all that the page asked for has come."""
    under_way, sizes = set(), []

    def ends(event):
        under_way.discard(event["requestId"])
        sizes.append(event.get("encodedDataLength", 0))

    heard = {
        "Network.requestWillBeSent": lambda event: under_way.add(event["requestId"]),
        "Network.loadingFinished": ends,
        "Network.loadingFailed": ends,
    }
    for name, listener in heard.items():
        wire.on(name, listener)
    look(page, path)
    deadline = time.monotonic() + 30
    while under_way and time.monotonic() < deadline:
        page.wait_for_timeout(10)
    assert under_way == set()
    for name, listener in heard.items():
        wire.remove_listener(name, listener)
    return sum(sizes)


def too_heavy(page, screen):
    if not hasattr(page, "wire"):
        page.wire = page.context.new_cdp_session(page)
        page.wire.send("Network.enable")
    page.wire.send("Network.clearBrowserCache")
    page.goto("about:blank")
    cold, is_dashboard = weight(page.wire, page, screen.path), screen.name in DASHBOARDS
    warm = weight(page.wire, page, screen.path) if is_dashboard else 0
    is_light = cold <= (DASHBOARD_COLD if is_dashboard else PAGE_COLD) and warm <= DASHBOARD_WARM
    return [] if is_light else [f"{cold} bytes, {warm} the second time"]


@pytest.mark.parametrize(("language", "width"), EYES)
def test_no_screen_breaks_a_rule_of_accessibility_scrolls_sideways_or_is_heavy_on_a_phone(
    faults, all_screens, language, width
):
    assert faults(all_screens, language, width, weighed=width == PHONE) == {}


def test_the_screens_that_matter_most_are_as_good_in_the_dark(faults, all_screens):
    chosen = {"sign-in", "home-manager", "exits", "clients", "client", "import-waiting"}
    assert faults([s for s in all_screens if s.name in chosen], "en", 360, scheme="dark") == {}


REFUSED = {
    "/accounts/login/": "",
    "/accounts/password/change/": "manager",
    "/clients/people/invitations/new/": "admin",
    "/clients/imports/new/": "manager",
    "/exits/definitions/new/": "manager",
}


@pytest.mark.parametrize("path", REFUSED)
def test_a_refused_form_says_what_to_mend_and_takes_the_reader_there(visit, violations, path):
    page = visit(REFUSED[path], path, width=360)
    page.locator("main form").last.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.wait_for_load_state()
    summary = page.locator(".error-summary")
    assert summary.evaluate("box => box.contains(document.activeElement)")
    assert page.title().startswith("Error:")
    assert violations(page) + too_wide(page) + page.refusals == []
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.matches('input, select, textarea')")


@pytest.fixture(scope="module")
def new_site(shared):
    """An institution on its first day: people, and nothing else."""
    with running_site(clients=0, shared=shared) as running:
        yield running


def test_an_empty_institution_is_told_what_to_do_first(new_site, browser, violations):
    page = signed_in(browser, new_site, "manager", "en", 360, "light")
    page.refusals = []
    wrong, ways = {}, {}
    for path in ("/", "/clients/", "/exits/", "/clients/imports/", "/exits/definitions/", "/jobs/"):
        look(page, path)
        wrong |= {path: fault} if (fault := violations(page) + too_wide(page)) else {}
        ways[path] = page.locator(".empty a").count()
    page.context.close()
    assert wrong == {}
    assert [ways[path] > 0 for path in ("/clients/", "/exits/", "/clients/imports/")] == [True, True, True]
