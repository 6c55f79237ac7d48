/** A picture of heat: a tone for each pixel of the canvas. */

import { colourOfCode } from '#heatmap/palette';
import { inPalette, tonesOf } from '#pages/tones';

/** @param {HTMLCanvasElement} element with a digit per pixel in `data-tones`, row by row from the top */
export function mount(element) {
  const tones = tonesOf(element.dataset.tones);
  const context = element.getContext('2d');
  const image = context.createImageData(element.width, element.height);
  return inPalette((ramp) => {
    new Uint32Array(image.data.buffer).set(colourOfCode(tones, ramp));
    context.putImageData(image, 0, 0);
  });
}
