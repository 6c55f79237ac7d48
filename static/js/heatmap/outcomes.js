/** Whether and when the price met the clusters of a past moment. Pure. */

/** @typedef {{cluster: any, column: number | null, afterMs: number}} Outcome `column` is where it was met */

/**
 * @param {import('#heatmap/frame').Frame} picture with the candles that came after the moment
 * @param {{side: 'long' | 'short', low: number, high: number}[]} clusters as of the moment
 * @param {number} cut the column of the moment
 * @returns {Outcome[]}
 */
export function outcomes(picture, clusters, cut) {
  return clusters.map((cluster) => {
    for (let column = cut + 1; column < picture.columns; column++) {
      if (meets(picture.candles, column, cluster)) return { cluster, column, afterMs: (column - cut) * picture.cadenceMs };
    }
    return { cluster, column: null, afterMs: 0 };
  });
}

/** The near edge counts: shorts from below, longs from above. NaN, a gap, meets nothing. */
function meets(candles, column, { side, low, high }) {
  return side === 'short' ? candles[4 * column + 1] >= low : candles[4 * column + 2] <= high;
}
