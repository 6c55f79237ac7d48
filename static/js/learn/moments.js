/** A long recorded frame, one moment of it at a time. Pure. */

/** @typedef {import('#heatmap/frame').Frame} Frame */

export const SHOWN = 240; // columns of the map at every moment

/**
 * The picture as it was when a column ended: nothing later is in it.
 * @param {Frame} frame
 * @param {number} column the newest to show
 * @param {number} [dropped] columns that left on the left since the last picture
 * @returns {Frame & {dropped: number}}
 */
export function momentOf(frame, column, dropped = 0) {
  const { bins, meta } = frame;
  const first = Math.max(0, column + 1 - SHOWN);
  return {
    ...frame,
    columns: column + 1 - first,
    firstEndMs: frame.firstEndMs + first * frame.cadenceMs,
    asOfMs: frame.firstEndMs + column * frame.cadenceMs,
    priceUsd: closeOf(frame, column),
    codes: frame.codes.subarray(first * 2 * bins, (column + 1) * 2 * bins),
    candles: frame.candles.subarray(first * 4, (column + 1) * 4),
    meta: { ...meta, clusters: meta.nearest[column] },
    dropped,
  };
}

/**
 * @param {Frame} frame
 * @param {number} column
 * @returns {number} US dollars
 */
export function closeOf({ candles }, column) {
  return candles[4 * column + 3];
}

/**
 * How far the price went from the decision on, either way, in US dollars.
 * @param {Frame} frame
 * @param {number} from column of the decision
 */
export function furthest({ candles, columns }, from) {
  const start = candles[4 * from + 3];
  let far = start;
  for (let column = from + 1; column < columns; column++) {
    for (const usd of [candles[4 * column + 1], candles[4 * column + 2]]) {
      if (Math.abs(usd - start) > Math.abs(far - start)) far = usd;
    }
  }
  return far;
}
