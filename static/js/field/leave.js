// Signing out: what is not sent is told of and stays here, sealed, for its owner alone; all else leaves the phone.
import { lock } from "./seal.js";
import { all, current } from "./store.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[action$='/accounts/logout/']") || !window.isSecureContext) return;
  event.preventDefault();
  const user = await current();
  if (user) {
    const left = (await all("queue", user)).length + (await all("drafts", user)).length;
    const words = document.body.dataset[left === 1 ? "unsentOne" : "unsentMany"];
    if (left && !confirm(words.replace("{count}", left))) return;
    await lock(user);
  }
  form.submit();
});
