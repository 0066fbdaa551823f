// Keeps all files of the page in the browser, so that it works without a network. `files.js` is
// written by site/build.py; its version changes with any file, and with it the whole set.

importScripts("files.js"); // VERSION, FILES

// Caches are those of all pages of a host: the page's own have its folder in their names.
const PREFIX = `adgen ${self.registration.scope} `;
const CACHE = PREFIX + VERSION;

self.addEventListener("install", (event) => {
  // Asked of the server again: what the browser kept may be of another version.
  const requests = ["./", ...FILES].map((name) => new Request(name, { cache: "no-cache" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    return await cache.match(request, { ignoreSearch: true }) ?? fetch(request);
  })());
});
