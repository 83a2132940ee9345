// "My work" on a phone: made ready for a day without a connection; what waits is sent.
import { sendAll } from "../outbox.js";
import { able, clock, count, plural, say, start } from "./phone.js";
import { SHORTEST, choosePin, hasPin, unlock } from "./seal.js";
import { fetchToday } from "./today.js";

const box = document.querySelector("[data-phone]");

async function ready(session) {
  const found = await fetchToday(session);
  box.querySelector("[data-choose-pin]").hidden = true;
  box.querySelector("[data-phone-told]").textContent =
    found === null ? say("notReady") : `${plural("ready", found)} ${say("saved", { time: clock() })}`;
  box.dataset.ready = "yes";
}

async function choose(event, session) {
  event.preventDefault();
  const told = box.querySelector("[data-phone-told]");
  const [pin, again] = [event.target.pin.value, event.target.again.value];
  if (!/^\d+$/.test(pin) || pin.length < SHORTEST) told.textContent = say("pinShort", { count: SHORTEST });
  else if (pin !== again) told.textContent = say("pinDiffers");
  else {
    event.target.reset();
    told.textContent = say("opening");
    await navigator.serviceWorker.ready;
    await navigator.storage?.persist?.();
    const why = await choosePin(pin);
    if (why) told.textContent = say(`why_${why}`);
    else await ready(session);
  }
}

if (able && box) {
  start();
  const session = await unlock();
  if (session) {
    box.hidden = false;
    box.querySelector("form").addEventListener("submit", (event) => choose(event, session));
    if (await hasPin()) await ready(session);
    else box.querySelector("[data-choose-pin]").hidden = false;
    await sendAll(session);
    await count();
  }
}
