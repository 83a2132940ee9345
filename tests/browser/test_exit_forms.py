"""How a client left and why, on a phone: few taps, and what the page asks by the answers."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.phone import Phone
from tests.browser.test_every_screen import weight
from tests.browser.test_field import portal  # noqa: F401
from tests.browser.test_field_page import COLD, SMALL, TOUCHED, WARM

MOST = 12
"""Taps that one exit with its reason may take."""
CONFIRM, INTERVIEW = "/exits/register/confirm/", "/exits/interviews/new/"
# An exit of the officer's own to be confirmed today, and somebody else's client to be asked today.
WORK = """
import json
from django.utils import timezone
from exits.actions import interviews, register
from exits.models import LeaverSample, SampledLeaver, Spell
from exits.queries.register import key_of
from spm import work
from spm.models import User, WorkItem
officer, today = User.objects.get(username="officer"), timezone.localdate()
WorkItem.objects.filter(user=officer).delete()
ended = Spell.objects.filter(left_on__isnull=False, client__registered_exits=None).order_by("-left_on", "pk")
own = ended.filter(portfolio__user=officer).first()
work.assign(kind=register.WORK, key=key_of(own.client_id, own.start), to=officer, due_on=today)
other = ended.exclude(portfolio__user=officer).filter(client__exit_interviews=None).first()
days = dict(left_from=today, left_until=today, data_as_of=today, drawn_at=timezone.now())
sample = LeaverSample.objects.create(
    name="x", office=other.office, margin=0.1, size=1, reserve=0, seed=1, by=officer, **days
)
whom = dict(client=other.client, start=other.start, state="drawn", interviewer=officer)
drawn = SampledLeaver.objects.create(sample=sample, **whom)
work.assign(kind=interviews.WORK, key=drawn.pk, to=officer, due_on=today)
print(json.dumps([own.client.name, own.client.external_id, other.client.name, other.client.external_id]))
"""
STORED = """
import json
from exits.models import ExitInterview, RegisteredExit
said = ["leaver_type__code", "initiative", "tone", "staff_reason__code"]
exits = list(RegisteredExit.objects.filter(client__external_id="{own}").values_list(*said))
asked = ExitInterview.objects.filter(client__external_id="{other}", by__username="officer")
reasons = list(asked.values_list("consent", "reasons__part", "reasons__reason__code"))
print(json.dumps([exits, reasons]))
"""


@pytest.fixture
def phone(driver, site, portal, tmp_path):  # noqa: F811
    phone = Phone(driver, portal, tmp_path / "profile", "officer", site.passwords["officer"])
    phone.sign_in()
    yield phone
    phone.off()


class Thumb:
    """Taps, and counts them."""

    def __init__(self):
        self.taps = 0

    def tap(self, found):
        self.taps += 1
        found.tap()

    def choose(self, select, words):
        """The list, and what stands in it."""
        self.taps += 2
        select.select_option(label=words)


def consent(page, answer):
    return page.locator("#div_id_consent").get_by_label(answer, exact=True)


def open_work(phone, thumb, name):
    """From today's list, which stands in for "My work" without a connection."""
    phone.page.goto("/")
    expect(phone.page.locator("[data-today]")).to_be_visible(timeout=30000)
    thumb.tap(phone.page.locator("[data-today] a", has_text=name))
    expect(phone.page.locator("form[data-ready]")).to_be_visible(timeout=30000)
    assert phone.page.locator("[data-about-title]").inner_text() == name


def send(phone, thumb):
    thumb.tap(phone.page.get_by_role("button", name="Send"))
    expect(phone.page.locator("[data-done-words]")).to_contain_text("not sent yet", timeout=30000)


def test_an_exit_with_its_reason_takes_few_taps_without_a_connection_and_is_there_when_it_is_back(
    phone,
    portal,  # noqa: F811
    ask,
):
    own_name, own, other_name, other = json.loads(ask(WORK))
    phone.make_ready()
    portal.mode = "down"
    page, confirming, asking = phone.page, Thumb(), Thumb()

    open_work(phone, confirming, own_name)
    confirming.tap(page.get_by_label("Dissatisfied"))
    assert page.get_by_label("Bad for the client", exact=True).is_checked()
    confirming.choose(page.get_by_label("What was the main reason, as you see it?"), "Lack of respect")
    send(phone, confirming)

    open_work(phone, asking, other_name)
    asking.tap(consent(page, "Yes"))
    asking.choose(page.get_by_label("What is the main reason for leaving?"), "How debts are collected")
    send(phone, asking)
    assert (confirming.taps, asking.taps) <= (MOST, MOST)
    assert (confirming.taps, asking.taps) == (5, 5)

    portal.mode = "pass"
    phone.outbox()
    expect(page.locator("[data-waiting] > li")).to_have_count(0, timeout=30000)
    exits, reasons = json.loads(ask(STORED.format(own=own, other=other)))
    assert exits == [["dissatisfied", "client", "negative", "disrespect"]]
    assert reasons == [[True, "primary", "recovery"]]


def opened(visit, path, person="officer"):
    page = visit(person, path, width=360)
    page.locator("form[data-ready]").wait_for()
    return page


def test_what_is_asked_follows_the_answers(visit):
    page = opened(visit, INTERVIEW)
    reason, lender = (
        page.get_by_label("What is the main reason for leaving?"),
        page.get_by_label("Which lender?"),
    )
    assert not reason.is_visible()
    consent(page, "Yes").check()
    assert (reason.is_visible(), lender.is_visible()) == (True, False)
    reason.select_option(label="Owes another lender")
    assert lender.is_visible()
    reason.select_option(label="Money comes too late")
    assert not lender.is_visible()
    page.get_by_label("The person borrows from another lender").check()
    lender.fill("Caja Sur")
    sent = "[...new FormData(document.querySelector('form[data-field-form]')).keys()]"
    assert {"competitor", "primary"} <= set(page.evaluate(sent))
    consent(page, "No").check()
    assert set(page.evaluate(sent)) == {"csrfmiddlewaretoken", "uuid", "client", "consent"}


def test_reasons_are_worded_in_the_language_that_is_chosen(visit):
    page = opened(visit, INTERVIEW)
    consent(page, "Yes").check()
    page.get_by_label("In which language do you ask?").select_option("es")
    assert page.locator("#id_primary optgroup").first.get_attribute("label") == "Producto"
    assert page.locator("#id_primary option", has_text="Falta de respeto").count() == 1
    page.get_by_text("More reasons").click()
    assert page.get_by_label("Falta de respeto").is_visible()
    assert page.locator("#div_id_contributing strong").first.inner_text() == "Producto"


def test_a_draft_comes_back_with_the_parts_that_it_has_answers_in(visit):
    page = opened(visit, INTERVIEW)
    consent(page, "Yes").check()
    page.get_by_text("A complaint, a call back").click()
    page.get_by_label("Is there a complaint?").fill("Was shouted at")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved", timeout=5000)
    page.reload()
    page.locator("form[data-ready]").wait_for()
    expect(page.get_by_label("Is there a complaint?")).to_be_visible()
    assert page.get_by_label("Is there a complaint?").input_value() == "Was shouted at"


@pytest.mark.parametrize("path", [CONFIRM, INTERVIEW])
def test_it_weighs_little_is_touched_with_a_thumb_and_has_no_flaw(path, visit, violations):
    page = visit("officer", "/", width=360)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setBypassServiceWorker", {"bypass": True})
    wire.send("Network.clearBrowserCache")
    page.goto("about:blank")
    cold, warm = (weight(wire, page, path) for _look in range(2))
    assert (cold <= COLD, warm <= WARM) == (True, True), (cold, warm)
    page.locator("form[data-ready]").wait_for()
    page.evaluate(
        "document.querySelectorAll('details, fieldset').forEach(part => {"
        " part.open = true; part.hidden = part.disabled = false; })"
    )
    assert page.evaluate(SMALL, TOUCHED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []


def test_words_in_another_language_are_asked_in_it(visit):
    """From the list to the question: a reason gets words in Quechua, read out to whoever speaks it."""
    page = visit("manager", "/exits/lists/reasons/")
    page.get_by_role("link", name="Money comes too late").click()
    page.get_by_label("One more language").fill("qu")
    page.get_by_label("What it says, in that language").fill("Qullqi unayta chayamun")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name="Money comes too late")
    expect(row).to_contain_text("Runasimi")
    asking = opened(visit, INTERVIEW)
    consent(asking, "Yes").check()
    asking.get_by_label("In which language do you ask?").select_option(label="Runasimi")
    reason = asking.get_by_label("What is the main reason for leaving?")
    reason.select_option(label="Qullqi unayta chayamun")
    expect(reason.locator("option", has_text="Too much paperwork")).to_have_count(1)
    asking.get_by_label("In which language do you ask?").select_option(label="Español")
    assert reason.evaluate("select => select.selectedOptions[0].textContent") == "El dinero llega tarde"


def test_the_questions_and_the_consent_are_asked_in_a_language_that_the_pages_do_not_speak(visit):
    page = visit("manager", "/exits/lists/interview/new/")
    page.get_by_label("Language, as two or three letters").fill("ay")
    page.locator("#id_consent").fill("Munasmati?")
    page.get_by_label("What should we change?").fill("Kuns mayjt'ayañasa?")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Aymar aru")).to_contain_text("in force")
    asking = opened(visit, INTERVIEW)
    language = asking.get_by_label("In which language do you ask?")
    asked = asking.locator("#div_id_consent legend")
    own = asked.inner_text()
    language.select_option(label="Aymar aru")
    assert (asked.inner_text().startswith("Munasmati?"), asked.get_attribute("lang")) == (True, "ay")
    consent(asking, "Yes").check()
    asking.get_by_text("Coming back").click()
    asking.get_by_label("Kuns mayjt'ayañasa?").fill("Tantachasiwinaka")
    language.select_option(label="English")
    assert (asked.inner_text(), asked.get_attribute("lang")) == (own, None)
    assert asking.get_by_label("What should we change?").input_value() == "Tantachasiwinaka"
