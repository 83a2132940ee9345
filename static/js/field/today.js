// Today's list, sealed on the phone for work without a connection; it leaves at the day's end.
import { keepPages, open, seal } from "./seal.js";
import { change, get } from "./store.js";

// Fetch the list and the empty pages of its forms. How many it names; null where either did not come.
export async function fetchToday(session) {
  let told;
  try {
    const answer = await fetch("/field/today/", { redirect: "manual", cache: "no-store" });
    told = await answer.json();
  } catch {
    return null;
  }
  if (told?.spm !== "today" || told.user !== session.user) return null;
  const row = { user: session.user, until: Date.now() + told.ends_in * 1000, saved: Date.now() };
  const sealed = await seal(session, row, told.items);
  // Who has signed out meanwhile leaves no list here, and no pages.
  let here = false;
  await change(["today", "meta"], (today, meta) => {
    meta.get("current").onsuccess = ({ target }) => {
      here = Boolean(target.result);
      if (here) today.put(sealed);
    };
  });
  if (!here) return null;
  return (await keepPages(told.pages)) ? told.items.length : null;
}

export async function today(session) {
  const row = await get("today", session.user);
  return row && row.until > Date.now() ? open(session, row) : [];
}
