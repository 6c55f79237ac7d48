/** The bottom layer: heat in one drawImage, then hatching where data is missing. */

import { priceTicks } from '#heatmap/axis_drawing';
import { columnsWithoutCandles, edge } from '#heatmap/picture';

const SLICE = 8; // bins
/** Of each picture: looked for once, not in every frame of a pan. */
const missing = new WeakMap();

/** @typedef {import('#heatmap/scene').Scene} Scene */

export class HeatLayer {
  #view;

  /** @param {Scene} scene */
  constructor(scene) {
    const renderer = {
      draw() {},
      drawBackground: (target) => {
        if (scene.isReady) target.useBitmapCoordinateSpace((space) => draw(space, scene));
      },
    };
    this.#view = { zOrder: () => 'bottom', renderer: () => renderer };
  }

  updateAllViews() {}

  paneViews() {
    return [this.#view];
  }
}

/** @param {Scene} scene */
function draw({ context, horizontalPixelRatio: rx, verticalPixelRatio: ry }, scene) {
  const { picture, bitmap, cutColumn, spacing } = scene;
  const { left, top, width, height } = scene.heatBox;
  const shown = cutColumn === null ? picture.columns : cutColumn + 1;
  if (bitmap) {
    const x = Math.round(left * rx);
    const right = Math.round((left + spacing * shown) * rx);
    const y = Math.round(top * ry);
    context.imageSmoothingEnabled = false;
    if (scene.isEven) context.drawImage(bitmap, 0, 0, shown, picture.bins, x, y, right - x, Math.round((top + height) * ry) - y);
    else drawBySlices(context, scene, bitmap, shown, [x, right, ry]);
  }
  context.save();
  context.scale(rx, ry);
  context.fillStyle = scene.colours.grid;
  for (const tick of priceTicks(scene)) context.fillRect(0, tick.y - 0.5, scene.profileX, 1);
  for (const paint of scene.under) paint(context, scene);
  for (const [from, to] of gaps(scene)) hatch(context, from, to, scene);
  context.restore();
}

/** On a linear axis the bins of a log grid grow upwards: a few at a time are drawn as if even. */
function drawBySlices(context, scene, bitmap, shown, [x, right, ry]) {
  const { picture } = scene;
  for (let bin = 0; bin < picture.bins; bin += SLICE) {
    const last = Math.min(picture.bins, bin + SLICE);
    const top = Math.round(scene.yOf(edge(picture, last)) * ry);
    const bottom = Math.round(scene.yOf(edge(picture, bin)) * ry);
    context.drawImage(bitmap, 0, picture.bins - last, shown, last - bin, x, top, right - x, bottom - top);
  }
}

/** Where data is missing, as spans of pixels. @param {Scene} scene */
function gaps(scene) {
  const { picture, spacing, silentSince } = scene;
  if (!missing.has(picture)) missing.set(picture, columnsWithoutCandles(picture));
  const spans = missing.get(picture).map(([first, last]) => [scene.xOf(first) - spacing / 2, scene.xOf(last) + spacing / 2]);
  if (silentSince) {
    const x = scene.nowX;
    spans.push([x - Math.max(6, silentSince / picture.cadenceMs * spacing), x]);
  }
  return spans;
}

function hatch(context, from, to, { paneHeight, colours }) {
  context.save();
  context.beginPath();
  context.rect(from, 0, to - from, paneHeight);
  context.clip();
  context.globalAlpha = 0.6;
  context.fillStyle = colours.plate;
  context.fillRect(from, 0, to - from, paneHeight);
  context.globalAlpha = 0.7;
  context.strokeStyle = colours.quiet;
  context.lineWidth = 1;
  context.beginPath();
  for (let y = -((to - from) | 0) - 10; y < paneHeight; y += 8) {
    context.moveTo(from, y + (to - from));
    context.lineTo(to, y);
  }
  context.stroke();
  context.restore();
}
