"""An officer's phone: a browser whose profile stays when it is killed."""

import json
import os
import signal
from contextlib import suppress

import psutil
from playwright.sync_api import Error, expect

from tools.chromium import find
from tools.site import CHROMIUM_FLAGS

PIN = "271828"
FORM = "/exits/contacts/new/"
FORMS_KEPT = f"caches.match('{FORM}', {{cacheName: 'spm-pages'}}).then(Boolean)"
# All that the browser's database holds, as text; sealed content is bytes.
KEPT = """async () => {
    const opened = await new Promise(resolve => {
        const request = indexedDB.open("spm-field");
        request.onsuccess = () => resolve(request.result);
    });
    const found = {};
    for (const name of opened.objectStoreNames)
        found[name] = await new Promise(resolve => {
            const request = opened.transaction(name).objectStore(name).getAll();
            request.onsuccess = () => resolve(request.result);
        });
    opened.close();
    const letters = value => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? new TextDecoder("latin1").decode(value) : value;
    return JSON.stringify(found, (_name, value) => letters(value));
}"""


class Phone:
    def __init__(self, driver, portal, profile, person: str, password: str):
        self.driver, self.portal, self.profile = driver, portal, profile
        self.person, self.password = person, password
        self.switch_on()

    def switch_on(self) -> None:
        self.context = self.driver.chromium.launch_persistent_context(
            self.profile,
            executable_path=find(),
            args=CHROMIUM_FLAGS,
            base_url=self.portal.url,
            viewport={"width": 360, "height": 740},
            has_touch=True,
            locale="en",
            accept_downloads=True,
        )
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.context.on("dialog", lambda dialog: dialog.accept())

    def kill(self) -> None:
        """As when the battery falls out; and on again."""
        for process in psutil.process_iter(["cmdline"]):
            if f"--user-data-dir={self.profile}" in (process.info["cmdline"] or []):
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        self.switch_on()

    def off(self) -> None:
        with suppress(Error):
            self.context.close()

    def new_tab(self) -> None:
        """The page is shut, and another one opened."""
        before = self.page
        self.page = self.context.new_page()
        before.close()

    def sign_in(self) -> None:
        """Where that is not done already: a browser that is killed may lose its cookies."""
        self.page.goto("/accounts/login/")
        if "/login/" not in self.page.url:
            return
        self.page.locator("[name=login]").fill(self.person)
        self.page.locator("[name=password]").fill(self.password)
        self.page.locator("main [type=submit]").click()
        self.page.wait_for_url("**/")

    def sign_out(self) -> None:
        self.page.goto("/")
        self.page.locator(".me summary").click()
        self.page.get_by_role("button", name="Sign out").click()
        self.page.wait_for_url("**/accounts/login/")

    def make_ready(self, told: str = "Ready for today") -> None:
        """With a PIN and the list of the day."""
        self.page.goto("/")
        box = self.page.locator("[data-phone]")
        box.locator("[name=pin]").fill(PIN)
        box.locator("[name=again]").fill(PIN)
        box.get_by_role("button").click()
        self.expect_told(told)

    def expect_told(self, words: str) -> None:
        """What "My work" says of the day on the phone."""
        expect(self.page.locator("[data-phone-told]")).to_contain_text(words, timeout=30000)

    def keeps_forms(self) -> bool:
        return self.page.evaluate(FORMS_KEPT)

    def unlock(self, pin: str = PIN) -> None:
        self.page.locator("#pin").fill(pin)
        self.page.locator("[data-pin] button").click()

    def open(self, path: str, ready: str = "[data-ready]") -> None:
        """The page, by the PIN where it asks for it."""
        self.page.goto(path)
        locked = self.page.locator("[data-pin]:not([hidden]) #pin")
        expect(self.page.locator(ready).or_(locked)).to_be_visible(timeout=30000)
        if locked.is_visible():
            self.unlock()
        expect(self.page.locator(ready)).to_be_visible(timeout=30000)

    def write(self, client: str, note: str) -> None:
        """A form filled in, not sent."""
        self.open(f"{FORM}?client={client}")
        self.page.get_by_label("Call", exact=True).check()
        self.page.get_by_label("Reached, not decided yet").check()
        self.page.get_by_label("What did the client say?").fill(note)

    def send(self) -> str:
        """What the page says then."""
        self.page.get_by_role("button", name="Send").click()
        done = self.page.locator("[data-done-words]")
        expect(done).to_be_visible(timeout=30000)
        return done.inner_text()

    def outbox(self) -> list[str]:
        self.open("/field/outbox/")
        return [item.inner_text() for item in self.page.locator("[data-waiting] > li").all()]

    def send_now(self) -> None:
        """All goes out, as the network allows."""
        self.page.get_by_role("button", name="Send now").click()
        expect(self.page.locator("[data-waiting] > li")).to_have_count(0, timeout=60000)

    def badge(self) -> int:
        badge = self.page.locator("[data-outbox-count]").first
        return int(badge.inner_text()) if badge.is_visible() else 0

    def kept(self) -> dict:
        return json.loads(self.page.evaluate(KEPT))
