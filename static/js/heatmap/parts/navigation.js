/** Views and time ranges: links that only change the picture, and the rows a view brings along. */

import { toggled } from '#heatmap/address';

/** @param {import('#heatmap/widget').Page} page */
export function mountNavigation({ root, store, part, go, signal }) {
  root.addEventListener('click', (event) => {
    const link = event.target.closest('[data-view], [data-tf]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { view, tf } = link.dataset;
    store.set({ cursor: null });
    if (view) go(view === 'historical' ? { view } : { view, at: null });
    else go({ tf, at: null });
  }, { signal });

  part('age-row').addEventListener('click', (event) => {
    const chip = event.target.closest('[data-age]');
    if (chip) go({ age: toggled(store.values.address.age, chip.dataset.age, ['0', '1', '2', '3', '4']) });
  }, { signal });

  const show = () => {
    const { address } = store.values;
    for (const link of root.querySelectorAll('a[data-view], a[data-tf]')) {
      const isCurrent = link.dataset.view === address.view || link.dataset.tf === address.tf;
      if (isCurrent) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    for (const chip of root.querySelectorAll('button[data-view], button[data-tf]')) {
      const isCurrent = chip.dataset.view === address.view || chip.dataset.tf === address.tf;
      chip.setAttribute('aria-pressed', String(isCurrent));
    }
    part('venue-row').hidden = address.view !== 'venue';
    part('age-row').hidden = address.view !== 'age';
    part('scrubber').hidden = address.view !== 'historical';
    part('bands').hidden = address.view !== 'net';
    for (const link of document.querySelectorAll('[data-market-link]')) {
      link.search = location.search;
    }
  };
  show();
  return store.on(['address'], show);
}
