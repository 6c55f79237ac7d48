/** A strip of heat around the price: tones of the newest column in the reader's palette. */

import { inPalette, tonesOf } from '#pages/tones';

const REACH = 0.05; // of the price, on either side

/** @param {HTMLCanvasElement} element with a digit per cell in `data-tones`; `data-above` and `data-below`
 *   are the distances of the nearest clusters, as fractions of the price */
export function mount(element) {
  const tones = tonesOf(element.dataset.tones);
  return inPalette((ramp) => drawStrip(element, tones, ramp));
}

function drawStrip(canvas, tones, ramp) {
  const { width, height } = canvas;
  const context = canvas.getContext('2d');
  const style = getComputedStyle(canvas);
  context.clearRect(0, 0, width, height);
  const cell = width / tones.length;
  tones.forEach((tone, index) => {
    const [red, green, blue, alpha] = ramp.subarray(4 * tone, 4 * tone + 4);
    context.fillStyle = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
    context.fillRect(index * cell, 0, cell + 0.5, height);
  });
  context.fillStyle = style.color;
  context.fillRect(width / 2 - 1, 0, 2, height);
  for (const [side, far] of [['short', canvas.dataset.above], ['long', canvas.dataset.below]]) {
    if (!far || Math.abs(far) > REACH) continue;
    drawTriangle(context, (0.5 + far / REACH / 2) * width, height, style.getPropertyValue(`--${side}`), style.getPropertyValue('--bg'));
  }
}

function drawTriangle(context, x, bottom, colour, rim) {
  context.beginPath();
  for (const [dx, y] of [[-7, bottom], [0, bottom - 11], [7, bottom]]) context.lineTo(x + dx, y);
  context.closePath();
  context.fillStyle = colour;
  context.strokeStyle = rim;
  context.lineWidth = 3;
  context.stroke();
  context.fill();
}
