import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const SOURCE = readFileSync(new URL('../../apps/pwa/service_worker.js', import.meta.url), 'utf8');
const ORIGIN = 'https://map.example.org';
const BUILD = { version: 'v2', assets: ['/static/a.1.js'], shell: '/offline/', icon: '/i.png', badge: '/b.png', moved: '/devices/moved', title: 'Embermap', body: 'Something happened.' };

/** A worker in a world of its own: caches are maps, the network is a function. */
function worker({ fetch = async (path) => new Response(`from ${path}`), pages = [], subscribe } = {}) {
  const listeners = {};
  const stores = new Map();
  const log = { shown: [], opened: [], asked: [], badge: null };
  const pathOf = (request) => new URL(request.url ?? request, ORIGIN).pathname;
  const cacheOf = (store) => ({
    addAll: async (paths) => { for (const path of paths) store.set(path, await fetch(path)); },
    put: async (request, response) => { store.set(pathOf(request), response); },
    match: async (request) => store.get(pathOf(request)),
    delete: async (request) => store.delete(pathOf(request)),
    keys: async () => [...store.keys()].map((path) => ({ url: ORIGIN + path })),
  });
  const caches = {
    open: async (name) => { if (!stores.has(name)) stores.set(name, new Map()); return cacheOf(stores.get(name)); },
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
    match: async (request) => [...stores.values()].map((store) => store.get(pathOf(request))).find(Boolean),
  };
  const self = {
    addEventListener: (kind, listener) => { listeners[kind] = listener; },
    location: { origin: ORIGIN },
    navigator: { setAppBadge: async (count) => { log.badge = count; } },
    registration: { showNotification: async (title, options) => log.shown.push({ title, ...options }), pushManager: { subscribe } },
    clients: { matchAll: async () => pages, claim: async () => {}, openWindow: async (url) => log.opened.push(url) },
    skipWaiting: async () => { log.skipped = true; },
  };
  const asking = async (path, options = {}) => { log.asked.push({ path, ...options }); return fetch(path.url ?? path, options); };
  const world = { self, caches, fetch: asking, Response: class extends Response { static redirect(to) { return { redirect: to }; } }, URL, JSON, BUILD };
  vm.runInNewContext(SOURCE, world);
  const fire = async (kind, event = {}) => {
    const waits = [];
    let answer;
    listeners[kind]({ ...event, waitUntil: (wait) => waits.push(wait), respondWith: (given) => { answer = given; } });
    await Promise.all(waits);
    return answer;
  };
  const get = (path, mode = 'cors', method = 'GET') => fire('fetch', { request: { url: new URL(path, ORIGIN).href, mode, method } });
  return { fire, get, log, stores, caches, self };
}

const data = (value) => ({ json: () => JSON.parse(value) });
const noNetwork = async () => { throw new TypeError('no network'); };

const PUSHES = [
  ['a whole message', data(JSON.stringify({ web_push: 8030, app_badge: 3, notification: { title: 'BTC', body: 'b', tag: 't', navigate: `${ORIGIN}/m/btc/` } })), 'BTC'],
  ['a message without a notification', data('{}'), 'Embermap'],
  ['no JSON', data('nonsense'), 'Embermap'],
  ['nothing at all', null, 'Embermap'],
  ['null', data('null'), 'Embermap'],
];
for (const [what, given, title] of PUSHES) {
  test(`a push with ${what} shows exactly one notification, silently replaced by its tag`, async () => {
    const { fire, log } = worker();
    await fire('push', { data: given });
    assert.deepEqual(log.shown.map((one) => [one.title, one.renotify]), [[title, false]]);
  });
}

test('the badge counts what is unread', async () => {
  const { fire, log } = worker();
  await fire('push', { data: PUSHES[0][1] });
  assert.equal(log.badge, 3);
});

test('a badge that never answers keeps no push from being shown', async () => {
  const { fire, log, self } = worker();
  self.navigator.setAppBadge = () => new Promise(() => {});
  await fire('push', { data: PUSHES[0][1] });
  assert.equal(log.shown.length, 1);
});

test('a tap steers a page that is open, else opens one', async () => {
  const went = [];
  const page = { focus: async () => page, navigate: async (url) => { went.push(url); return page; } };
  const notification = { close: () => {}, data: { navigate: '/m/btc/?at=1' } };
  await worker({ pages: [page] }).fire('notificationclick', { action: '', notification });
  assert.deepEqual(went, [`${ORIGIN}/m/btc/?at=1`]);
  const alone = worker();
  await alone.fire('notificationclick', { action: '', notification });
  assert.deepEqual(alone.log.opened, [`${ORIGIN}/m/btc/?at=1`]);
});

test('a tap never leads to another site', async () => {
  const { fire, log } = worker();
  await fire('notificationclick', { action: '', notification: { close: () => {}, data: { navigate: 'https://evil.example/' } } });
  assert.deepEqual(log.opened, [`${ORIGIN}/`]);
});

test('mute tells the server and opens nothing, unless the server cannot be told', async () => {
  const notification = { close: () => {}, data: { navigate: '/m/btc/', mute: '/alerts/mute/token/' } };
  const well = worker();
  await well.fire('notificationclick', { action: 'mute', notification });
  assert.deepEqual(well.log.asked.map(({ path, method }) => [path, method]), [[`${ORIGIN}/alerts/mute/token/`, 'POST']]);
  assert.deepEqual(well.log.opened, []);
  const lost = worker({ fetch: noNetwork });
  await lost.fire('notificationclick', { action: 'mute', notification });
  assert.deepEqual(lost.log.opened, [`${ORIGIN}/m/btc/`]);
});

test('only what was asked for without cookies is kept', async () => {
  const { fire, get, log, stores } = worker();
  await fire('install');
  await fire('message', { data: { kind: 'keep-map', market: 'btc' } });
  for (const path of ['/m/btc/', '/alerts/', '/journal/1/', '/settings/', '/devices/']) await get(path, 'navigate');
  await get('/m/eth/frame');
  const kept = [...stores].flatMap(([, store]) => [...store.keys()]);
  assert.deepEqual(kept.sort(), ['/m/btc/', '/m/btc/frame', '/offline/', '/static/a.1.js']);
  const copied = log.asked.filter(({ path }) => kept.includes(path) && !path.startsWith('/static/'));
  assert.ok(copied.length > 0 && copied.every(({ credentials }) => credentials === 'omit'));
});

test('other origins, other verbs and everything private go to the network untouched', async () => {
  const { get } = worker();
  assert.equal(await get('https://other.example/x.js'), undefined);
  assert.equal(await get('/m/btc/', 'navigate', 'POST'), undefined);
  assert.equal(await get('/alerts/badge/'), undefined);
  assert.equal(await get('/ws/m/btc/'), undefined);
});

test('without a network the kept map is shown, and else the page that says so', async () => {
  let isOnline = true;
  const { fire, get } = worker({ fetch: async (path) => (isOnline ? new Response(`from ${path}`) : noNetwork()) });
  await fire('install');
  await fire('message', { data: { kind: 'keep-map', market: 'btc' } });
  isOnline = false;
  assert.equal(await (await get('/m/btc/', 'navigate')).text(), 'from /m/btc/');
  assert.equal((await get('/m/btc/?tf=1h', 'navigate')).redirect, '/m/btc/');
  assert.equal((await get('/', 'navigate')).redirect, `${ORIGIN}/m/btc/`);
  assert.equal(await (await get('/m/btc/frame')).text(), 'from /m/btc/frame');
  assert.equal(await (await get('/journal/', 'navigate')).text(), 'from /offline/');
  await assert.rejects(get('/m/eth/frame'));
});

test('a lesson that was opened can be opened again without a network', async () => {
  let isOnline = true;
  const { get } = worker({ fetch: async (path) => (isOnline ? new Response(`from ${new URL(path, ORIGIN).pathname}`) : noNetwork()) });
  await get('/learn/cascade/', 'navigate');
  await get('/learn/cascade/frame');
  isOnline = false;
  assert.equal(await (await get('/learn/cascade/', 'navigate')).text(), 'from /learn/cascade/');
  assert.equal(await (await get('/learn/cascade/frame')).text(), 'from /learn/cascade/frame');
});

test('three maps are kept, the oldest goes', async () => {
  const { fire, stores } = worker();
  for (const market of ['a', 'b', 'c', 'd', 'b']) await fire('message', { data: { kind: 'keep-map', market } });
  assert.deepEqual([...stores.get('embermap-public').keys()], ['/m/c/', '/m/c/frame', '/m/d/', '/m/d/frame', '/m/b/', '/m/b/frame']);
});

test('a new version clears the old one, keeps the maps, and takes over only when told', async () => {
  const { fire, caches, log } = worker();
  for (const name of ['embermap-static-v1', 'embermap-public', 'someone-else']) await caches.open(name);
  await fire('install');
  assert.equal(log.skipped, undefined);
  await fire('activate');
  assert.deepEqual((await caches.keys()).sort(), ['embermap-public', 'embermap-static-v2', 'someone-else']);
  await fire('message', { data: { kind: 'take-over' } });
  assert.ok(log.skipped);
});

test('a changed subscription proves itself by the old one', async () => {
  const told = (name) => ({ endpoint: name, options: { applicationServerKey: 'key' }, toJSON: () => ({ endpoint: name }) });
  const { fire, log } = worker({ subscribe: async () => told('new') });
  await fire('pushsubscriptionchange', { oldSubscription: told('old'), newSubscription: null });
  assert.deepEqual(log.asked.map(({ path, body }) => [path, JSON.parse(body)]), [['/devices/moved', { old: { endpoint: 'old' }, new: { endpoint: 'new' } }]]);
  await fire('pushsubscriptionchange', { oldSubscription: null });
  assert.equal(log.asked.length, 1);
});
