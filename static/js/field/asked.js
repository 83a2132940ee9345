// What is asked goes by what was answered: parts that are skipped are not sent. What is usual with a choice is
// offered, and reasons are worded in the language in which the client is asked.
const form = document.querySelector("form[data-field-form]");
const told = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
const [usual, words] = ["usual", "words"].map(told);
const chosen = new Set();

// From the outer parts to the inner ones: what a part asks counts only while it is asked itself.
function skip() {
  for (const part of form.querySelectorAll("[data-asked-when]")) {
    const said = new FormData(form);
    const asked = part.dataset.askedWhen.split(" ").some((rule) => {
      const [name, value] = rule.replace("!", "").split(":");
      return said.getAll(name).includes(value) !== rule.startsWith("!");
    });
    part.hidden = part.disabled = !asked;
  }
}

function offer(choice) {
  for (const [name, value] of Object.entries(usual[choice] ?? {})) {
    if (!chosen.has(name)) for (const radio of form.elements[name]) radio.checked = radio.value === value;
  }
}

// The label of a question, or of an answer to choose from; the mark of what must be answered stays.
function labelled(key) {
  const [name, answer] = key.split("-");
  const chosen = answer && form.querySelector(`input[name="${name}"][value="${answer}"]`);
  const label = answer ? chosen?.labels[0] : document.querySelector(`#div_id_${name} :is(legend, label)`);
  return [label, [...(label?.childNodes ?? [])].find((node) => node.nodeType === 3 && node.data.trim())];
}

function ask(language) {
  const asked = words.questions?.[language] ?? {};
  for (const [key, own] of Object.entries(words.page ?? {})) {
    const [label, text] = labelled(key);
    if (!text) continue;
    text.data = asked[key] ?? own;
    if (asked[key]) label.lang = language;
    else label.removeAttribute("lang");
  }
}

function speak(language) {
  ask(language);
  const page = document.documentElement.lang;
  const said = (text) =>
    [language, language.split("-")[0], page].map((code) => text[code]).find(Boolean) ?? Object.values(text)[0];
  for (const select of form.querySelectorAll("select")) {
    select.querySelectorAll("optgroup").forEach((group, number) => { group.label = said(words.heads[number]); });
    for (const option of select.querySelectorAll("option")) {
      if (select.name !== "language" && words.reasons[option.value]) option.textContent = said(words.reasons[option.value]);
    }
  }
  const box = document.getElementById("div_id_contributing");
  box.querySelectorAll("strong").forEach((head, number) => { head.textContent = said(words.heads[number]); });
  for (const input of box.querySelectorAll("input")) {
    if (words.reasons[input.value]) input.labels[0].textContent = said(words.reasons[input.value]);
  }
}

// A part that was folded up is open where it holds an answer.
function unfold() {
  for (const part of form.querySelectorAll("details")) {
    part.open ||= [...part.querySelectorAll("input, select, textarea")].some(
      ({ type, checked, value }) => (type === "radio" || type === "checkbox" ? checked : value),
    );
  }
}

form.addEventListener("change", ({ target: { name, value } }) => {
  if (usual && name === "leaver_type") offer(value);
  else chosen.add(name);
  if (words && name === "language") speak(value);
  skip();
});
form.addEventListener("filled", () => {
  skip();
  unfold();
  if (words) speak(form.elements.language.value);
});
skip();
unfold();
