/** Tells the HTMX panels that can be seen of a new picture, at most every three seconds. */

import { formatAddress } from '#heatmap/address';

const LEAST_MS = 3000;
const PANELS = ['panel', 'strip'];

/** @param {import('#heatmap/widget').Page} page */
export function mountPanels({ root, store }) {
  let told = performance.now();
  let timer = 0;
  let isFirst = true;

  async function tell() {
    timer = 0;
    told = performance.now();
    const shown = PANELS.map((name) => document.getElementById(name)).filter((panel) => panel.checkVisibility());
    if (!shown.length) return;
    await import('#vendor/htmx');
    const { address, money } = store.values;
    const query = formatAddress({ ...address, cur: money.currency });
    for (const panel of shown) {
      panel.setAttribute('hx-get', `${root.dataset.pageUrl}${query}&fragment=${panel.id}`);
      panel.dispatchEvent(new Event('snapshot'));
    }
  }

  const stop = store.on(['picture', 'money'], (_, changed) => {
    if (isFirst && changed.includes('picture')) {
      isFirst = false;
      return;
    }
    if (changed.includes('money')) tell();
    else timer ||= setTimeout(tell, Math.max(0, told + LEAST_MS - performance.now()));
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
