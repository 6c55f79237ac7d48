/*
 * Keeps the site's hashed scripts and styles, an empty page for when there is no network, and the
 * last public map; shows every push. Nothing private is ever kept: what is stored was asked for
 * without cookies. Other origins and anything but GET are none of its business.
 */

const PREFIX = 'embermap-';
const STATIC = `${PREFIX}static-${BUILD.version}`;
const PUBLIC = `${PREFIX}public`;
const LEARN = `${PREFIX}learn-${BUILD.version}`;
const KEPT_MAPS = 3;
const MAP = /^\/m\/([\w-]+)\/$/;
const FRAME = /^\/m\/[\w-]+\/frame$/;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => event.waitUntil(obey(event.data ?? {})));
self.addEventListener('push', (event) => event.waitUntil(show(event.data)));
self.addEventListener('notificationclick', (event) => event.waitUntil(open(event)));
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(resubscribe(event)));
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const answer = answerTo(event.request, url);
  if (!answer) return;
  event.respondWith(answer);
  if (isLesson(url.pathname)) event.waitUntil(keepLesson(url.pathname).catch(() => {}));
});

async function install() {
  const cache = await caches.open(STATIC);
  await cache.addAll(BUILD.assets);
  await cache.put(BUILD.shell, await publicly(BUILD.shell));
}

async function activate() {
  const keep = [STATIC, PUBLIC, LEARN];
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && !keep.includes(name));
  await Promise.all(names.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function obey({ kind, market, path }) {
  if (kind === 'take-over') await self.skipWaiting();
  if (kind === 'keep-map' && MAP.test(`/m/${market}/`)) await keepMap(market);
  if (kind === 'keep-lesson' && isLesson(path)) await keepLesson(path);
}

function answerTo(request, url) {
  if (request.method !== 'GET' || url.origin !== self.location.origin) return null;
  if (url.pathname.startsWith('/static/')) return fromCacheFirst(request);
  if (request.mode === 'navigate') return navigate(request, url);
  if (FRAME.test(url.pathname)) return fromNetworkFirst(request, PUBLIC);
  if (isLesson(url.pathname)) return fromNetworkFirst(request, LEARN);
  return null;
}

async function fromCacheFirst(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function fromNetworkFirst(request, name) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(name)).match(request);
    if (kept) return kept;
    throw error;
  }
}

/** A page from the network; without one the last public map, or the page that says so. */
async function navigate(request, url) {
  try {
    return await fetch(request);
  } catch {
    const maps = await caches.open(PUBLIC);
    const lesson = await (await caches.open(LEARN)).match(url.pathname);
    const map = MAP.test(url.pathname) && (await maps.match(url.pathname));
    if (lesson) return lesson;
    if (map) return url.search ? Response.redirect(url.pathname) : map;
    if (url.pathname === '/') {
      const last = (await maps.keys()).findLast(({ url: kept }) => MAP.test(new URL(kept).pathname));
      if (last) return Response.redirect(last.url);
    }
    return (await caches.match(BUILD.shell)) ?? Response.error();
  }
}

/** As anybody would get it: no cookies go there, so nothing private can come back. */
async function publicly(path) {
  const response = await fetch(path, { credentials: 'omit', cache: 'no-store', redirect: 'error' });
  if (!response.ok) throw new Error(`${path} answers ${response.status}`);
  return response;
}

async function keepMap(market) {
  const cache = await caches.open(PUBLIC);
  const paths = [`/m/${market}/`, `/m/${market}/frame`];
  const copies = await Promise.all(paths.map(publicly));
  for (const [index, path] of paths.entries()) {
    await cache.delete(path);
    await cache.put(path, copies[index]);
  }
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, -2 * KEPT_MAPS).map((request) => cache.delete(request)));
}

function isLesson(path) {
  return typeof path === 'string' && path.startsWith('/learn/');
}

/** A lesson that was opened can be opened again without a network. */
async function keepLesson(path) {
  const cache = await caches.open(LEARN);
  if (!(await cache.match(path))) await cache.put(path, await publicly(path));
}

/** Every push is shown: a silent one would cost the permission to push. */
async function show(data) {
  const message = parsed(data);
  const { title = BUILD.title, body = BUILD.body, navigate: address = '/', tag, lang, actions = [], data: more = {} } = message.notification ?? {};
  await self.registration.showNotification(title, {
    body, tag, lang, renotify: false, icon: BUILD.icon, badge: BUILD.badge,
    timestamp: more.ts_ms, data: { ...more, navigate: address },
    actions: actions.map(({ action, title: word }) => ({ action, title: word })),
  });
  const badge = Number(message.app_badge);
  if (Number.isFinite(badge)) self.navigator.setAppBadge?.(badge)?.catch(() => {}); // may never answer
  const pages = await self.clients.matchAll({ type: 'window' });
  for (const page of pages) page.postMessage({ kind: 'pushed' });
}

function parsed(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
}

async function open({ action, notification }) {
  notification.close();
  const { navigate: address, mute } = notification.data ?? {};
  if (action === 'mute' && mute) {
    const answer = await fetch(inside(mute), { method: 'POST', credentials: 'omit' }).catch(() => null);
    if (answer?.ok) return;
  }
  const url = inside(address);
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const page of pages) {
    const focused = await page.focus().catch(() => page);
    const isThere = await focused.navigate(url).catch(() => null); // null: not ours to steer
    if (isThere) return;
  }
  await self.clients.openWindow(url);
}

/** The address if it lies on this site, else the site's first page. */
function inside(address) {
  const url = new URL(address ?? '/', self.location.origin);
  return url.origin === self.location.origin ? url.href : `${self.location.origin}/`;
}

/** The browser has changed its subscription: who knows the old one's secret may replace it. */
async function resubscribe({ oldSubscription, newSubscription }) {
  const key = oldSubscription?.options.applicationServerKey;
  if (!key) return;
  const now = newSubscription ?? (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const body = JSON.stringify({ old: oldSubscription.toJSON(), new: now.toJSON() });
  await fetch(BUILD.moved, { method: 'POST', credentials: 'omit', headers: { 'Content-Type': 'application/json' }, body });
}
