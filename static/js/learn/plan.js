/** A plan with stop and target, and how it went. Prices in any one currency. Pure. */

/**
 * @typedef {object} Plan
 * @property {'long' | 'short' | 'none'} side
 * @property {number} entry
 * @property {number} stop
 * @property {number} target
 */

const USUAL_STOP = 0.015; // of the price
const USUAL_TARGET = 0.03;

/**
 * What to start from: as far away as a usual plan.
 * @param {'long' | 'short'} side
 * @param {number} entry
 * @param {number} step prices are whole multiples of it
 * @returns {Plan}
 */
export function usualPlan(side, entry, step) {
  const sign = side === 'long' ? 1 : -1;
  const whole = (price) => Math.round(price / step) * step;
  return {
    side,
    entry,
    stop: whole(entry * (1 - sign * USUAL_STOP)),
    target: whole(entry * (1 + sign * USUAL_TARGET)),
  };
}

/**
 * @param {Plan} plan
 * @returns {string | null} the name of the sentence that says what is wrong
 */
export function mistakeOf({ side, entry, stop, target }) {
  if (side === 'none') return null;
  if (!(stop > 0 && target > 0 && Number.isFinite(stop) && Number.isFinite(target))) return 'not_a_price';
  const sign = side === 'long' ? 1 : -1;
  if (sign * (entry - stop) <= 0) return `stop_of_${side}`;
  if (sign * (target - entry) <= 0) return `target_of_${side}`;
  return null;
}

/**
 * Gain in units of what was risked.
 * @param {Plan} plan
 * @param {number} price
 */
export function gain({ side, entry, stop }, price) {
  const sign = side === 'long' ? 1 : -1;
  return (sign * (price - entry)) / Math.abs(entry - stop);
}

/**
 * Where a plan stands after the candles between two columns. Within one column the stop is taken
 * to be reached first.
 * @param {Plan} plan
 * @param {Float32Array | number[]} candles open, high, low, close of every column
 * @param {{from: number, to: number, rate: number}} reach columns after `from` up to `to`; units of
 * the plan per unit of the candles
 * @returns {{end: 'stop' | 'target' | 'open', column: number, r: number}}
 */
export function outcomeOf(plan, candles, { from, to, rate }) {
  const isLong = plan.side === 'long';
  for (let column = from + 1; column <= to; column++) {
    const [high, low] = [candles[4 * column + 1] * rate, candles[4 * column + 2] * rate];
    if (isLong ? low <= plan.stop : high >= plan.stop) return { end: 'stop', column, r: -1 };
    if (isLong ? high >= plan.target : low <= plan.target) {
      return { end: 'target', column, r: gain(plan, plan.target) };
    }
  }
  return { end: 'open', column: to, r: gain(plan, candles[4 * to + 3] * rate) };
}
