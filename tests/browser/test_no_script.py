"""Nothing that people write, and no word of a catalogue, runs as a script or becomes markup, for any role."""

import json

import pytest

from tests.browser import canaries
from tools.screens import make_rows, screens
from tools.screenshots import SETTLED
from tools.site import running_site

ROLES = ("admin", "manager", "branch-manager", "officer", "desk", "assessor", "nobody", "")
LISTEN = """
window.reports = [];
const refused = event => reports.push(`${event.violatedDirective} ${event.blockedURI}`);
addEventListener("securitypolicyviolation", refused);
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => reports.push(name);
"""
# What only markup made of text could be: an element of a canary, an attribute that acts, a way to elsewhere.
BROKEN_OUT = """mark => {
    const elsewhere = text => /^\\s*(javascript|data:text|vbscript)/i.test(text)
        || (/^\\s*https?:/i.test(text) && !text.startsWith(location.origin));
    const strange = document.querySelectorAll(`[${mark}], iframe, object, embed, base`);
    const wrong = [...strange].map(element => element.outerHTML);
    for (const element of document.querySelectorAll("*"))
        for (const {name, value} of element.attributes) {
            const leads = /^(xlink:)?href$|^src$|action$/i.test(name);
            if (/^on|^srcdoc$/i.test(name) || (leads && elsewhere(value))) wrong.push(`${name}=${value}`);
        }
    return [...wrong, ...window.reports.splice(0)];
}"""
REFUSALS = {302, 403, 404}
OPEN = "document.querySelectorAll('details').forEach(menu => menu.open = true)"
# Columns that no page shows: searched by, in files alone, or read by the product alone.
NOWHERE = {
    "clients.BeforeImage.values",
    "clients.Client.search_name",
    "clients.ClientAlias.external_id",
    "clients.Group.code",
    "clients.ImportProfile.mapping",
    "clients.Repayment.external_id",
    "clients.SavingsMovement.external_id",
    "exits.SampledLeaver.stratum",  # of samples that were drawn by groups, and none was here
    "exits.SpellBuild.warnings",
    "feedback.Complaint.language",
    "feedback.HandlingRules.template",
    "spm.Job.message",  # on pages of works that run, and none runs here
    "spm.Job.runner",
    "spm.JobEffect.key",
}


@pytest.fixture(scope="module")
def spoilt_site(tmp_path_factory, shared):
    words = canaries.spoil_words(tmp_path_factory.mktemp("words"))
    with running_site(clients=400, shared=shared, and_then=make_rows, **words) as site:
        looked_at = screens(site)
        said = json.loads(
            site.manage("shell", "-v0", "-c", "from tests.browser.canaries import main; main()")
        )
        yield site, looked_at, said


@pytest.fixture
def walker(spoilt_site, browser):
    """``walker(person)``: a page that notes what no page may do."""
    site, _, said = spoilt_site
    contexts = []

    def open_page(person):
        context = browser.new_context(base_url=site.url, locale="es", viewport={"width": 1366, "height": 900})
        contexts.append(context)
        context.add_init_script(LISTEN)
        if person:
            context.add_cookies([{"name": "sessionid", "value": said["sessions"][person], "url": site.url}])
        page = context.new_page()
        page.noted = []
        page.on("dialog", lambda dialog: (page.noted.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: page.noted.append(str(error)))
        page.on(
            "console", lambda line: page.noted.append(line.text) if "Content Security" in line.text else None
        )
        return page

    yield open_page
    for context in contexts:
        context.close()


def handle(page, path):
    """Open the page, its menus and its charts' tooltips; what broke out on it, and its text."""
    answer = page.goto(path)
    page.wait_for_function(SETTLED)
    page.evaluate(OPEN)
    for chart in page.locator("figure[data-chart] .nsewdrag").all():
        chart.hover(force=True)
    found = page.evaluate(BROKEN_OUT, canaries.MARK) + page.noted
    page.noted.clear()
    if answer.status >= 500:
        found.append(answer.status)
    return found, page.content()


def test_every_text_column_has_a_canary_or_a_reason(spoilt_site):
    _, _, said = spoilt_site
    assert set(said["planted"]) == canaries.text_columns().keys() - canaries.BARE.keys()


def test_no_page_runs_or_renders_what_people_wrote_whatever_the_role(spoilt_site, walker):
    _, looked_at, said = spoilt_site
    # The audit trail first: each page that is looked at adds lines to it.
    paths, wrong, shown = dict.fromkeys(["/audit/", *(screen.path for screen in looked_at)]), {}, set()
    for person in ROLES:
        page, refused = walker(person), set()
        for path in paths:
            # A page of refusal is the same everywhere: one is looked at.
            status = page.request.head(path, max_redirects=0).status
            if status in refused:
                continue
            refused |= {status} & REFUSALS
            found, text = handle(page, path)
            shown |= canaries.shown_in(text)
            if found:
                wrong[person, path] = found
    assert wrong == {}
    assert set(said["planted"]) - shown == NOWHERE


# Escaped once too often or not at all, these are only ugly.
HARMLESS = {form for form in canaries.FORMS if form.startswith(("&lt;", "{{", "="))}


def test_a_page_that_forgets_to_escape_is_seen(site, browser):
    page = browser.new_page()
    page.add_init_script(LISTEN)
    seen = set()
    for form in canaries.FORMS:
        for forgotten in (f"<p>{form}</p>", f"<p title='{form}'></p>", f"<a href='{form}'>x</a>"):
            page.goto(f"{site.url}/healthz")
            page.evaluate("markup => document.body.innerHTML = markup", forgotten)
            seen |= {form} if page.evaluate(BROKEN_OUT, canaries.MARK) else set()
    page.close()
    assert set(canaries.FORMS) - seen == HARMLESS
