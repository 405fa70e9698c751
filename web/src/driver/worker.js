// Keeps the app's shell, so that it opens in a cellar. What the office says is never kept here: the app does that itself.

/** @typedef {{ shell: string, files: string[], extras: string[] }} Known */
const worker = /** @type {any} */ (self);
const { shell, files, extras } = /** @type {Known} */ (worker.doorstep);
const CACHE = "doorstep-driver";
const PATIENCE_MS = 3_000;

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(install());
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(tidy().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  /** @type {Request} */
  const request = event.request;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (pathname === shell) event.respondWith(freshShell(request));
  else if (files.includes(pathname)) event.respondWith(kept(request));
  else if (extras.includes(pathname)) event.respondWith(fetch(request).catch(() => kept(request)));
});

async function install() {
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const path of files) if (!(await cache.match(path))) missing.push(path);
  await cache.addAll([...missing, ...extras, shell]);
  await worker.skipWaiting();
}

/** What an older version needed is removed; the names of files are those of their contents. */
async function tidy() {
  const cache = await caches.open(CACHE);
  const wanted = [shell, ...files, ...extras];
  for (const request of await cache.keys()) {
    if (!wanted.includes(new URL(request.url).pathname)) await cache.delete(request);
  }
}

/**
 * The newest shell where the network is fast enough, else the one that was here last, in its language.
 * @param {Request} request
 */
async function freshShell(request) {
  const cache = await caches.open(CACHE);
  const old = await cache.match(shell);
  const fetched = fetch(request).then(async (response) => {
    if (response.ok) await cache.put(shell, response.clone());
    return response.ok || !old ? response : old;
  });
  if (!old) return fetched;
  const patience = new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS, old);
  });
  return Promise.race([fetched.catch(() => old), patience]).then((response) => response.clone());
}

/** @param {Request} request */
async function kept(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request, { ignoreSearch: true });
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}
