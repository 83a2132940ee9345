// Whoever is at work on this phone, and the key that seals what it keeps (AES-GCM, 256 bits).
// The server hands the key to its owner, signed in. Without a connection a PIN opens the copy that is kept here.
import { change, current, get, put, remove, sweep } from "./store.js";

const ROUNDS = 600000;
export const TRIES = 10;
export const SHORTEST = 6;
const text = new TextEncoder();
const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

// The server's own word on who is signed in; `why` there is none. Nothing else that answers is believed.
export async function hello() {
  let answer;
  try {
    const signal = AbortSignal.timeout(15000);
    answer = await fetch("/field/hello/", { redirect: "manual", cache: "no-store", signal });
  } catch (error) {
    return { why: error.name === "TimeoutError" ? "cut" : "offline" };
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return { why: "signin" };
  if (answer.status >= 500) return { why: "server" };
  let told;
  try {
    told = await answer.json();
  } catch {
    return { why: answer.status === 403 ? "forbidden" : "strange" };
  }
  if (told?.spm !== "hello") return { why: "strange" };
  if (!told.key) {
    await lock(told.user);
    return { why: "forbidden" };
  }
  return told;
}

// Whether this page has signed out: what was still under way in it then keeps nothing more here.
let gone = false;

const imported = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

// The session {user, key}: by the server's word, else as the service worker remembers it; null where a PIN is due.
export async function unlock() {
  const told = await hello();
  if (told.key && !gone) {
    await put("meta", { name: "current", user: told.user });
    await sweep(told.user);
    return remember({ user: told.user, key: await imported(bytes(told.key)), online: true });
  }
  const session = await ask({ do: "ask" });
  return session && session.user === (await current()) ? session : null;
}

export const hasPin = async () => Boolean(await get("keys", await current()));

async function wrapping(pin, salt, rounds) {
  const secret = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function choosePin(pin) {
  const told = await hello();
  if (!told.key) return told.why;
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await wrapping(pin, salt, ROUNDS), bytes(told.key));
  if (gone) return "signin";
  await put("keys", { user: told.user, salt, rounds: ROUNDS, iv, data, tries: 0 });
  return "";
}

// {session}, or how many tries are {left}. A try counts before it is made, so that ending the browser gives none
// back. After the last one the copy is gone: signing in with a connection opens all again.
export async function unlockByPin(pin) {
  const user = await current();
  const row = await get("keys", user);
  if (!row) return { left: 0 };
  await put("keys", { ...row, tries: row.tries + 1 });
  try {
    const { iv, data } = row;
    const raw = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await wrapping(pin, row.salt, row.rounds), data);
    await put("keys", { ...row, tries: 0 });
    return { session: await remember({ user, key: await imported(raw) }) };
  } catch {
    const left = TRIES - row.tries - 1;
    if (left <= 0) await remove("keys", user);
    return { left };
  }
}

// Sealed under its own name: no row passes for another one.
const bound = (row) => text.encode(`${row.user}:${row.id ?? "today"}`);

export async function seal(session, row, content) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: bound(row) };
  return { ...row, iv, data: await crypto.subtle.encrypt(how, session.key, text.encode(JSON.stringify(content))) };
}

export async function open(session, row) {
  const how = { name: "AES-GCM", iv: row.iv, additionalData: bound(row) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, session.key, row.data)));
}

// The service worker keeps the key in memory while a page is open, so that the next page asks for no PIN.

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms, null));

async function ask(message, worker = navigator.serviceWorker?.controller, patience = 1000) {
  if (!worker) return null;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => {
    port1.onmessage = (event) => resolve(event.data);
  });
  worker.postMessage(message, [port2]);
  return Promise.race([answer, after(patience)]);
}

let alive;

export async function remember(session) {
  const { user, key } = session;
  const told = { do: "remember", session: { user, key } };
  const tell = () => gone || navigator.serviceWorker?.controller?.postMessage(told);
  tell();
  clearInterval(alive);
  alive = setInterval(tell, 20000);
  navigator.serviceWorker?.addEventListener("controllerchange", tell);
  return session;
}

// Forms come slowly over a bad network.
const FORMS_TAKE = 120000;

// Whether the phone has all of them now.
export async function keepPages(pages) {
  const here = await Promise.race([navigator.serviceWorker.ready, after(FORMS_TAKE)]);
  return !gone && (await ask({ do: "keep", pages }, here?.active, FORMS_TAKE)) === true;
}

// Nothing can be opened here any more until its owner signs in; what is not sent stays, sealed.
export async function lock(user) {
  gone = true;
  clearInterval(alive);
  await ask({ do: "forget" });
  await change(["keys", "today", "meta"], (keys, today, meta) => {
    if (user) keys.delete(user);
    today.clear();
    meta.delete("current");
  });
}
