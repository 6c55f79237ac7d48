/** What lies over the candles. Each function draws one thing and reads only the scene. */

import { usdOfCode } from '#heatmap/frame';
import { amount, distance } from '#heatmap/money';
import { binOf, edge } from '#heatmap/picture';
import { placeTags } from '#heatmap/tags';
import { say } from '#words';

/** @typedef {import('#heatmap/scene').Scene} Scene */

const TAG_PADDING = 11;
const TAG_SPACE = 10;
const MOST_WIDTHS = 200;
/** @type {Map<string, number>} */
const widths = new Map();

/** The newest column laid out as bars, right of now. @param {Scene} scene */
export function drawProfile(context, scene) {
  const { picture, profileX, profileWidth, paneWidth, paneHeight, colours } = scene;
  context.fillStyle = colours.strip;
  context.fillRect(profileX, 0, paneWidth - profileX, paneHeight);
  const usd = usdOfCode(picture);
  const start = (picture.columns - 1) * 2 * picture.bins;
  const shown = ['long', 'short'].map((side) => scene.sides.includes(side));
  const widest = peak(picture.codes.subarray(start), usd, scene);
  const { first, last, yOfBin } = visibleBins(scene);
  for (const side of [0, 1].filter((one) => shown[one])) {
    context.fillStyle = side ? colours.short : colours.long;
    for (let bin = first; bin <= last; bin++) {
      const code = picture.codes[start + side * picture.bins + bin];
      if (!code) continue;
      const [top, bottom, share] = [yOfBin(bin + 1), yOfBin(bin), usd[code] / widest];
      context.globalAlpha = 0.45 + 0.55 * share;
      context.fillRect(profileX, top, Math.max(0.8, share * (profileWidth - 8)), Math.max(0.5, bottom - top - 0.35));
    }
  }
  context.globalAlpha = 1;
  context.fillStyle = colours.line;
  context.fillRect(profileX - 0.5, 0, 1, paneHeight);
  for (const { side, peak: usdAtPeak } of scene.densest) drawDiamond(context, paneWidth - 7, scene.yOf(usdAtPeak), colours[side]);
}

/** The densest cluster of a side, where it is not the tagged one. */
function drawDiamond(context, x, y, colour) {
  context.fillStyle = colour;
  context.beginPath();
  for (const [dx, dy] of [[0, -6], [6, 0], [0, 6], [-6, 0]]) context.lineTo(x + dx, y + dy);
  context.fill();
}

function peak(codes, usd, scene) {
  const { first, last } = visibleBins(scene);
  let highest = 1;
  for (let bin = first; bin <= last; bin++) highest = Math.max(highest, codes[bin], codes[scene.picture.bins + bin]);
  return usd[highest];
}

/** The bins on the pane; their edges lie evenly where the axis is as the grid is. @param {Scene} scene */
function visibleBins(scene) {
  const { picture, paneHeight } = scene;
  const { top, height } = scene.heatBox;
  const even = (bin) => top + height - (bin * height) / picture.bins;
  const yOfBin = scene.isEven ? even : (bin) => scene.yOf(edge(picture, bin));
  return { yOfBin, first: binOf(picture, scene.usdAt(paneHeight)), last: binOf(picture, scene.usdAt(0)) };
}

/** @param {Scene} scene */
export function drawPriceLine(context, scene) {
  dotted(context, 0, scene.paneWidth, scene.yOf(scene.picture.priceUsd), scene.colours.ink, [3, 3], 1.2);
}

/** Historical: heat ends here, candles go on. @param {Scene} scene */
export function drawCut(context, scene) {
  const x = scene.xOf(scene.cutColumn) + scene.spacing / 2;
  context.strokeStyle = scene.colours.ink;
  context.lineWidth = 1.4;
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, scene.paneHeight);
  context.stroke();
  context.setLineDash([]);
  context.font = scene.font(650, 12);
  context.textBaseline = 'middle';
  label(context, say('as_of_then'), x - 6, 'right', scene);
  label(context, say('what_happened'), x + 6, 'left', scene);
}

function label(context, text, x, align, { paneWidth, colours: { ink, plate } }) {
  const { width } = context.measureText(text);
  if (align === 'left' ? x + width > paneWidth : x < width) return;
  context.textAlign = align;
  context.lineWidth = 3;
  context.strokeStyle = plate;
  context.lineJoin = 'round';
  context.strokeText(text, x, 14);
  context.fillStyle = ink;
  context.fillText(text, x, 14);
}

/** Tags with leader and bracket for the nearest clusters. @param {Scene} scene */
export function drawTags(context, scene) {
  context.font = scene.font(650, 13);
  scene.tags = placeTags(scene.clusters.map((one) => wanted(one, scene)), room(context, scene));
  for (const tag of scene.tags) {
    const { cluster } = tag;
    const colour = scene.colours[cluster.side];
    const now = scene.profileX;
    if (!tag.isPinned) {
      drawBracket(context, cluster, colour, now, scene);
      dotted(context, tag.x + tag.width, now - 8, scene.yOf(cluster.peak), colour, [1.5, 3], 1.3);
    }
    drawTag(context, tag, colour, scene.colours);
  }
}

function wanted(cluster, scene) {
  const isShort = cluster.side === 'short';
  const arrow = isShort ? '▲' : '▼';
  return {
    cluster,
    y: scene.yOf(cluster.peak),
    long: `${arrow} ${say(isShort ? 'shorts' : 'longs')} ${amount(cluster.usd, scene.money)}`,
    short: arrow,
    far: distance(cluster.distance),
  };
}

function room(context, scene) {
  const reachOf = candleReach(scene);
  return {
    right: scene.profileX - 24,
    height: scene.paneHeight,
    measure: (text, far) => widthOf(context, text) + widthOf(context, far) + TAG_SPACE + 2 * TAG_PADDING,
    isBusy: (left, right, top, bottom) => {
      const last = scene.columnAt(right);
      for (let column = scene.columnAt(left); column <= last; column++) {
        const reach = reachOf(column);
        if (reach[0] < bottom + 3 && reach[1] > top - 3) return true;
      }
      return false;
    },
  };
}

/** The width of a text, measured once: tags say the same in every frame of a pan. */
function widthOf(context, text) {
  const key = `${context.font} ${text}`;
  if (!widths.has(key)) {
    if (widths.size >= MOST_WIDTHS) widths.clear();
    widths.set(key, context.measureText(text).width);
  }
  return widths.get(key);
}

/** Tells top and bottom of a candle on the pane; NaN, which is never in the way, in a gap. */
function candleReach(scene) {
  const { candles } = scene.picture;
  const known = [];
  const measured = (column) => {
    const [high, low] = [candles[4 * column + 1], candles[4 * column + 2]];
    return Number.isNaN(high) ? [NaN, NaN] : [scene.yOf(high), scene.yOf(low)];
  };
  return (column) => (known[column] ??= measured(column));
}

function drawBracket(context, cluster, colour, x, scene) {
  const [top, bottom] = [scene.yOf(cluster.high), scene.yOf(cluster.low)];
  const [from, to] = bottom - top < 8 ? [(top + bottom) / 2 - 4, (top + bottom) / 2 + 4] : [top, bottom];
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - 6, from);
  context.lineTo(x - 1, from);
  context.lineTo(x - 1, to);
  context.lineTo(x - 6, to);
  context.stroke();
}

function drawTag(context, { x, y, width, height, text, far }, colour, { ground, text: bright }) {
  context.beginPath();
  context.roundRect(x, y - height / 2, width, height, 7);
  context.fillStyle = ground;
  context.fill();
  context.strokeStyle = colour;
  context.lineWidth = 1.3;
  context.stroke();
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = colour;
  context.fillText(text, x + TAG_PADDING, y + 1);
  context.textAlign = 'right';
  context.fillStyle = bright;
  context.fillText(far, x + width - TAG_PADDING, y + 1);
}

/** The cell under the finger. @param {Scene} scene */
export function drawCursor(context, scene) {
  const { column, bin } = scene.cursor;
  const { picture, spacing, colours, paneWidth, paneHeight } = scene;
  const x = scene.xOf(column);
  const [top, bottom] = [scene.yOf(edge(picture, bin + 1)), scene.yOf(edge(picture, bin))];
  const y = (top + bottom) / 2;
  context.fillStyle = colours.ink;
  context.globalAlpha = 0.75;
  context.fillRect(x - 0.5, 0, 1, paneHeight);
  context.fillRect(0, y - 0.5, paneWidth, 1);
  context.globalAlpha = 1;
  const [width, height] = [Math.max(11, spacing), Math.max(9, bottom - top)];
  context.fillStyle = colours.plate;
  context.fillRect(x - width / 2 - 1, y - height / 2 - 1, width + 2, height + 2);
  if (scene.bitmap) {
    context.imageSmoothingEnabled = false;
    context.drawImage(scene.bitmap, column, picture.bins - 1 - bin, 1, 1, x - width / 2, y - height / 2, width, height);
  }
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  context.strokeRect(x - width / 2, y - height / 2, width, height);
}

function dotted(context, from, to, y, colour, dash, width) {
  if (to <= from) return;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(from, y);
  context.lineTo(to, y);
  context.stroke();
  context.setLineDash([]);
}
