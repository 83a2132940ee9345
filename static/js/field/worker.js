// The service worker: style, scripts and pages that name nobody, for a phone without a connection; and in memory,
// while a page is open, the key by which the next page opens what is sealed. VERSION, SHELL, STATIC and OFFLINE
// stand before this.
const PAGES = "spm-pages";
const CURRENT = `spm-shell-${VERSION}`;
let session = null;
// How often all was to be forgotten: pages that come in across that are not kept.
let forgotten = 0;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CURRENT).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith(STATIC)) event.respondWith(asset(request));
});

async function page(request, url) {
  try {
    return await fetch(request);
  } catch {
    const kept = (path) => caches.match(path, { cacheName: PAGES });
    return (await kept(url.pathname)) ?? (await kept(OFFLINE)) ?? Response.error();
  }
}

const asset = async (request) => (await caches.match(request)) ?? fetch(request);

// Pages of before need the files of before: these go when the pages are here anew.
async function keep(pages) {
  const before = forgotten;
  const found = await Promise.all(pages.map((path) => fetch(path, { redirect: "error", cache: "no-store" })));
  if (found.some((answer) => !answer.ok || !answer.headers.has("X-Field-Blank"))) return false;
  if (before !== forgotten) return false;
  const cache = await caches.open(PAGES);
  await Promise.all(found.map((answer, number) => cache.put(pages[number], answer)));
  if (before !== forgotten) {
    await caches.delete(PAGES);
    return false;
  }
  for (const name of await caches.keys()) {
    if (name.startsWith("spm-shell-") && name !== CURRENT) await caches.delete(name);
  }
  return true;
}

self.addEventListener("message", (event) => {
  const { data, ports } = event;
  const answer = (said) => ports[0]?.postMessage(said);
  if (data.do === "remember") session = data.session;
  if (data.do === "ask") answer(session);
  if (data.do === "forget") {
    session = null;
    forgotten += 1;
    event.waitUntil(caches.delete(PAGES).then(answer));
  }
  if (data.do === "keep") event.waitUntil(keep(data.pages).catch(() => false).then(answer));
});
