/** Fingers beyond pan and pinch: two of them scale the price, a swipe on the header changes the market. */

import { meaningOf, middle, priceFactor, swipedTo } from '#heatmap/gestures';

/** @param {import('#heatmap/widget').Page} page */
export function mountTouch({ root, scene, chart, part, signal }) {
  mountPriceScale(part('canvas'), scene, chart, signal);
  mountSwipe(root.querySelector('.header'), signal);
}

function mountPriceScale(canvas, scene, chart, signal) {
  let start = null;
  let last = null;
  let meaning = null;
  const options = { signal, capture: true, passive: false };

  canvas.addEventListener('touchstart', ({ touches }) => {
    start = touches.length === 2 ? pointsOf(touches) : null;
    last = start;
    meaning = null;
  }, options);
  canvas.addEventListener('touchmove', (event) => {
    if (!start || event.touches.length !== 2) return;
    const now = pointsOf(event.touches);
    meaning ??= meaningOf(start, now);
    if (meaning === 'time') return;
    event.stopPropagation();
    event.preventDefault();
    if (meaning === 'price') {
      chart.zoomPrice(priceFactor(middle(now).y - middle(last).y, scene.paneHeight));
      last = now;
    }
  }, options);
}

function pointsOf(touches) {
  return [...touches].map(({ clientX, clientY }) => ({ x: clientX, y: clientY }));
}

function mountSwipe(header, signal) {
  let from = null;
  header.addEventListener('touchstart', ({ touches: [{ clientX, clientY }] }) => {
    from = { x: clientX, y: clientY };
  }, { signal, passive: true });
  header.addEventListener('touchend', ({ changedTouches: [{ clientX, clientY }] }) => {
    const links = [...document.querySelectorAll('[data-market-link]')];
    const here = links.findIndex((link) => link.hasAttribute('aria-current'));
    const next = from && swipedTo(clientX - from.x, clientY - from.y, here, links.length);
    from = null;
    if (next !== null) links[next].click();
  }, { signal, passive: true });
}
