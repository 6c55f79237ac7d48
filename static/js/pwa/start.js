/** What makes the page an app, some seconds after it is shown: worker, kept map, badge, sign-out. */

import { guardSignOut } from '#pwa/sign_out';
import { watchForUpdate } from '#pwa/update';

const KEEP_EVERY_MS = 300_000;

export async function start() {
  guardSignOut();
  showBadge();
  const registration = await navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
  watchForUpdate(registration);
  document.documentElement.dataset.app = 'on';
  keepMap();
  keepLessons();
  if (window.Notification?.permission === 'granted') {
    const { resync } = await import('#pwa/subscription');
    await resync(registration).catch((error) => console.warn('Push:', error.message));
  }
}

/** The icon on the home screen counts what is unread. */
function showBadge() {
  const unread = Number(document.querySelector('[data-unread]')?.dataset.unread ?? 0);
  navigator.setAppBadge?.(unread).catch(() => {}); // allowed once installed only
}

/** The first lesson was opened before there was a worker: it is kept afterwards. */
async function keepLessons() {
  if (!location.pathname.startsWith('/learn/')) return;
  const { active } = await navigator.serviceWorker.ready;
  const fetched = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
  const lessons = fetched.filter((path) => path.startsWith('/learn/'));
  for (const path of [location.pathname, ...lessons]) active.postMessage({ kind: 'keep-lesson', path });
}

/** Have the worker fetch the public map of this market, for when there is no network. */
async function keepMap() {
  const market = document.querySelector('[data-widget="heatmap"]')?.dataset.market;
  if (!market) return;
  const { active } = await navigator.serviceWorker.ready;
  const keep = () => { if (navigator.onLine) active.postMessage({ kind: 'keep-map', market }); };
  keep();
  setInterval(keep, KEEP_EVERY_MS);
}
