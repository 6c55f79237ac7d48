/** Has the service worker keep the trades, so that they open without a connection too. */

/** @param {string} listUrl names the addresses to keep */
export async function keepForOffline(listUrl) {
  if (!navigator.serviceWorker) return;
  const { active } = await navigator.serviceWorker.ready;
  try {
    const { addresses } = await (await fetch(listUrl)).json();
    for (const path of addresses) active.postMessage({ kind: 'keep-lesson', path });
  } catch (error) {
    if (navigator.onLine) console.warn('Keeping the trades:', error.message);
  }
}
