/** The scale in money, its ramp, and the threshold slider that lies on it. */

import { usdOfCode } from '#heatmap/frame';
import { amount, binWidth, other } from '#heatmap/money';
import { amountAt, rankOf } from '#heatmap/percentiles';
import { fitRow } from '#row_fit';
import { say } from '#words';

/** @param {import('#heatmap/widget').Page} page */
export function mountLegend({ store, part, go, signal }) {
  const [legend, ramp, slider] = [part('legend'), part('ramp'), part('threshold')];
  const words = { left: part('legend-left-label').textContent, right: part('legend-right-label').textContent };

  slider.addEventListener('input', () => {
    const { counts, picture } = store.values;
    if (!counts) return;
    go({ lo: rounded(amountAt(counts, usdOfCode(picture), slider.value / 100)) }, { replace: true });
  }, { signal });

  const stop = store.on(['range', 'paletteShown', 'money', 'address'], show);

  function show() {
    const { range, picture, money, address, paletteShown, counts } = store.values;
    if (!range || !paletteShown) return;
    const isNet = address.view === 'net';
    legend.classList.toggle('is-net', isNet);
    part('legend-unit').textContent = say(isNet ? 'net_per_bin' : 'per_bin', { bin: binWidth(picture, money) });
    if (isNet) showNet(range, money);
    else showAmounts(range, money);
    fitRow(part('legend-unit').parentElement);
    const position = rankOf(counts, usdOfCode(picture), range.lowUsd);
    if (document.activeElement !== slider) slider.value = String(Math.round(position * 100));
    slider.setAttribute('aria-valuetext', amount(range.lowUsd, money));
    drawRamp(ramp, paletteShown, isNet ? null : position);
  }

  function showAmounts(range, money) {
    part('legend-left-label').textContent = words.left;
    part('legend-left-label').className = '';
    part('legend-left').textContent = amount(range.lowUsd, money);
    part('legend-right-label').textContent = words.right;
    part('legend-right-label').className = '';
    part('legend-right').textContent = amount(range.highUsd, money);
    part('legend-other').textContent = ` · ${amount(range.highUsd, other(money))}`;
  }

  function showNet(range, money) {
    part('legend-left-label').textContent = `▼ ${say('long_lower')}`;
    part('legend-left-label').className = 'long-word';
    part('legend-left').textContent = amount(range.highUsd, money);
    part('legend-right-label').textContent = `▲ ${say('short_lower')}`;
    part('legend-right-label').className = 'short-word';
    part('legend-right').textContent = amount(range.highUsd, money);
    part('legend-other').textContent = '';
  }

  return stop;
}

/** Two digits are enough for an address. @param {number} usd */
function rounded(usd) {
  return Number(usd.toPrecision(3));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import('#heatmap/palette').Palette} palette
 * @param {number | null} from where the ramp starts; null draws both sides from the middle
 */
function drawRamp(canvas, palette, from) {
  const { width } = canvas;
  const image = new ImageData(width, 1);
  for (let x = 0; x < width; x++) {
    const at = x / (width - 1);
    const share = from === null ? Math.abs(at - 0.5) * 2 : (at - from) / (1 - from);
    if (share < 0) continue;
    const side = from === null && at > 0.5 ? palette.short : palette.long;
    const entry = 4 * Math.round(255 * share);
    image.data.set(side.subarray(entry, entry + 4), 4 * x);
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}
