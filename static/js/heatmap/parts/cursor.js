/** A tap on the map puts the cursor on a cell, or on the cluster whose tag was tapped. */

import { binOf, cell } from '#heatmap/picture';

const LEAST_REACH = 22; // half of a 44 px target

/** @param {import('#heatmap/widget').Page} page */
export function mountCursor({ root, store, scene, part, signal }) {
  part('canvas').addEventListener('focus', () => store.set({ hasFocus: true }), { signal });
  root.addEventListener('tap', ({ detail: { x, y } }) => {
    if (!scene.isReady) return;
    const { cursor } = store.values;
    const tag = scene.tags.find((one) => isInside(one, x, y));
    if (!cursor && tag) return place(scene.picture.columns - 1, binOf(scene.picture, tag.cluster.peak));
    const column = scene.columnAt(Math.min(x, scene.nowX - 1));
    const bin = binOf(scene.picture, scene.usdAt(y));
    const { long, short } = cell(scene.picture, column, bin);
    if (cursor && long + short === 0) store.set({ cursor: null });
    else place(column, bin);
  }, { signal });

  function place(column, bin) {
    store.set({ cursor: { column, bin, endMs: scene.timeOf(column) } });
  }
}

function isInside({ x, y, width, height }, atX, atY) {
  return atX >= x && atX <= x + width && Math.abs(atY - y) <= Math.max(LEAST_REACH, height / 2);
}
