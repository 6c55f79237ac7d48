/** Where on the map a thing lies that a lesson speaks of. */

const LEAST = 26; // pixels high: a thin zone must be seen too
const PRICE = 14;

/** @typedef {{left: number, top: number, width: number, height: number}} Place */

/**
 * @param {'price' | 'above' | 'below' | 'bright' | 'now'} what
 * @param {import('#heatmap/scene').Scene} scene
 * @returns {Place | null} pixels of the map; null when there is no such thing
 */
export function placeOf(what, scene) {
  if (!scene.isReady) return null;
  const { profileX, paneWidth, paneHeight } = scene;
  if (what === 'now') return inside({ left: profileX, top: 0, width: paneWidth - profileX, height: paneHeight }, scene);
  if (what === 'price') {
    const y = scene.yOf(scene.picture.priceUsd);
    return inside({ left: 0, top: y - PRICE, width: paneWidth, height: 2 * PRICE }, scene);
  }
  const cluster = what === 'bright' ? brightest(scene) : nearest(scene, what === 'above' ? 'short' : 'long');
  if (!cluster) return null;
  const [top, bottom] = [scene.yOf(cluster.high), scene.yOf(cluster.low)];
  const pad = Math.max(0, (LEAST - (bottom - top)) / 2);
  return inside({ left: 0, top: top - pad, width: paneWidth, height: bottom - top + 2 * pad }, scene);
}

function nearest({ clusters }, side) {
  return clusters.find((one) => one.side === side);
}

function brightest({ clusters, densest }) {
  return [...clusters, ...densest].sort((a, b) => b.usd - a.usd)[0];
}

function inside({ left, top, width, height }, { paneWidth, paneHeight }) {
  const from = Math.max(2, Math.min(paneHeight - LEAST, top));
  const until = Math.max(from + LEAST, Math.min(paneHeight - 2, top + height));
  return { left: Math.max(2, left), top: from, width: Math.min(width, paneWidth) - 4, height: until - from };
}
