/** Heights on the plan's plate and prices, as typed and as shown. No DOM. */

/**
 * The price at a height, 0 at the top and 1 at the bottom; even in price.
 * @param {number} y
 * @param {number} top
 * @param {number} bottom
 */
export function priceAt(y, top, bottom) {
  return top + (bottom - top) * y;
}

/**
 * A price as a field holds it: no separators, no more digits than matter.
 * @param {number} price
 */
export function typedPrice(price) {
  return price >= 10_000 ? price.toFixed(0) : String(Number(price.toPrecision(5)));
}

/**
 * A price as the page prints it: 81,054 or 89.64 or 0.1234.
 * @param {number} price
 */
export function shownPrice(price) {
  const digits = price >= 1000 ? 0 : price >= 1 ? 2 : 4;
  return price.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * What was typed, separators allowed; NaN when it is no number.
 * @param {string} text
 */
export function parsePrice(text) {
  const bare = text.replaceAll(/[,\s]/g, '');
  return bare === '' ? NaN : Number(bare);
}
