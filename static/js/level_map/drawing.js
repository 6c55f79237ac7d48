/** Draws the liquidation map: bars that grow left from the axis, running totals, max pain, now. */

import { barsIn, ticks, yOf } from '#level_map/axis';
import { amount, plainPrice, rate } from '#heatmap/money';
import { say } from '#words';

const GAP = 1;
const PAD = 10;
const PILL = 24;
const FULL = 0.92; // of the plate's width, for the longest bar in view

/**
 * @typedef {object} Look
 * @property {import('#level_map/axis').LevelMap} map
 * @property {import('#level_map/axis').Span} span
 * @property {import('#heatmap/money').Money} money
 * @property {Record<string, any>} colours with `shorts` and `longs`, five steps each
 * @property {number} width
 * @property {number} height
 * @property {number} axisWidth
 * @property {number | null} cursor US dollars
 */

/** @param {CanvasRenderingContext2D} context @param {Look} look */
export function drawLevelMap(context, look) {
  const { width, height, colours, axisWidth } = look;
  context.fillStyle = colours.plate;
  context.fillRect(0, 0, width, height);
  const right = width - axisWidth;
  drawTicks(context, look, right);
  drawBars(context, look, right);
  drawTotals(context, look, right);
  drawPains(context, look, right);
  drawNow(context, look, right);
  if (look.cursor) drawCursor(context, look, right);
}

function drawTicks(context, { span, height, width, money, colours, map }, right) {
  context.font = font(450, 11.5);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const now = yOf(span, map.price, height);
  for (const usd of ticks(span, height, rate(money))) {
    const y = yOf(span, usd, height);
    context.fillStyle = colours.grid;
    context.fillRect(0, y, right, 1);
    context.fillStyle = colours.quiet;
    if (Math.abs(y - now) > PILL && y > PAD && y < height - PAD) context.fillText(plainPrice(usd, money), (right + width) / 2, y);
  }
}

function drawBars(context, look, right) {
  const { map, span, height, colours } = look;
  const [first, last] = barsIn(map, span);
  const scale = (FULL * right) / longest(map, first, last);
  for (let bar = first; bar <= last; bar++) {
    const top = ((span.high - (map.base + bar + 1) * map.step) / (span.high - span.low)) * height;
    const bottom = ((span.high - (map.base + bar) * map.step) / (span.high - span.low)) * height;
    let x = right;
    for (const [layers, steps] of [[map.long, colours.longs], [map.short, colours.shorts]]) {
      layers.forEach((layer, index) => {
        const length = layer[bar] * scale;
        x -= length;
        context.fillStyle = steps[index];
        context.fillRect(x, top + GAP / 2, length, Math.max(0.6, bottom - top - GAP));
      });
    }
  }
}

/** The longest bar between two, in dollars. */
function longest({ long, short }, first, last) {
  let most = 1;
  for (let bar = first; bar <= last; bar++) {
    const sum = [...long, ...short].reduce((usd, layer) => usd + layer[bar], 0);
    most = Math.max(most, sum);
  }
  return most;
}

function drawTotals(context, look, right) {
  const { map, span, height, colours, money } = look;
  const [first, last] = barsIn(map, span);
  const most = Math.max(map.longTotal[first], map.shortTotal[last + 1], 1);
  for (const [total, name, side] of [[map.longTotal, 'all_longs', 'long'], [map.shortTotal, 'all_shorts', 'short']]) {
    context.beginPath();
    for (let edge = first; edge <= last + 1; edge++) {
      if (!total[edge]) continue;
      const y = ((span.high - (map.base + edge) * map.step) / (span.high - span.low)) * height;
      context.lineTo(right - (total[edge] / most) * FULL * right, y);
    }
    for (const [colour, thickness] of [[colours.plate, 5], [colours[side], 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = thickness;
      context.lineJoin = 'round';
      context.stroke();
    }
    const whole = total[side === 'long' ? first : last + 1];
    const y = side === 'long' ? height - 14 : 14;
    label(context, say(name, { amount: amount(whole, money) }), y, colours[side], colours.plate);
  }
}

function drawPains(context, { map, span, height, colours, money }, right) {
  for (const [side, usd, dollars] of map.pains) {
    const y = yOf(span, usd, height);
    if (y < 30 || y > height - 30) continue;
    const colour = side ? colours.short : colours.long;
    context.fillStyle = colour;
    context.beginPath();
    for (const [dx, dy] of [[0, -6], [6, 0], [0, 6], [-6, 0]]) context.lineTo(right + dx, y + dy);
    context.fill();
    label(context, `◆ ${plainPrice(usd, money)} · ${say('most_here', { amount: amount(dollars, money) })}`, y, colour, colours.plate);
  }
}

function drawNow(context, { map, span, height, width, money, colours }, right) {
  const y = yOf(span, map.price, height);
  context.strokeStyle = colours.ink;
  context.lineWidth = 1.2;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(right, y);
  context.stroke();
  context.setLineDash([]);
  pill(context, plainPrice(map.price, money), y, right, width, colours.ink, colours.onInk);
}

function drawCursor(context, { cursor, span, height, width, money, colours }, right) {
  const y = yOf(span, cursor, height);
  context.fillStyle = colours.ink;
  context.fillRect(0, y - 0.5, right, 1);
  pill(context, plainPrice(cursor, money), y, right, width, colours.ground, colours.text, colours.text);
}

function pill(context, text, y, right, width, ground, ink, rim = ground) {
  context.beginPath();
  context.roundRect(right + 1, y - PILL / 2, width - right - 3, PILL, 6);
  context.fillStyle = ground;
  context.fill();
  context.strokeStyle = rim;
  context.lineWidth = 1.2;
  context.stroke();
  context.fillStyle = ink;
  context.font = font(650, 12.5);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, (right + width) / 2, y + 1, width - right - 6);
}

/** Words on a piece of plate, so that bars of the same colour do not swallow them. */
function label(context, text, y, colour, ground) {
  context.font = font(600, 12.5);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = ground;
  context.beginPath();
  context.roundRect(PAD - 6, y - 11, context.measureText(text).width + 12, 22, 6);
  context.fill();
  context.fillStyle = colour;
  context.fillText(text, PAD, y + 1);
}

function font(weight, size) {
  const root = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return `${weight} ${(size * root) / 16}px system-ui, Inter, "Segoe UI", Roboto, sans-serif`;
}
