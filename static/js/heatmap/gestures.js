/** What two fingers, or a finger on the header, mean. Pure. */

const DECIDE_PX = 14; // travelled before a gesture has a meaning
const SWIPE_PX = 60;

/** @typedef {{x: number, y: number}} Point */

/**
 * Both fingers up or down together scale the price; anything else is the chart's pinch.
 * @param {[Point, Point]} start
 * @param {[Point, Point]} now
 * @returns {'price' | 'time' | null} null: not yet clear
 */
export function meaningOf(start, now) {
  const rise = middle(now).y - middle(start).y;
  const spread = gap(now) - gap(start);
  const slide = middle(now).x - middle(start).x;
  if (Math.max(Math.abs(rise), Math.abs(spread), Math.abs(slide)) < DECIDE_PX) return null;
  return Math.abs(rise) > 1.4 * Math.max(Math.abs(spread), Math.abs(slide)) ? 'price' : 'time';
}

/**
 * How much less price is shown after the fingers went up by so many pixels.
 * @param {number} dy positive is down
 * @param {number} height of the pane
 */
export function priceFactor(dy, height) {
  return Math.exp((-2 * dy) / height);
}

/**
 * The neighbour a swipe leads to: left is the next one, right the one before; around the end.
 * @param {number} dx
 * @param {number} dy
 * @param {number} index
 * @param {number} count
 * @returns {number | null}
 */
export function swipedTo(dx, dy, index, count) {
  if (count < 2 || Math.abs(dx) < SWIPE_PX || Math.abs(dx) < 2 * Math.abs(dy)) return null;
  return (index + (dx < 0 ? 1 : -1) + count) % count;
}

/** @param {[Point, Point]} points */
export function middle([a, b]) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function gap([a, b]) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
