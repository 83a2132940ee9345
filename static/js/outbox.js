// The outbox: forms that wait on this phone until the server's own answer says that they are stored.
import { hello, open, seal } from "./field/seal.js";
import { all, change, get, put, remove } from "./field/store.js";

const DAY = 24 * 3600 * 1000;
export const OLD = 5 * DAY;
const FILE = "spm-outbox";

// The draft becomes a form to send, in one step; from now on it does not change.
export async function enqueue(session, id, content) {
  const row = await seal(session, { id, user: session.user, state: "waiting", why: "", made: Date.now() }, content);
  await change(["queue", "drafts"], (queue, drafts) => {
    queue.put(row);
    drafts.delete(id);
  });
  return row;
}

export async function listed(session) {
  const rows = await all("queue", session.user);
  rows.sort((one, other) => one.made - other.made);
  return Promise.all(rows.map(async (row) => ({ ...row, content: await open(session, row) })));
}

// What an answer means: stored, kept (for a manager, as it differs), refused with errors, or why it waits.
export async function judged(answer, id, user) {
  if (answer.type === "opaqueredirect" || answer.status === 401) return { why: "signin" };
  if (answer.status === 413) return { why: "toobig" };
  if (answer.status >= 500) return { why: "server" };
  let told;
  try {
    told = await answer.json();
  } catch {
    return { why: answer.status === 403 ? "forbidden" : "strange" };
  }
  if (told?.uuid !== id || told.user !== user) return { why: "strange" };
  const said = { 201: "stored", 409: "kept", 422: "refused" }[answer.status];
  return said && said === told.spm ? { said, errors: told.errors } : { why: "strange" };
}

export async function post(id, content, told) {
  const body = new URLSearchParams(content.fields);
  body.set("uuid", id);
  body.set("device_at", new Date(content.made).toISOString());
  const headers = { Accept: "application/json", "X-CSRFToken": told.csrf };
  const signal = AbortSignal.timeout(30000);
  try {
    const how = { method: "POST", body, headers, signal, redirect: "manual", cache: "no-store" };
    return await judged(await fetch(content.path, how), id, told.user);
  } catch (error) {
    return { why: error.name === "TimeoutError" ? "cut" : "offline" };
  }
}

// Send what waits, oldest first, one page at a time; what came of each, by its key.
export async function sendAll(session) {
  const come = {};
  await navigator.locks.request("spm-outbox", async () => {
    const rows = (await listed(session)).filter((row) => row.state === "waiting");
    if (!rows.length) return;
    let told = await hello();
    if (told.key && told.user !== session.user) told = { why: "otheruser" };
    for (const { content, ...row } of rows) {
      const result = told.key ? await post(row.id, content, told) : told;
      come[row.id] = result;
      if (result.said === "stored" || result.said === "kept") await remove("queue", row.id);
      else if (result.said === "refused") {
        const refused = { ...row, state: "refused", why: "refused" };
        await put("queue", await seal(session, refused, { ...content, errors: result.errors }));
      } else await put("queue", { ...row, why: result.why });
      if (result.why && told.key) told = ["offline", "cut", "signin"].includes(result.why) ? { why: result.why } : told;
    }
  });
  return come;
}

// A refused form goes back among the drafts, to be put right under its own key.
export async function correct(session, id) {
  const { content, ...row } = (await listed(session)).find((one) => one.id === id);
  const draft = await seal(session, { id, user: row.user, saved: Date.now() }, content);
  await change(["queue", "drafts"], (queue, drafts) => {
    drafts.put(draft);
    queue.delete(id);
  });
  return content.url;
}

// As a file, sealed as it lies here: only its owner, signed in on any phone, can open it.

const base64 = (buffer) => btoa(Array.from(new Uint8Array(buffer), (code) => String.fromCharCode(code)).join(""));
const unbase64 = (said) => Uint8Array.from(atob(said), (letter) => letter.charCodeAt(0));

export async function exported(session) {
  const rows = await all("queue", session.user);
  const packed = rows.map((row) => ({ ...row, iv: base64(row.iv), data: base64(row.data) }));
  return JSON.stringify({ spm: FILE, version: 1, user: session.user, rows: packed });
}

// How many of the file's forms were not here; throws a reason where it is none of this person's.
export async function imported(session, said) {
  let file;
  try {
    file = JSON.parse(said);
  } catch {
    throw new Error("nofile");
  }
  if (file?.spm !== FILE || !Array.isArray(file.rows)) throw new Error("nofile");
  if (file.user !== session.user) throw new Error("otheruser");
  let taken = 0;
  for (const packed of file.rows) {
    const { id, user, state, made } = packed;
    const row = { id, user, state, made, why: "", iv: unbase64(packed.iv), data: unbase64(packed.data).buffer };
    try {
      await open(session, row);
    } catch {
      throw new Error("nofile");
    }
    if (await get("queue", id)) continue;
    await put("queue", row);
    taken += 1;
  }
  return taken;
}
