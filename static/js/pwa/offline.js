/** Without a network: the maps that were kept, and how old each is. */

import { decodeFrame } from '#heatmap/frame';
import { say, sayAge } from '#words';

const KEPT = 'embermap-public';
const FRAME = /^\/m\/([\w-]+)\/frame$/;

/** @param {HTMLElement} element */
export function mount(element) {
  const stop = new AbortController();
  const again = () => location.reload();
  element.querySelector('[data-part="retry"]').addEventListener('click', again, { signal: stop.signal });
  window.addEventListener('online', again, { signal: stop.signal });
  showMaps(element.querySelector('[data-part="maps"]'));
  return () => stop.abort();
}

async function showMaps(list) {
  if (!('caches' in window)) return;
  const cache = await caches.open(KEPT);
  for (const request of (await cache.keys()).reverse()) {
    const path = new URL(request.url).pathname;
    if (FRAME.test(path)) list.append(await row(await cache.match(request), path.replace('frame', '')));
  }
  list.hidden = list.childElementCount === 0;
}

async function row(response, path) {
  const frame = await decodeFrame(await response.arrayBuffer());
  const link = document.createElement('a');
  link.className = 'button';
  link.href = path;
  const age = sayAge((Date.now() - frame.asOfMs) / 1000);
  link.textContent = say('kept_map', { market: frame.meta.market.toUpperCase(), age });
  const item = document.createElement('li');
  item.append(link);
  return item;
}
