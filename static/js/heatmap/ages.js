/** The four edges between the five windows of age, as an address has them: 4h, 24h, 3d, 7d. Pure. */

const UNITS_MIN = { m: 1, h: 60, d: 1440 };
const USUAL = ['4h', '24h', '3d', '7d'];

/** @param {string} edge @returns {number} minutes; NaN for what is no duration */
export function minutesOf(edge) {
  const found = /^(\d{1,4})([mhd])$/.exec(edge);
  return found ? Number(found[1]) * UNITS_MIN[found[2]] : NaN;
}

/** @param {string[]} edges */
export function isRising(edges) {
  return edges.map(minutesOf).every((minutes, i, all) => minutes > (i ? all[i - 1] : 0));
}

/** @param {string[]} edges */
export function isUsual(edges) {
  return edges.every((edge, i) => minutesOf(edge) === minutesOf(USUAL[i]));
}
