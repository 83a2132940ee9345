// The page of the outbox: what waits and why, to send, put right, delete, take along as a file.
import { OLD, correct, exported, imported, listed, sendAll } from "../outbox.js";
import { able, count, day, opened, plural, say, start, warnIfFull } from "./phone.js";
import { open } from "./seal.js";
import { all, remove } from "./store.js";

const box = document.querySelector("[data-outbox]");
const told = document.querySelector("[data-outbox-told]");
const AGAIN = 60000;
let session;

function row(template, given) {
  const item = document.getElementById(template).content.cloneNode(true);
  for (const [name, said] of Object.entries(given)) item.querySelector(`[data-${name}]`).textContent = said;
  return item;
}

async function show() {
  const rows = await listed(session);
  const list = box.querySelector("[data-waiting]");
  list.replaceChildren();
  for (const { id, content, state, why, made } of rows) {
    const words = state === "refused" ? say("why_refused") : why ? say(`why_${why}`) : say("waiting");
    const errors = (content.errors ?? []).map(({ label, text }) => `${label}: ${text}`).join(" ");
    const item = row("outbox-row", { title: content.title || content.form, form: content.form, made: day(made), why: `${words} ${errors}` });
    const status = item.querySelector("[data-state]");
    status.textContent = say(state === "refused" ? "toCorrect" : "waits_short");
    status.classList.add(state === "refused" ? "act" : "wait");
    const button = item.querySelector("[data-correct]");
    button.hidden = state !== "refused";
    button.addEventListener("click", async () => location.assign(await correct(session, id)));
    item.querySelector("[data-delete]").addEventListener("click", async () => {
      if (!confirm(say("deleteOne", { title: content.title || content.form }))) return;
      await remove("queue", id);
      await show();
    });
    list.append(item);
  }
  const drafts = await Promise.all((await all("drafts", session.user)).map(async (draft) => ({ ...draft, content: await open(session, draft) })));
  const begun = box.querySelector("[data-drafts]");
  begun.replaceChildren();
  for (const { content, saved } of drafts) {
    const item = row("draft-row", { title: content.title || content.form, form: content.form, saved: day(saved) });
    item.querySelector("a").href = content.url;
    begun.append(item);
  }
  box.querySelector("[data-nothing]").hidden = rows.length > 0;
  box.querySelector("[data-some]").hidden = rows.length === 0;
  box.querySelector("[data-begun]").hidden = drafts.length === 0;
  box.querySelector("[data-old]").hidden = !rows.some(({ made }) => Date.now() - made > OLD);
  await count();
}

async function send() {
  told.textContent = say("sending");
  const come = Object.values(await sendAll(session));
  const stored = come.filter(({ said }) => said === "stored").length;
  const kept = come.some(({ said }) => said === "kept");
  told.textContent = [come.length ? plural("stored", stored) : "", kept ? say("kept") : ""].join(" ").trim();
  await show();
}

async function take(event) {
  const [file] = event.target.files;
  if (!file) return;
  try {
    told.textContent = plural("taken", await imported(session, await file.text()));
  } catch (error) {
    told.textContent = say(error.message === "otheruser" ? "why_otheruser" : "nofile");
  }
  event.target.value = "";
  await show();
}

async function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await exported(session)], { type: "application/json" }));
  link.download = `outbox-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  setTimeout(URL.revokeObjectURL, 10000, link.href);
}

if (able) {
  start();
  session = await opened();
}
if (session) {
  box.hidden = false;
  await show();
  box.querySelector("[data-send]").addEventListener("click", send);
  box.querySelector("[data-export]").addEventListener("click", save);
  box.querySelector("[data-import]").addEventListener("change", take);
  addEventListener("online", send);
  setInterval(send, AGAIN);
  warnIfFull();
  box.dataset.ready = "yes";
  if (navigator.onLine) await send();
} else if (!able) document.querySelector("[data-unable]").hidden = false;
