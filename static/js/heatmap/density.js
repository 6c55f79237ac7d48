/**
 * Codes → one bitmap, a pixel per cell, the highest price in the first row. Built anew when the
 * picture, the palette or the range changes; never while someone pans.
 */

import { LONG, SHORT, usdOfCode } from '#heatmap/frame';
import { colourOfCode } from '#heatmap/palette';
import { toneOfCode } from '#heatmap/scales';

/** @typedef {import('#heatmap/frame').Frame} Frame */
/** @typedef {import('#heatmap/scales').Range} Range */
/** @typedef {{codes: Uint8Array, shorts: Uint8Array, columns: number, bins: number}} Layer */

/**
 * One code per cell: both sides added up, or the difference of both; `shorts` is 1 where shorts
 * prevail. Row by row from the highest bin, as a bitmap wants it.
 * @param {Frame} picture
 * @param {{sides: string[], isNet: boolean}} selection
 * @returns {Layer}
 */
export function flatten(picture, { sides, isNet }) {
  const { columns, bins, codes: stored } = picture;
  const codes = new Uint8Array(columns * bins);
  const shorts = new Uint8Array(columns * bins);
  const [withLongs, withShorts] = [sides.includes('long'), sides.includes('short')];
  const combine = isNet ? differenceOf(picture) : sumOf(picture);
  for (let column = 0; column < columns; column++) {
    const longAt = (column * 2 + LONG) * bins;
    const shortAt = (column * 2 + SHORT) * bins;
    for (let bin = 0; bin < bins; bin++) {
      const long = withLongs ? stored[longAt + bin] : 0;
      const short = withShorts ? stored[shortAt + bin] : 0;
      if (!(long | short)) continue;
      const at = (bins - 1 - bin) * columns + column;
      codes[at] = long && short ? combine(long, short) : long | short;
      shorts[at] = short > long ? 1 : 0;
    }
  }
  return { codes, shorts, columns, bins };
}

/**
 * Paint a layer on a canvas of its own size.
 * @param {Layer} layer
 * @param {{usd: Float64Array, range: Range, palette: import('#heatmap/palette').Palette}} look
 * @param {OffscreenCanvas} canvas resized when needed
 */
export function paint({ codes, shorts, columns, bins }, { usd, range, palette }, canvas) {
  if (canvas.width !== columns || canvas.height !== bins) {
    canvas.width = columns;
    canvas.height = bins;
  }
  const tones = toneOfCode(usd, range);
  const colours = [colourOfCode(tones, palette.long), colourOfCode(tones, palette.short)];
  const image = new ImageData(columns, bins);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < codes.length; i++) pixels[i] = colours[shorts[i]][codes[i]];
  canvas.getContext('2d').putImageData(image, 0, 0);
}

/**
 * The rows of a layer between two bins, for counting.
 * @param {Layer} layer
 * @param {number} lowBin
 * @param {number} highBin
 */
export function rowsBetween({ codes, columns, bins }, lowBin, highBin) {
  return codes.subarray((bins - 1 - highBin) * columns, (bins - lowBin) * columns);
}

/** @param {Frame} picture */
function sumOf(picture) {
  const { usd, codeOf } = tables(picture);
  return (long, short) => codeOf(usd[long] + usd[short]);
}

/** @param {Frame} picture */
function differenceOf(picture) {
  const { usd, codeOf } = tables(picture);
  return (long, short) => codeOf(Math.abs(usd[long] - usd[short]));
}

/** @param {Frame} picture */
function tables(picture) {
  const usd = usdOfCode(picture);
  const step = Math.log(picture.highUsd / picture.lowUsd) / 254;
  const codeOf = (value) => {
    const code = Math.round(Math.log(value / picture.lowUsd) / step) + 1;
    return Math.max(0, Math.min(255, code));
  };
  return { usd, codeOf };
}
