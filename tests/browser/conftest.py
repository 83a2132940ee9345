"""A served site, a real browser, and people signed in to it."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tools.chromium import ADVICE, find
from tools.screenshots import look, signed_in
from tools.site import CHROMIUM_FLAGS, running_site

AXE = Path(__file__).parent / "vendor/axe-core/axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What passes is not described: that takes as long as the looking.
VIOLATIONS = """async tags => {
    const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
    return found.violations;
}"""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    # Beside other workers the run's folder is above each one's own; else that one outlives the run.
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with running_site(clients=400, shared=shared) as running:
        yield running


@pytest.fixture(scope="session")
def driver():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(driver):
    executable = find()
    assert executable, ADVICE
    chromium = driver.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture
def visit(site, browser):
    """``visit(person, path)``: a page signed in as the person; ``refusals`` is what its policy refused."""
    opened = []

    def open_page(person, path="/", *, language="en", width=1366, javascript=True, scheme="light"):
        page = signed_in(browser, site, person, language, width, scheme, javascript)
        page.refusals = []
        page.on(
            "console",
            lambda line: page.refusals.append(line.text) if "Content Security" in line.text else None,
        )
        page.on("pageerror", lambda error: page.refusals.append(str(error)))
        look(page, path)
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        page.context.close()


@pytest.fixture
def violations():
    """``violations(page)``: what axe holds against the page, rule and place, by WCAG 2.2 AA."""

    def run(page):
        page.evaluate(AXE.read_text())
        return [
            (rule["id"], node["target"], node["failureSummary"].splitlines()[-1])
            for rule in page.evaluate(VIOLATIONS, WCAG)
            for node in rule["nodes"]
        ]

    return run
