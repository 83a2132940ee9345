// A form of the field: its draft is kept as one types, and what is sent waits in the outbox until it is stored.
import { correct, enqueue, post, sendAll } from "../outbox.js";
import { able, clock, count, opened, say, start, warnIfFull } from "./phone.js";
import { hello, open, seal } from "./seal.js";
import { all, put, remove } from "./store.js";
import { today } from "./today.js";

const form = document.querySelector("form[data-field-form]");
const state = document.querySelector("[data-save-state]");
const BESIDE = ["csrfmiddlewaretoken", "uuid"];
// Typing is kept after so many milliseconds at the latest.
const PAUSE = 700;
const url = location.pathname + location.search;
let session, timer, saving, id = crypto.randomUUID?.(), title = form.dataset.about;

const fields = () => [...new FormData(form)].filter(([name]) => !BESIDE.includes(name));
const content = () => ({
  url,
  path: form.getAttribute("action"),
  form: document.querySelector("h1").textContent.trim(),
  title: title || form.elements.client?.value || "",
  fields: fields(),
  place: document.activeElement?.name,
  made: Date.now(),
});

async function save() {
  clearTimeout(timer);
  timer = undefined;
  saving = seal(session, { id, user: session.user, saved: Date.now() }, content())
    .then((row) => put("drafts", row))
    .then(() => { state.textContent = say("saved", { time: clock() }); })
    .catch(() => { state.textContent = say("notSaved"); });
  await saving;
}

function fill(values) {
  for (const element of form.elements) {
    if (!element.name || BESIDE.includes(element.name)) continue;
    const said = values.filter(([name]) => name === element.name).map(([, value]) => value);
    if (element.type === "radio" || element.type === "checkbox") element.checked = said.includes(element.value);
    else if (element.tagName !== "BUTTON") element.value = said[0] ?? "";
  }
  form.dispatchEvent(new Event("filled"));
}

async function resume() {
  for (const row of await all("drafts", session.user)) {
    const draft = await open(session, row);
    if (draft.url !== url) continue;
    id = row.id;
    title ||= draft.title;
    fill(draft.fields);
    state.textContent = say("resumed", { time: clock(row.saved) });
    document.querySelector("[data-start-anew]").hidden = false;
    if (draft.errors) wrong(draft.errors);
    else [...form.elements].find((element) => element.name && element.name === draft.place)?.focus();
  }
}

// The empty page says by its address whom it is about; the name is on today's list.
async function address() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (form.elements[name] && !form.elements[name].value) form.elements[name].value = value;
  }
  const about = (await today(session)).find((item) => item.link === url);
  if (!about || title) return;
  title = about.title;
  document.querySelector("[data-about-title]").textContent = title;
  const list = document.querySelector(".about");
  for (const [label, said] of about.facts) {
    const [box, term, fact] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    [term.textContent, fact.textContent] = [label, said];
    box.append(term, fact);
    list.append(box);
  }
}

function wrong(errors) {
  document.querySelector(".error-summary")?.remove();
  const summary = document.getElementById("error-summary").content.cloneNode(true).firstElementChild;
  for (const { field, label, text } of errors) {
    const item = document.createElement("li");
    const first = form.elements[field]?.[0] ?? form.elements[field];
    const link = document.createElement(first?.id ? "a" : "span");
    if (first?.id) link.href = `#${first.id}`;
    link.textContent = label ? `${label}: ${text}` : text;
    item.append(link);
    summary.querySelector("ul").append(item);
  }
  document.querySelector("main").prepend(summary);
  document.title = `${say("error")} ${document.title.replace(`${say("error")} `, "")}`;
  summary.focus();
}

function over(name, given) {
  const done = document.querySelector("[data-done]");
  done.querySelector("[data-done-words]").textContent = say(name, given);
  done.hidden = false;
  form.hidden = true;
  state.hidden = true;
  done.focus();
}

async function send(event) {
  event.preventDefault();
  clearTimeout(timer);
  await saving;
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const said = content();
  let result;
  try {
    await enqueue(session, id, said);
    await count();
    result = (await sendAll(session))[id];
  } catch {
    // No room on this phone: it can still go out, and stays on the screen until it is stored.
    const told = await hello();
    result = told.user === session.user ? await post(id, said, told) : told;
    if (result.said === "stored" || result.said === "kept") await remove("drafts", id).catch(() => {});
    else {
      button.disabled = false;
      if (result.said === "refused") wrong(result.errors);
      else state.textContent = say("full");
      return;
    }
  }
  button.disabled = false;
  await count();
  if (result?.said === "stored") over("sent", { time: clock() });
  else if (result?.said === "kept") over("kept");
  else if (result?.said === "refused") {
    await correct(session, id);
    await count();
    wrong(result.errors);
  } else over("waits", { why: say(`why_${result?.why ?? "offline"}`) });
}

if (able) {
  start();
  form.hidden = true;
  // Scripts take over only when they can keep what is typed; else the page sends the form itself.
  session = await opened();
  form.hidden = false;
}
if (session) {
  await address();
  await resume();
  form.addEventListener("input", () => { timer ??= setTimeout(save, PAUSE); });
  form.addEventListener("submit", send);
  document.addEventListener("visibilitychange", () => { if (timer) save(); });
  document.querySelector("[data-start-anew] button").addEventListener("click", async () => {
    await remove("drafts", id);
    location.reload();
  });
  form.dataset.ready = "yes";
  warnIfFull();
  if (navigator.onLine) sendAll(session).then(count);
}
