/** Between an amount and its place among the cells that hold anything. Pure. */

/**
 * The amount that a share of the cells do not exceed.
 * @param {Uint32Array} counts see #heatmap/scales
 * @param {Float64Array} usdOfCode
 * @param {number} share 0 to 1
 */
export function amountAt(counts, usdOfCode, share) {
  const cells = total(counts);
  let seen = 0;
  let code = 1;
  while (code < 255 && seen + counts[code] < share * cells) seen += counts[code++];
  return usdOfCode[code];
}

/**
 * The share of the cells that lie below an amount.
 * @param {Uint32Array} counts
 * @param {Float64Array} usdOfCode
 * @param {number} usd
 */
export function rankOf(counts, usdOfCode, usd) {
  let below = 0;
  for (let code = 1; code < 256 && usdOfCode[code] < usd; code++) below += counts[code];
  return below / Math.max(1, total(counts));
}

/** @param {Uint32Array} counts */
function total(counts) {
  return counts.reduce((sum, count) => sum + count, 0) - counts[0];
}
