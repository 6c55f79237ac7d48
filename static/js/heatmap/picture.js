/** Questions one asks a picture: where a bin lies, when a column ended, how much a cell holds. Pure. */

import { LONG, SHORT, usdOfCode } from '#heatmap/frame';

/** @typedef {import('#heatmap/frame').Frame} Frame */

/**
 * Lower edge of a bin in US dollars; `bins` gives the upper edge of the last one.
 * @param {Frame} picture
 * @param {number} bin
 */
export function edge({ isLog, base, step }, bin) {
  const at = (base + bin) * step;
  return isLog ? Math.exp(at) : at;
}

/**
 * @param {Frame} picture
 * @param {number} bin
 */
export function centre(picture, bin) {
  return edge(picture, bin + 0.5);
}

/**
 * The bin that holds a price, kept inside the picture.
 * @param {Frame} picture
 * @param {number} usd
 */
export function binOf({ isLog, base, step, bins }, usd) {
  const at = Math.floor((isLog ? Math.log(usd) : usd) / step) - base;
  return Math.min(bins - 1, Math.max(0, at));
}

/**
 * @param {Frame} picture
 * @param {number} column
 */
export function endOf({ firstEndMs, cadenceMs }, column) {
  return firstEndMs + column * cadenceMs;
}

/**
 * The column that ends at or after an instant, kept inside the picture.
 * @param {Frame} picture
 * @param {number} ms
 */
export function columnAt({ firstEndMs, cadenceMs, columns }, ms) {
  return Math.min(columns - 1, Math.max(0, Math.ceil((ms - firstEndMs) / cadenceMs)));
}

/**
 * @param {Frame} picture
 * @param {number} column
 * @param {number} bin
 * @returns {{long: number, short: number}} US dollars
 */
export function cell(picture, column, bin) {
  const usd = usdOfCode(picture);
  const start = column * 2 * picture.bins + bin;
  return {
    long: usd[picture.codes[start + LONG * picture.bins]],
    short: usd[picture.codes[start + SHORT * picture.bins]],
  };
}

/**
 * A cluster as the frame's description lists it.
 * @param {[number, number, number, number, number, number]} listed
 * @param {number} priceUsd
 */
export function cluster([side, low, high, peak, usd, share], priceUsd) {
  return { side: side === SHORT ? 'short' : 'long', low, high, peak, usd, share, distance: peak / priceUsd - 1 };
}

/**
 * The nearest clusters of each side, nearest first.
 * @param {Frame} picture
 * @param {number} perSide
 * @param {string[]} sides those shown
 */
export function nearestClusters(picture, perSide, sides) {
  const all = (picture.meta.clusters ?? []).map((listed) => cluster(listed, picture.priceUsd));
  all.sort((a, b) => Math.abs(a.distance) - Math.abs(b.distance));
  return sides.flatMap((side) => all.filter((one) => one.side === side).slice(0, perSide));
}

/**
 * The largest cluster of each side, where it is larger than the tagged ones.
 * @param {ReturnType<typeof cluster>[]} tagged
 * @param {number[][]} listed as the last full frame had them
 * @param {Frame} picture
 * @param {string[]} sides those shown
 */
export function densestBeside(tagged, listed, picture, sides) {
  const all = listed.map((one) => cluster(one, picture.priceUsd));
  return sides.flatMap((side) => {
    const [largest] = all.filter((one) => one.side === side).sort((a, b) => b.usd - a.usd);
    const isLarger = tagged.filter((one) => one.side === side).every((one) => one.usd < largest?.usd);
    return largest && isLarger ? [largest] : [];
  });
}

/**
 * Lowest and highest price of the candles, in US dollars; null when there is none.
 * @param {Frame} picture
 * @returns {[number, number] | null}
 */
export function candleRange({ candles }) {
  let low = Infinity;
  let high = 0;
  for (let i = 0; i < candles.length; i += 4) {
    if (candles[i + 1] > high) high = candles[i + 1];
    if (candles[i + 2] < low) low = candles[i + 2];
  }
  return high > 0 ? [low, high] : null;
}

/**
 * Runs of columns in which nothing is known of the price.
 * @param {Frame} picture
 * @returns {[first: number, last: number][]}
 */
export function columnsWithoutCandles({ candles, columns }) {
  const runs = [];
  for (let column = 0; column < columns; column++) {
    if (!Number.isNaN(candles[4 * column + 3])) continue;
    if (runs.at(-1)?.[1] === column - 1) runs.at(-1)[1] = column;
    else runs.push([column, column]);
  }
  return runs;
}
