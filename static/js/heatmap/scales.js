/**
 * From dollars to tones, and from numbers to the words beside them.
 *
 * A tone is an entry of a palette, 0 to 255. Between the low and the high of the view it follows
 * the logarithm of the dollars to the power 1.4; what is under the low is not drawn.
 */

const GAMMA = 1.4;
const TOP_TONE = 255;
const LOW_PERCENTILE = 0.34;
const HIGH_PERCENTILE = 0.998;

/** @typedef {{lowUsd: number, highUsd: number}} Range dollars of the faintest and fullest tone */

/**
 * @param {number} usd
 * @param {Range} range
 * @returns {number} 0 to 1; 0 below the range, 1 above
 */
export function tone(usd, { lowUsd, highUsd }) {
  if (!(usd >= lowUsd)) return 0;
  if (usd >= highUsd) return 1;
  return (Math.log(usd / lowUsd) / Math.log(highUsd / lowUsd)) ** GAMMA;
}

/**
 * The tone of each of the 256 codes of a frame. Only code 0 and codes below the range are tone 0.
 * @param {Float64Array} usdOfCode
 * @param {Range} range
 * @returns {Uint8Array}
 */
export function toneOfCode(usdOfCode, range) {
  return Uint8Array.from(usdOfCode, (usd) => {
    if (usd === 0 || usd < range.lowUsd) return 0;
    return Math.max(1, Math.round(TOP_TONE * tone(usd, range)));
  });
}

/**
 * How many cells have each code.
 * @param {Uint8Array} codes
 * @returns {Uint32Array} 256 counts
 */
export function histogram(codes) {
  const counts = new Uint32Array(256);
  for (let i = 0; i < codes.length; i++) counts[codes[i]] += 1;
  return counts;
}

/**
 * The range a view starts with: the 34th and the 99.8th percentile of its cells that hold
 * anything. A view without heat gets the whole scale.
 * @param {Uint32Array} counts see histogram
 * @param {Float64Array} usdOfCode
 * @returns {Range}
 */
export function rangeOf(counts, usdOfCode) {
  const high = percentileCode(counts, HIGH_PERCENTILE) || TOP_TONE;
  const low = Math.min(percentileCode(counts, LOW_PERCENTILE) || 1, high - 1);
  return { lowUsd: usdOfCode[Math.max(1, low)], highUsd: usdOfCode[Math.max(2, high)] };
}

/**
 * The smallest code that a share of the cells with heat do not exceed; 0 when there is no heat.
 * @param {Uint32Array} counts
 * @param {number} share
 */
function percentileCode(counts, share) {
  const cells = counts.reduce((sum, count) => sum + count, 0) - counts[0];
  if (cells === 0) return 0;
  let seen = 0;
  let code = 0;
  while (seen < share * cells) seen += counts[++code];
  return code;
}

const SYMBOLS = { SGD: 'S$', USD: 'US$', EUR: '€', GBP: '£', JPY: '¥', AUD: 'A$', CAD: 'C$', HKD: 'HK$', INR: '₹', KRW: '₩' };
const UNITS = [[1e9, 'B'], [1e6, 'M'], [1e3, 'K'], [1, '']];
const MINUS = '−';
/** Made once each: a map that is panned prints many prices in every frame. */
const formats = [];

/**
 * An amount in two or three digits: S$241M, US$1.74B, S$18M.
 * @param {number} usd
 * @param {{currency: string, rate: number}} money rate: units of the currency per US dollar
 */
export function formatMoney(usd, { currency, rate }) {
  const amount = Math.abs(usd * rate);
  const [unit, suffix] = UNITS.find(([size]) => roundsTo(amount / size) >= 1) ?? [1, ''];
  const digits = roundsTo(amount / unit).toFixed(suffix && amount / unit < 9.995 ? 2 : 0);
  const sign = usd < 0 && Number(digits) > 0 ? MINUS : '';
  return `${sign}${symbolOf(currency)}${digits}${suffix}`;
}

/** @param {string} currency */
export function symbolOf(currency) {
  return SYMBOLS[currency] ?? `${currency} `;
}

/**
 * A price: 81,054 · 3,021 · 142.37 · 0.5213. No currency sign; the axis says it once.
 * @param {number} price in the currency shown
 */
export function formatPrice(price) {
  const decimals = price >= 1000 ? 0 : price >= 1 ? 2 : 4;
  formats[decimals] ??= new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return formats[decimals].format(price);
}

/** To two decimals below ten, to whole numbers from ten on. @param {number} value */
function roundsTo(value) {
  return value < 9.995 ? Math.round(value * 100) / 100 : Math.round(value);
}
