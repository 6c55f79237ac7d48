/** Dots of realised liquidations and walls of the order book. They only draw. */

/** @typedef {import('#heatmap/scene').Scene} Scene */

const LEAST_RADIUS = 2.5;
const MOST_RADIUS = 11;
const FULL_USD = 5e6; // a liquidation of this size or more has the largest dot

/**
 * Longs are circles, shorts are triangles; the area grows with the dollars.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {[number, number, number, number, string][]} dots instant, side, price, dollars
 */
export function drawDots(context, scene, dots) {
  const { picture, colours, spacing } = scene;
  const start = scene.xOf(0);
  context.lineWidth = 1.4;
  for (const [ms, side, usd, dollars] of dots) {
    const x = start + ((ms - picture.firstEndMs) / picture.cadenceMs + 0.5) * spacing;
    const y = scene.yOf(usd);
    if (x < 0 || x > scene.paneWidth || y === null) continue;
    const radius = radiusOf(dollars);
    context.beginPath();
    if (side) triangle(context, x, y, radius);
    else context.arc(x, y, radius, 0, 2 * Math.PI);
    context.globalAlpha = 0.8;
    context.fillStyle = side ? colours.short : colours.long;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = colours.ink;
    context.stroke();
  }
}

/** @param {number} dollars */
export function radiusOf(dollars) {
  const share = Math.sqrt(Math.min(1, dollars / FULL_USD));
  return LEAST_RADIUS + share * (MOST_RADIUS - LEAST_RADIUS);
}

function triangle(context, x, y, radius) {
  const half = radius * 1.1;
  context.moveTo(x, y - half);
  context.lineTo(x + half, y + half * 0.8);
  context.lineTo(x - half, y + half * 0.8);
  context.closePath();
}

/**
 * A wall is a bright bar at its price, as long as it stood and stronger the more rested there.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {{step: number, mids: Record<string, number>, walls: [number, number, number][]}} depth
 * @param {number} firstMs end of the column that the walls count from
 */
export function drawWalls(context, scene, { step, mids, walls }, firstMs) {
  const { picture, spacing, colours, paneHeight } = scene;
  const start = scene.xOf(0) + ((firstMs - picture.firstEndMs) / picture.cadenceMs - 0.5) * spacing;
  const largest = walls.reduce((most, [, , usd]) => Math.max(most, usd), 1);
  context.fillStyle = colours.ink;
  for (const [column, at, usd] of walls) {
    const middle = mids[column] * (1 + (at - Math.sign(at) / 2) * step);
    const [top, bottom] = [scene.yOf(middle * (1 + step / 4)), scene.yOf(middle * (1 - step / 4))];
    if (bottom < 0 || top > paneHeight) continue;
    context.globalAlpha = 0.2 + 0.6 * Math.sqrt(usd / largest);
    context.fillRect(start + column * spacing, top, spacing + 0.5, Math.max(1.5, bottom - top));
  }
  context.globalAlpha = 1;
}
