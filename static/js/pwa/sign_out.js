/** Signing out leaves nothing of the account in this browser. */

const LIMIT_MS = 4000;
const OURS = 'embermap-';

/** Before any form signs out, clean up; it signs out all the same when that takes too long. */
export function guardSignOut() {
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!new URL(form.action).pathname.endsWith('/logout/') || form.method !== 'post') return;
    event.preventDefault();
    const late = new Promise((done) => setTimeout(done, LIMIT_MS));
    await Promise.race([leaveNothing(), late]).catch(() => {});
    form.submit();
  });
}

/** Subscription, shown notifications, badge, caches, databases and storage. */
export async function leaveNothing() {
  const { unsubscribe } = await import('#pwa/subscription');
  await unsubscribe().catch(() => {});
  const registration = await navigator.serviceWorker?.getRegistration('/');
  for (const notification of (await registration?.getNotifications?.()) ?? []) notification.close();
  await navigator.clearAppBadge?.().catch(() => {});
  const names = (await caches.keys()).filter((name) => name.startsWith(OURS));
  await Promise.all(names.map((name) => caches.delete(name)));
  for (const { name } of (await indexedDB.databases?.()) ?? []) indexedDB.deleteDatabase(name);
  sessionStorage.clear();
  localStorage.clear();
}
