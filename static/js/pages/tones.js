/** Small still pictures of heat: tones from text, in the reader's palette. */

import { ENTRIES, PALETTES } from '#heatmap/palette';
import { preference } from '#preferences';

const BASE = 32;

/**
 * Entries of a ramp, one for each digit of base 32.
 * @param {string} digits
 */
export function tonesOf(digits) {
  return Uint8Array.from(digits, (digit) => (parseInt(digit, BASE) * (ENTRIES - 1)) / (BASE - 1));
}

/**
 * Draw now, and again whenever the theme changes.
 * @param {(ramp: import('#heatmap/palette').Ramp) => void} draw
 * @returns {() => void} stop
 */
export function inPalette(draw) {
  const redraw = () => {
    const isLight = document.documentElement.dataset.theme === 'light';
    draw((PALETTES[preference('palette')] ?? PALETTES[isLight ? 'paper' : 'viridis']).long);
  };
  redraw();
  const themed = new MutationObserver(redraw);
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => themed.disconnect();
}
