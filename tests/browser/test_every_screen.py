"""Every screen, as its reader sees it: accessible, within its weight, and never wider than the phone."""

import pytest

from tools.screens import screens

DASHBOARD_COLD, DASHBOARD_WARM, PAGE_COLD = 600_000, 60_000, 100_000
DASHBOARDS = {"exits", "exits-officer", "exits-women-by-cycle"}


@pytest.fixture(scope="module")
def all_screens(site):
    return screens(site)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [360, 1366])
def test_no_screen_breaks_a_rule_of_accessibility_or_scrolls_sideways(
    visit, violations, all_screens, width, language
):
    found, pages = {}, {}
    for screen in all_screens:
        if screen.person not in pages:
            pages[screen.person] = visit(screen.person, language=language, width=width)
        page = pages[screen.person]
        page.goto(screen.path, wait_until="networkidle")
        wrong = violations(page)
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if overflow > 0:
            wrong.append(f"{overflow} px too wide")
        if page.evaluate("document.querySelectorAll('h1').length") != 1:
            wrong.append("not one h1")
        if page.evaluate("document.documentElement.lang") != language:
            wrong.append("wrong language")
        if wrong + page.refusals:
            found[screen.name] = wrong + page.refusals
            page.refusals.clear()
    assert found == {}


def weight(page, path):
    """Bytes over the wire until the page is quiet."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    wire.detach()
    return sum(sizes)


def test_every_screen_stays_within_its_weight(visit, all_screens, browser, site):
    heavy = {}
    for screen in all_screens:
        page = visit(screen.person)
        page.context.new_cdp_session(page).send("Network.clearBrowserCache")
        page.goto("about:blank")
        cold, warm = weight(page, screen.path), weight(page, screen.path)
        is_dashboard = screen.name in DASHBOARDS
        if cold > (DASHBOARD_COLD if is_dashboard else PAGE_COLD) or (is_dashboard and warm > DASHBOARD_WARM):
            heavy[screen.name] = (cold, warm)
    assert heavy == {}
