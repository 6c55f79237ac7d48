/** The upright price axis of the liquidation map: logarithmic, with a span that can be moved. Pure. */

const OPENING = 0.085; // of the price, on either side
const NARROWEST = 0.01; // in ln price
const TICK_GAP = 48;

/**
 * @typedef {object} Span lowest and highest price shown, as natural logarithms
 * @property {number} low
 * @property {number} high
 */

/**
 * @typedef {object} LevelMap as the page's JSON block has it
 * @property {number} price US dollars
 * @property {number} base the lowest edge, in steps of ln price
 * @property {number} step
 * @property {number} bars
 * @property {string[]} names
 * @property {number[][]} long by layer and bar
 * @property {number[][]} short
 * @property {number[]} longTotal at the edges
 * @property {number[]} shortTotal
 * @property {[number, number, number, number][]} pains side, price, dollars, distance
 */

/** @param {LevelMap} map @returns {Span} */
export function openingSpan({ price }) {
  return { low: Math.log(price * (1 - OPENING)), high: Math.log(price * (1 + OPENING)) };
}

/** @param {LevelMap} map @returns {Span} */
export function wholeSpan({ base, step, bars }) {
  return { low: base * step, high: (base + bars) * step };
}

/**
 * A span made smaller or larger around a place on it, and kept inside the map.
 * @param {Span} span
 * @param {number} factor above 1 shows less
 * @param {number} share of the height that stays where it is, 0 at the top
 * @param {Span} whole
 * @returns {Span}
 */
export function zoomed({ low, high }, factor, share, whole) {
  const length = Math.min(whole.high - whole.low, Math.max(NARROWEST, (high - low) / factor));
  const fixed = high - share * (high - low);
  return inside({ low: fixed - (1 - share) * length, high: fixed + share * length }, whole);
}

/**
 * @param {Span} span
 * @param {number} share of the height, positive moves to higher prices
 * @param {Span} whole
 * @returns {Span}
 */
export function shifted({ low, high }, share, whole) {
  const by = share * (high - low);
  return inside({ low: low + by, high: high + by }, whole);
}

function inside({ low, high }, whole) {
  const by = Math.max(0, whole.low - low) - Math.max(0, high - whole.high);
  return { low: low + by, high: high + by };
}

/** @param {Span} span @param {number} usd @param {number} height */
export function yOf({ low, high }, usd, height) {
  return ((high - Math.log(usd)) / (high - low)) * height;
}

/** @param {Span} span @param {number} y @param {number} height */
export function usdAt({ low, high }, y, height) {
  return Math.exp(high - (y / height) * (high - low));
}

/** The bars that are at least partly in a span: first and last. @param {LevelMap} map @param {Span} span */
export function barsIn({ base, step, bars }, { low, high }) {
  const at = (log) => Math.min(bars - 1, Math.max(0, Math.floor(log / step - base)));
  return [at(low), at(high)];
}

/**
 * Round prices of a currency worth `rate` to the dollar, far enough apart to be read.
 * @param {Span} span
 * @param {number} height
 * @param {number} rate
 * @returns {number[]} US dollars
 */
export function ticks(span, height, rate) {
  const [low, high] = [Math.exp(span.low) * rate, Math.exp(span.high) * rate];
  const least = ((high - low) * TICK_GAP) / height;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((size) => size * power >= least) * power;
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) found.push((i * step) / rate);
  return found;
}
