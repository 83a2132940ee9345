"""A field form on a phone: nothing that an officer wrote is lost, doubled, or readable for others."""

import json
import os

import pytest
from playwright.sync_api import expect

from tests.browser.phone import FORM, Phone
from tests.portal import Portal
from tests.spm.processes import process
from tools.servers import free_port
from tools.site import wait_for

FULL = float(os.environ.get("SPM_EXAMPLES", "1")) >= 1
FORMS = 50 if FULL else 10
ROWS = """
import json
from exits.models import Contact
from spm.models import AuditEvent
from exits.queries.contacts import to_call
from spm.models import User
rows = Contact.objects.filter(note__startswith="canary").order_by("note")
notes, targets = [row.note for row in rows], [AuditEvent.label(row) for row in rows]
lines = AuditEvent.objects.filter(verb="contact.recorded", target__in=targets).count()
own = to_call(User.objects.get(username="officer")).order_by("pk")
print(json.dumps({"notes": notes, "lines": lines, "clients": [[c.external_id, c.name] for c in own]}))
"""


@pytest.fixture(scope="module")
def stored(ask):
    return lambda: json.loads(ask(ROWS))


@pytest.fixture
def portal(site):
    door = Portal(site.url)
    yield door
    door.close()


@pytest.fixture
def phone(driver, site, portal, tmp_path):
    phone = Phone(driver, portal, tmp_path / "profile", "officer", site.passwords["officer"])
    phone.sign_in()
    yield phone
    phone.off()


def test_forms_written_without_a_connection_outlive_all_that_befalls_a_phone(
    phone, portal, site, stored, tmp_path
):
    [number, name] = stored()["clients"][0]
    before = set(stored()["notes"])
    notes = [f"canary {FORMS} {at:03}" for at in range(FORMS)]
    phone.make_ready()
    portal.mode = "down"
    for note in notes:
        phone.write(number, note)
        assert "not sent yet" in phone.send()
    assert (len(phone.outbox()), phone.badge()) == (FORMS, FORMS)

    def all_there():
        return len(phone.outbox()) == FORMS

    phone.kill()
    assert all_there()
    phone.new_tab()
    assert all_there()
    phone.page.reload()
    assert all_there()
    # The sealed rows tell nobody who the client is or what was said.
    said = json.dumps(phone.kept())
    assert [word for word in (number, name, "canary", "reached") if word in said] == []

    portal.mode = "pass"
    newer = {**site.environment}
    port = free_port()
    web = ["-m", "gunicorn", "tests.browser.newer", "-w", "1", "--threads", "8", "-b", f"127.0.0.1:{port}"]
    with process(web, tmp_path / "log", **newer) as server:
        wait_for(f"http://127.0.0.1:{port}", server, tmp_path / "log")
        portal.mode = "500"
        portal.upstream = f"http://127.0.0.1:{port}"
        phone.sign_in()
        phone.sign_out()
        phone.sign_in()
        assert all_there()
        portal.mode = "pass"
        phone.send_now()
        assert phone.outbox() == []
        portal.upstream = site.url
    kept = phone.kept()
    assert (kept["queue"], kept["drafts"], phone.badge()) == ([], [], 0)
    after = stored()
    assert (set(after["notes"]) - before, after["lines"]) == (set(notes), len(after["notes"]))


ANSWERS = {
    "captive": "Something other than our server answered",
    "401": "Your sign-in has ended",
    "413": "too large",
    "500": "The server has trouble",
    "down": "There is no connection",
    "cut": "There is no connection",
}


def test_no_answer_but_the_servers_own_is_taken_for_stored(phone, portal, stored):
    [number, _name] = stored()["clients"][0]
    for mode, why in ANSWERS.items():
        portal.mode = "pass"
        phone.write(number, f"canary {mode}")
        portal.mode = mode
        assert why in phone.send()
        portal.mode = "pass"
    # Each went out with the next page; what was cut off is not there twice.
    phone.outbox()
    expect(phone.page.locator("[data-waiting] > li")).to_have_count(0, timeout=30000)
    notes = stored()["notes"]
    assert sorted(note for note in notes if note.split()[1] in ANSWERS) == sorted(
        f"canary {mode}" for mode in ANSWERS
    )


def test_a_draft_is_kept_as_one_types_and_resumed_in_the_same_place(phone, stored):
    [number, _name] = stored()["clients"][0]
    phone.write(number, "canary half a sen")
    expect(phone.page.locator("[data-save-state]")).to_contain_text("Saved", timeout=2000)
    phone.kill()
    phone.sign_in()
    phone.open(f"{FORM}?client={number}")
    note = phone.page.get_by_label("What did the client say?")
    expect(note).to_have_value("canary half a sen")
    expect(note).to_be_focused()
    assert phone.page.get_by_label("Call", exact=True).is_checked()
    note.press("End")
    note.type("tence")
    assert "It is stored" in phone.send()
    assert "canary half a sentence" in stored()["notes"]
    assert phone.kept()["drafts"] == []
    # Nothing asks about a draft that was sent.
    phone.open(f"{FORM}?client={number}")
    expect(phone.page.get_by_label("What did the client say?")).to_have_value("")


def test_what_is_refused_says_why_on_the_page_and_goes_out_once_put_right(phone, stored):
    [number, _name] = stored()["clients"][0]
    phone.open(f"{FORM}?client={number}")
    phone.page.get_by_label("What did the client say?").fill("canary put right")
    phone.page.get_by_role("button", name="Send").click()
    summary = phone.page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert phone.page.title().startswith("Error:")
    summary.get_by_role("link").first.click()
    assert phone.page.evaluate("document.activeElement.name") == "how"
    phone.page.get_by_label("Visit", exact=True).check()
    phone.page.get_by_label("Will not return").check()
    assert "It is stored" in phone.send()
    assert stored()["notes"].count("canary put right") == 1


def test_a_page_opened_without_a_connection_names_the_client_only_behind_the_pin(phone, portal, stored):
    phone.make_ready()
    [item] = phone.kept()["today"]
    assert [name for _number, name in stored()["clients"] if name in json.dumps(item)] == []
    portal.mode = "down"
    phone.kill()
    phone.page.goto("/")
    assert phone.page.locator("h1").inner_text() == "No connection"
    phone.unlock("000000")
    expect(phone.page.locator("[data-pin-told]")).to_contain_text("Tries left: 9", timeout=30000)
    phone.unlock()
    expect(phone.page.locator("[data-today]")).to_be_visible(timeout=30000)
    task = phone.page.locator("[data-today] a").first
    name = task.locator("b").inner_text()
    task.click()
    expect(phone.page.locator("form[data-ready]")).to_be_visible(timeout=30000)
    assert phone.page.locator("[data-about-title]").inner_text() == name
    phone.page.locator(".guidance summary").click()
    expect(phone.page.get_by_text("Do not press anybody to borrow")).to_be_visible()


def test_a_phone_says_that_it_is_ready_once_it_has_the_forms_too(phone, portal):
    portal.mode = "no forms"
    phone.make_ready("Today’s list or its forms could not be fetched")
    assert not phone.keeps_forms()
    portal.mode = "slow forms"
    phone.page.goto("/")
    phone.expect_told("Ready for today")
    assert phone.keeps_forms()


def test_after_ten_wrong_pins_only_signing_in_opens_what_is_kept(phone, portal, stored):
    [number, _name] = stored()["clients"][0]
    phone.make_ready()
    portal.mode = "down"
    phone.write(number, "canary forgotten pin")
    phone.send()
    phone.kill()
    phone.page.goto("/field/outbox/")
    told = phone.page.locator("[data-pin-told]")
    for left in range(9, 0, -1):
        phone.unlock("000000")
        expect(told).to_contain_text(f"left: {left}", timeout=30000)
    phone.unlock("000000")
    expect(told).to_contain_text("Nothing that waits here is lost", timeout=30000)
    assert phone.kept()["keys"] == []
    portal.mode = "413"
    phone.sign_in()
    phone.outbox()
    expect(phone.page.locator("[data-waiting] [data-why]")).to_contain_text("too large", timeout=30000)


def test_whoever_signs_out_is_warned_and_what_waits_stays_for_them_alone(
    phone, portal, stored, site, tmp_path
):
    [number, _name] = stored()["clients"][0]
    phone.make_ready()
    portal.mode = "500"
    phone.write(number, "canary signed out")
    phone.send()
    asked = []
    phone.context.on("dialog", lambda dialog: asked.append(dialog.message))
    phone.sign_out()
    assert [words for words in asked if words.startswith("1 form is not sent")] == asked
    kept = phone.kept()
    assert (len(kept["queue"]), kept["today"], kept["keys"], kept["meta"]) == (1, [], [], [])
    assert phone.page.evaluate("caches.has('spm-pages')") is False

    phone.person, phone.password = "manager", site.passwords["manager"]
    phone.sign_in()
    assert (phone.outbox(), phone.badge()) == ([], 0)
    phone.sign_out()
    phone.person, phone.password = "officer", site.passwords["officer"]
    phone.sign_in()
    assert len(phone.outbox()) == 1
    # what was tried while somebody else was there is told until it is tried again
    [waiting] = phone.page.locator("[data-waiting] > li").all()
    expect(waiting).to_contain_text("The server has trouble", timeout=30000)

    with phone.page.expect_download() as saved:
        phone.page.get_by_role("button", name="Save the outbox as a file").click()
    file = tmp_path / "outbox.json"
    saved.value.save_as(file)
    assert "canary" not in file.read_text()
    phone.page.get_by_role("button", name="Delete").click()
    expect(phone.page.locator("[data-nothing]")).to_be_visible()
    portal.mode = "pass"
    phone.page.locator("#outbox-file").set_input_files(file)
    expect(phone.page.locator("[data-outbox-told]")).to_have_text("1 form was taken in.")
    phone.send_now()
    assert stored()["notes"].count("canary signed out") == 1


# What a browser says when its quota is used up; how much it takes until then differs from one to another.
NO_ROOM = """() => {
    window.roomy = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""


def test_a_full_phone_and_a_clock_a_week_ahead_lose_nothing(phone, portal, stored):
    [number, _name] = stored()["clients"][0]
    phone.write(number, "canary clock")
    portal.mode = "500"
    phone.send()
    phone.page.clock.install()
    phone.page.clock.fast_forward(7 * 24 * 3600 * 1000)
    phone.write(number, "canary full")
    phone.page.evaluate(NO_ROOM)
    send = phone.page.get_by_role("button", name="Send")
    # Keeping the draft tells it too: only the answer says that sending was tried.
    with phone.page.expect_response(lambda answer: answer.status == 500):
        send.click()
    expect(send).to_be_enabled(timeout=30000)
    expect(phone.page.locator("[data-save-state]")).to_contain_text("has no room left", timeout=30000)
    expect(phone.page.get_by_label("What did the client say?")).to_have_value("canary full")
    phone.page.evaluate("() => { IDBObjectStore.prototype.put = window.roomy; }")
    portal.mode = "pass"
    assert "It is stored" in phone.send()
    phone.outbox()
    expect(phone.page.locator("[data-waiting] > li")).to_have_count(0, timeout=30000)
    assert [stored()["notes"].count(f"canary {what}") for what in ("clock", "full")] == [1, 1]
