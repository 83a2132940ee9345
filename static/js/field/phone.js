// What all pages for the field share: the service worker, the words, the count of what waits, the PIN.
import { SHORTEST, hasPin, unlock, unlockByPin } from "./seal.js";
import { current, unsent } from "./store.js";

export const able = window.isSecureContext && "serviceWorker" in navigator && Boolean(crypto.subtle);
const words = document.getElementById("field-words");

// `{name}` in a text is filled in.
export const say = (name, given = {}) =>
  (words.dataset[name] ?? "").replace(/\{(\w+)\}/g, (_all, key) => given[key] ?? "");
export const clock = (at = Date.now()) =>
  new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
export const day = (at) =>
  new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
export const plural = (name, count) => say(count === 1 ? `${name}One` : `${name}Many`, { count });

export function start() {
  const before = navigator.serviceWorker.controller;
  navigator.serviceWorker.register("/field-worker.js");
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    const notice = document.querySelector("[data-new-version]");
    if (before && notice) notice.hidden = false;
  });
  count();
}

// The badge says what lies in the outbox, no more and no less.
export async function count() {
  const user = await current();
  const waiting = user ? await unsent(user) : 0;
  for (const badge of document.querySelectorAll("[data-outbox-count]")) {
    badge.textContent = waiting;
    badge.hidden = !waiting;
  }
  return waiting;
}

// The session, by a PIN where there is no other way, for which the page waits; null where there is none.
export async function opened() {
  const session = await unlock();
  if (session) return session;
  const box = document.querySelector("[data-pin]");
  const form = box.querySelector("form");
  const told = box.querySelector("[data-pin-told]");
  box.hidden = false;
  if (!(await hasPin())) {
    form.hidden = true;
    told.textContent = say("signinFirst");
    return null;
  }
  form.pin.focus();
  return new Promise((resolve) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.pin.value.length < SHORTEST) return;
      told.textContent = say("opening");
      const { session: mine, left } = await unlockByPin(form.pin.value);
      form.pin.value = "";
      if (mine) {
        box.hidden = true;
        resolve(mine);
        return;
      }
      told.textContent = left > 0 ? say("wrongPin", { count: left }) : say("signinFirst");
      form.hidden = left <= 0;
    });
  });
}

// A warning while there is still room.
export async function warnIfFull() {
  const notice = document.querySelector("[data-nearly-full]");
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
  if (notice && quota) notice.hidden = usage / quota < 0.8;
}
