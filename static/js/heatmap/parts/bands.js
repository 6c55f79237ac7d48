/** Net: longs against shorts in four bands of distance. */

import { say } from '#words';

const SVG = 'http://www.w3.org/2000/svg';
const NBSP = '\u00a0';

/** @param {import('#heatmap/widget').Page} page */
export function mountBands({ store, part }) {
  const show = () => {
    const bands = store.values.picture?.meta.bands ?? [];
    part('bands').replaceChildren(...bands.map(bandElement));
  };
  show();
  return store.on(['picture'], show);
}

function bandElement([from, to, long, short]) {
  const element = document.createElement('p');
  element.append(bar(long / (long + short || 1)), `${from}–${to}${NBSP}% `, verdict(long, short));
  return element;
}

function verdict(long, short) {
  const [larger, smaller] = long >= short ? [long, short] : [short, long];
  const strong = document.createElement('strong');
  if (!larger) {
    strong.textContent = '–';
    return strong;
  }
  const side = document.createElement('span');
  side.className = long >= short ? 'long' : 'short';
  side.textContent = long >= short ? '▼' : '▲';
  side.setAttribute('role', 'img');
  const ratio = smaller ? Math.min(99, larger / smaller) : 99;
  const text = ratio < 10 ? ratio.toFixed(1) : String(Math.round(ratio));
  const words = say(long >= short ? 'ratio_below' : 'ratio_above', { ratio: text });
  side.setAttribute('aria-label', words);
  strong.title = words;
  strong.append(`${text}${NBSP}`, side);
  return strong;
}

function bar(longShare) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('aria-hidden', 'true');
  const left = Math.max(0, Math.min(1, longShare)) * 100;
  for (const [name, x, width] of [['band-long', 0, left - 1], ['band-short', left + 1, 100 - left - 1]]) {
    const rect = document.createElementNS(SVG, 'rect');
    rect.setAttribute('class', name);
    rect.setAttribute('x', `${x}%`);
    rect.setAttribute('width', `${Math.max(0, width)}%`);
    rect.setAttribute('height', '8');
    svg.append(rect);
  }
  return svg;
}
