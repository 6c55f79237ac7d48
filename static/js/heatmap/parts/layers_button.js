/** Opens and closes the Layers sheet, and counts the settings that differ from the usual. */

import { changedLayers } from '#heatmap/address';

/** @param {import('#heatmap/widget').Page} page */
export function mountLayersButton({ root, store, part, signal }) {
  const [sheet, opener, count] = [part('layers'), part('layers-open'), part('layers-count')];
  const open = (layersOpen) => store.set({ layersOpen });

  opener.addEventListener('click', () => open(!store.values.layersOpen), { signal });
  part('layers-close').addEventListener('click', () => open(false), { signal });
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !store.values.layersOpen) return;
    event.stopPropagation();
    open(false);
  }, { signal, capture: true });

  const showCount = () => {
    const changes = changedLayers(store.values.address);
    count.hidden = changes === 0;
    count.textContent = String(changes);
  };
  showCount();
  const stops = [
    store.on(['address'], showCount),
    store.on(['layersOpen'], ({ layersOpen }) => {
      sheet.hidden = !layersOpen;
      opener.setAttribute('aria-expanded', String(layersOpen));
      (layersOpen ? sheet.querySelector('h2') : opener).focus({ preventScroll: true });
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
