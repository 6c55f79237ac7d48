/** Buttons for what fingers and wheels do. */

/** @param {import('#heatmap/widget').Page} page */
export function mountZoom({ root, chart, signal }) {
  root.addEventListener('click', (event) => {
    const way = event.target.closest('[data-zoom]')?.dataset.zoom;
    if (way === 'fit') chart.fit();
    else if (way) chart.zoomTime(way === 'in' ? 1.5 : 1 / 1.5);
  }, { signal });
}
