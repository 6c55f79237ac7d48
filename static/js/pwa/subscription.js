/** This browser's push subscription, and what the server knows of it. */

import { deviceName, isSameKey, keyBytes } from '#pwa/device';

const LIMIT_MS = 15_000; // some browsers never answer when their push service cannot be reached
const WISHED = 'push';

/** The server could not take the subscription; the message is for the reader. */
export class Refusal extends Error {}

/** @returns {Promise<PushSubscription | null>} */
export async function current() {
  const registration = await navigator.serviceWorker?.getRegistration('/');
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

/** Ask the reader, then the browser, then tell the server. Call it from a tap only. */
export async function subscribe() {
  if ((await Notification.requestPermission()) !== 'granted') return;
  const registration = await within(navigator.serviceWorker.ready);
  const server = await askServer();
  if (!server) throw new Refusal('');
  await tell(await subscribed(registration, server.key), server);
  localStorage.setItem(WISHED, 'on');
}

/** Unsubscribe here, and have the server forget this device. */
export async function unsubscribe() {
  localStorage.removeItem(WISHED);
  const held = await current();
  if (!held) return;
  const server = await askServer().catch(() => null);
  if (server) await post('/devices/forget', { endpoint: held.endpoint }, server.token).catch(() => null);
  await held.unsubscribe();
}

/**
 * At every start: the browser may have lost its subscription, and the server changed its key.
 * @param {ServiceWorkerRegistration} registration
 */
export async function resync(registration) {
  const held = await registration.pushManager?.getSubscription();
  if (!held && localStorage.getItem(WISHED) !== 'on') return;
  const server = await askServer();
  if (server) await tell(await subscribed(registration, server.key), server);
}

async function subscribed(registration, key) {
  const held = await registration.pushManager.getSubscription();
  if (held && isSameKey(held.options?.applicationServerKey, key)) return held;
  await held?.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: keyBytes(key) };
  return within(registration.pushManager.subscribe(options));
}

async function askServer() {
  const response = await fetch('/devices/key', { signal: AbortSignal.timeout(LIMIT_MS) });
  if (response.status !== 200) return null;
  return { key: await response.text(), token: response.headers.get('X-CSRF-Token') };
}

async function tell(subscription, { key, token }) {
  const about = { key, name: deviceName(navigator.userAgent), language: document.documentElement.lang };
  const response = await post('/devices/add', { ...subscription.toJSON(), ...about }, token);
  if (response.status === 400) throw new Refusal(await response.text());
  if (!response.ok) throw new Error(`The server answers ${response.status}.`);
}

function post(path, told, token) {
  return fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
    body: JSON.stringify(told),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
}

function within(promise) {
  const late = new Promise((_, refuse) => setTimeout(() => refuse(new Error('No answer in time.')), LIMIT_MS));
  return Promise.race([promise, late]);
}
