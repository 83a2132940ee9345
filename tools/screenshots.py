"""Every screen at 360 and 1366 px, in both languages, into ``screenshots/``.

python -m tools.screenshots [--clients N] [--dark] [name ...]
"""

import argparse
import os
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tools.chromium import find
from tools.screens import screens
from tools.site import CHROMIUM_FLAGS, running_site

WIDTHS = {360: 740, 1366: 900}
LANGUAGES = ("en", "es")
FOLDER = Path("screenshots")


def signed_in(
    browser: Browser, site, person: str, language: str, width: int, scheme: str, javascript: bool = True
):
    """A page of a browser that nobody shares, signed in as the person (or as nobody for "").

    A person fills in the form once on each site and brings the cookie from then on.
    """
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": width, "height": WIDTHS[width]},
        locale=language,
        color_scheme=scheme,
        has_touch=width < 500,
        java_script_enabled=javascript,
        accept_downloads=True,
    )
    page = context.new_page()
    if person in site.sessions:
        context.add_cookies(site.sessions[person])
    elif person:
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill(person)
        page.locator("[name=password]").fill(site.passwords[person])
        page.locator("main [type=submit]").click()
        site.sessions[person] = [cookie for cookie in context.cookies() if cookie["name"] == "sessionid"]
    return page


# Without JavaScript there is nothing to wait for: neither htmx nor Plotly is there.
SETTLED = """() => !window.htmx || !document.querySelector(
    ".htmx-request, .htmx-swapping, .htmx-settling, figure[data-chart] [data-save][hidden]")"""


def look(page, path: str):
    """Open the page and wait until its charts and panels are there too."""
    answer = page.goto(path)
    page.wait_for_function(SETTLED)
    return answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--clients", type=int, default=5000)
    parser.add_argument("--dark", action="store_true")
    options = parser.parse_args()
    scheme = "dark" if options.dark else "light"
    FOLDER.mkdir(exist_ok=True)
    with running_site(options.clients) as site, sync_playwright() as playwright:
        executable = os.environ.get("CHROMIUM") or find()
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        wanted = [s for s in screens(site) if not options.names or s.name in options.names]
        pages = {}
        for width in WIDTHS:
            for language in LANGUAGES:
                for screen in wanted:
                    key = (screen.person, language, width)
                    if key not in pages:
                        pages[key] = signed_in(browser, site, screen.person, language, width, scheme)
                    page = pages[key]
                    look(page, screen.path)
                    suffix = "-dark" if options.dark else ""
                    page.screenshot(
                        path=FOLDER / f"{screen.name}-{width}-{language}{suffix}.png", full_page=True
                    )
        browser.close()


if __name__ == "__main__":
    main()
