"""A served site, a real browser, and people signed in to it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tools.chromium import ADVICE, find_shell
from tools.screens import make_rows
from tools.screenshots import look, signed_in
from tools.site import CHROMIUM_FLAGS, ROOT, running_site

AXE = Path(__file__).parent / "vendor/axe-core/axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What passes is not described: that takes as long as the looking.
VIOLATIONS = """async tags => {
    const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
    return found.violations;
}"""


def pytest_collection_modifyitems(items):
    """Two workers begin with half of the tests each: a long walk heads the second half too."""
    walk = [item for item in items if item.path.name == "test_no_script.py"]
    rest, half = [item for item in items if item not in walk], (len(items) + 1) // 2
    items[:] = rest[:half] + walk + rest[half:]


@pytest.fixture(scope="session")
def site(shared):
    with running_site(clients=400, shared=shared, and_then=make_rows) as running:
        yield running


# A process with the product loaded: a line of code in, a line with what it printed out.
LISTENING = """
import contextlib, io, json, sys, django
django.setup()
from django.db import connection
for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(json.loads(line), {})
    connection.close()
    print(json.dumps(said.getvalue()), flush=True)
"""


@pytest.fixture(scope="session")
def ask(site):
    """``ask(code)``: what the code prints on the site's database, in a process that stays."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", LISTENING]
    with subprocess.Popen(command, cwd=ROOT, env=site.environment, **pipes) as listening:

        def asked(code):
            print(json.dumps(code), file=listening.stdin, flush=True)
            return json.loads(listening.stdout.readline())

        yield asked
        listening.stdin.close()


@pytest.fixture(scope="session")
def driver():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(driver):
    executable = find_shell()
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
