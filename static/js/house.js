// What plain HTML cannot do alone; every page works without it.
(() => {
  const wrong = document.getElementById("went-wrong");

  // A fragment that fails must not fail in silence.
  const say = () => { wrong.textContent = wrong.dataset.words; wrong.hidden = false; };
  document.addEventListener("htmx:responseError", say);
  document.addEventListener("htmx:sendError", say);
  document.addEventListener("htmx:timeout", say);
  document.addEventListener("htmx:afterSwap", () => { wrong.hidden = true; });

  // When the session is over the answer is the sign-in page: go there, instead of showing it inside a table.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr.responseURL;
    if (answer && new URL(answer).pathname.endsWith("/accounts/login/")) {
      event.detail.shouldSwap = false;
      const back = encodeURIComponent(location.pathname + location.search);
      location.assign(`${new URL(answer).pathname}?next=${back}`);
    }
  });

  // An open menu closes by Escape, and by a click elsewhere.
  const menus = () => document.querySelectorAll("details:is(.dropdown-house, .export)[open]");
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  });
})();
