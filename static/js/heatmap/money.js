/** Prices, amounts and distances of one reader. Everything comes in as US dollars. Pure. */

import { formatMoney, formatPrice, symbolOf } from '#heatmap/scales';

const NBSP = '\u00a0';

/**
 * `fx` is units of `home`, the reader's own currency, per US dollar.
 * @typedef {{currency: string, fx: number, home?: string}} Money
 */

/**
 * Units of the currency per US dollar.
 * @param {Money} money
 */
export function rate({ currency, fx }) {
  return currency === 'USD' ? 1 : fx;
}

/**
 * The same money in the other currency.
 * @param {Money} money
 * @returns {Money}
 */
export function other({ currency, fx, home = 'SGD' }) {
  return { currency: currency === 'USD' ? home : 'USD', fx, home };
}

/**
 * @param {number} usd
 * @param {Money} money
 */
export function price(usd, money) {
  return symbolOf(money.currency) + plainPrice(usd, money);
}

/**
 * @param {number} usd
 * @param {Money} money
 */
export function plainPrice(usd, money) {
  return formatPrice(usd * rate(money));
}

/**
 * @param {number} usd
 * @param {Money} money
 */
export function amount(usd, money) {
  return formatMoney(usd, { currency: money.currency, rate: rate(money) });
}

/**
 * @param {number} fraction
 * @param {number} [decimals]
 */
export function percent(fraction, decimals = 1) {
  return (fraction * 100).toFixed(decimals) + NBSP + '%';
}

/**
 * A distance from the price, signed with a proper minus.
 * @param {number} fraction
 * @param {number} [decimals]
 */
export function distance(fraction, decimals = 1) {
  return (fraction < 0 ? '\u2212' : '+') + percent(Math.abs(fraction), decimals);
}

/** @param {number | null} fraction */
export function change(fraction) {
  if (fraction === null || fraction === undefined) return '';
  return `${fraction < 0 ? '▼' : '▲'}${NBSP}${percent(Math.abs(fraction), 2)}`;
}

/**
 * The width of a bin in words: 0.05 % or S$100.
 * @param {{isLog: boolean, step: number}} grid
 * @param {Money} money
 */
export function binWidth({ isLog, step }, money) {
  if (isLog) return percent(Math.expm1(step), step < 0.001 ? 2 : 1);
  const width = step * rate(money);
  return symbolOf(money.currency) + (width < 10 ? width.toFixed(2) : width.toFixed(0));
}
