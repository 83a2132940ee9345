// What stands in for a page without a connection: today's list, from this phone.
import { able, opened, start } from "./phone.js";
import { today } from "./today.js";

if (able) {
  start();
  const session = await opened();
  const items = session ? await today(session) : [];
  const list = document.querySelector("[data-today]");
  for (const item of items) {
    const row = document.getElementById("today-row").content.cloneNode(true);
    row.querySelector("a").href = item.link;
    row.querySelector("[data-title]").textContent = item.title;
    row.querySelector("[data-why]").textContent = item.why;
    row.querySelector("[data-due]").textContent = item.due;
    row.querySelector("[data-due]").classList.add(item.status || "ok");
    list.append(row);
  }
  list.hidden = !items.length;
  document.querySelector("[data-none]").hidden = !session || items.length > 0;
}
