// Keeps the page of one kiosk on the tablet with all that it needs, so that it opens without a network. The page and
// its files are kept together or not at all: whenever anything of them changes this script does, too.
const { page, version, files } = {{ about }};
const OURS = `kiosk ${page} `;

async function keep() {
  const cache = await caches.open(OURS + version);
  await cache.addAll([page, ...files].map((address) => new Request(address, { cache: "no-cache" })));
  await self.skipWaiting();
}

async function tidy() {
  for (const name of await caches.keys()) if (name.startsWith(OURS) && name !== OURS + version) await caches.delete(name);
  await self.clients.claim();
}

async function answer(request) {
  const cache = await caches.open(OURS + version);
  return (await cache.match(request.mode === "navigate" ? page : request)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || (mode === "navigate" && new URL(url).pathname !== page)) return;
  event.respondWith(answer(event.request));
});
