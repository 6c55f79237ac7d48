/** What stands on the axes: prices, pills, hours, and now. */

import { plainPrice, rate } from '#heatmap/money';
import { centre } from '#heatmap/picture';
import { say } from '#words';

/** @typedef {import('#heatmap/scene').Scene} Scene */

const HEIGHT = 24;
const LEAST_BETWEEN_TICKS = 56;
const LEAST_BETWEEN_TIMES = 64;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const days = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
const TIME_STEPS = [
  ...[1, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 4, 7, 14].map((days) => days * DAY_MS),
];

/** What stands on the axis, most important last. @param {Scene} scene */
export function pills(scene) {
  const { picture, colours, cursor } = scene;
  if (cursor) {
    return [
      { usd: picture.priceUsd, ground: colours.ink, text: colours.onInk },
      { usd: centre(picture, cursor.bin), ground: colours.ground, text: colours.text, rim: colours.text },
    ];
  }
  if (scene.cutColumn !== null) return [];
  const clusters = scene.clusters.map(({ peak, side }) => ({ usd: peak, ground: colours[side], text: colours.onSide }));
  return [...clusters, { usd: picture.priceUsd, ground: colours.ink, text: colours.onInk }];
}

/** @param {Scene} scene */
export function drawPriceAxis(context, scene, { width, height }) {
  drawTickLabels(context, scene, width);
  context.font = scene.font(650, 12.5);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const pill of pills(scene)) {
    const at = scene.yOf(pill.usd);
    if (at < 0 || at > height) continue;
    const y = Math.min(height - HEIGHT / 2 - 1, Math.max(HEIGHT / 2 + 1, at));
    context.beginPath();
    context.roundRect(1, y - HEIGHT / 2, width - 3, HEIGHT, 6);
    context.fillStyle = pill.ground;
    context.fill();
    if (pill.rim) {
      context.strokeStyle = pill.rim;
      context.lineWidth = 1.2;
      context.stroke();
    }
    context.fillStyle = pill.text;
    context.fillText(plainPrice(pill.usd, scene.money), width / 2 - 0.5, y + 1, width - 6);
  }
}

/** Prices beside the map; those that would touch a pill are dropped. @param {Scene} scene */
function drawTickLabels(context, scene, width) {
  const taken = pills(scene).map(({ usd }) => scene.yOf(usd));
  context.font = scene.font(450, 11.5);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = scene.colours.quiet;
  for (const { usd, y } of priceTicks(scene)) {
    const isTouching = taken.some((pillY) => Math.abs(pillY - y) < HEIGHT / 2 + 7);
    if (!isTouching) context.fillText(plainPrice(usd, scene.money), width / 2, y + 1, width - 4);
  }
}

/**
 * Round prices in the reader's currency, far enough apart to be read.
 * @param {Scene} scene
 * @returns {{usd: number, y: number}[]}
 */
export function priceTicks(scene) {
  const factor = rate(scene.money);
  const [high, low] = [scene.usdAt(0) * factor, scene.usdAt(scene.paneHeight) * factor];
  const least = ((high - low) * LEAST_BETWEEN_TICKS) / scene.paneHeight;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((size) => size * power >= least) * power;
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    const y = scene.yOf((i * step) / factor);
    if (y > 10 && y < scene.paneHeight - 8) ticks.push({ usd: (i * step) / factor, y });
  }
  return ticks;
}

/** Hours and days under the map, and where now is. @param {Scene} scene */
export function drawTimeAxis(context, scene, { height }) {
  context.font = scene.font(450, 11.5);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = scene.colours.quiet;
  const hasNow = scene.cutColumn === null && scene.nowX <= scene.paneWidth + 1;
  const nowAt = scene.profileX + scene.profileWidth / 2;
  const right = hasNow ? nowAt - 44 : scene.paneWidth - 18;
  for (const { x, text } of timeTicks(scene)) {
    if (x > 20 && x < right) context.fillText(text, x, height / 2 + 1);
  }
  if (hasNow) context.fillText(say('now'), nowAt, height / 2 + 1);
}

/**
 * Round instants of the reader's clock, far enough apart to be read.
 * @param {Scene} scene
 * @returns {{x: number, text: string}[]}
 */
function timeTicks(scene) {
  const { picture, spacing, clock, paneWidth } = scene;
  const perPixel = picture.cadenceMs / spacing;
  const step = TIME_STEPS.find((size) => size / perPixel >= LEAST_BETWEEN_TIMES) ?? TIME_STEPS.at(-1);
  const start = picture.firstEndMs + clock.offsetMs;
  const origin = scene.xOf(0);
  const first = Math.ceil((start - origin * perPixel) / step) * step;
  const ticks = [];
  for (let at = first; ; at += step) {
    const x = origin + (at - start) / perPixel;
    if (x > paneWidth) return ticks;
    ticks.push({ x, text: timeLabel(at) });
  }
}

/** @param {number} local epoch ms of the reader's clock as if it were UTC */
function timeLabel(local) {
  if (local % DAY_MS) return new Date(local).toISOString().slice(11, 16);
  return days.format(local);
}
