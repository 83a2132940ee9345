// What the phone keeps, in IndexedDB: sealed content (seal.js) beside keys, states and times, which name nobody.
const STORES = { drafts: "id", queue: "id", today: "user", keys: "user", meta: "name" };
let opened;

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("spm-field", 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

// What `act` does with the stores is on the disk, all or nothing, when the promise is kept.
export async function change(names, act) {
  const transaction = (await database()).transaction(names, "readwrite", { durability: "strict" });
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  act(...names.map((name) => transaction.objectStore(name)));
  await ended;
}

const reading = async (name) => (await database()).transaction(name).objectStore(name);
export const get = async (name, key) => done((await reading(name)).get(key));
export const all = async (name, user) => (await done((await reading(name)).getAll())).filter((row) => row.user === user);
export const put = (name, row) => change([name], (store) => store.put(row));
export const remove = (name, key) => change([name], (store) => store.delete(key));

export const current = async () => (await get("meta", "current"))?.user;
export const unsent = async (user) => (await all("queue", user)).length;

// A list ends with its day, and belongs to whoever is at work now.
export async function sweep(user) {
  const rows = await done((await reading("today")).getAll());
  for (const row of rows) if (row.user !== user || row.until < Date.now()) await remove("today", row.user);
}
