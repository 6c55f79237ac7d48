/** The map by keyboard: arrows move a cell, pages jump between clusters, letters open things. */

import { amount, distance, price } from '#heatmap/money';
import { binOf, cell, centre, columnAt } from '#heatmap/picture';
import { prefer, preference } from '#preferences';
import { say } from '#words';

const VIEWS = ['live', 'historical', 'venue', 'age', 'net'];

/** @param {import('#heatmap/widget').Page} page */
export function mountKeyboard({ store, scene, chart, part, go, clock, signal }) {
  const canvas = part('canvas');

  function move(columns, bins) {
    const { picture } = store.values;
    const from = store.values.cursor ?? { column: picture.columns - 1, bin: binOf(picture, picture.priceUsd) };
    place(from.column + columns, from.bin + bins);
  }

  function place(column, bin) {
    const { picture } = store.values;
    const at = Math.max(0, Math.min(picture.columns - 1, column));
    const level = Math.max(0, Math.min(picture.bins - 1, bin));
    chart.reveal(at, centre(picture, level));
    store.set({ cursor: { column: at, bin: level, endMs: scene.timeOf(at) } });
    announce();
  }

  function nextCluster(direction) {
    const { picture, listed, cursor } = store.values;
    const here = cursor ? centre(picture, cursor.bin) : picture.priceUsd;
    const peaks = listed.map(([, , , peak]) => peak).sort((a, b) => direction * (a - b));
    const next = peaks.find((peak) => direction * (peak - here) > here * 1e-4 && binOf(picture, peak) !== cursor?.bin);
    if (next) place(picture.columns - 1, binOf(picture, next));
  }

  function announce() {
    const { picture, cursor, money } = store.values;
    const usd = centre(picture, cursor.bin);
    const { long, short } = cell(picture, cursor.column, cursor.bin);
    const heat = long + short ? `${amount(long + short, money)} ${say(short > long ? 'short_lower' : 'long_lower')}` : say('empty_cell');
    part('summary').textContent = say('cell', {
      price: price(usd, money), distance: distance(usd / picture.priceUsd - 1), amount: heat, time: clock.time(scene.timeOf(cursor.column)),
    });
  }

  const [help, letters] = [part('keys'), part('keys-letters')];
  letters.checked = preference('letters') !== 'off';
  letters.addEventListener('change', () => prefer('letters', letters.checked ? null : 'off'), { signal });
  help.addEventListener('close', () => canvas.focus(), { signal });
  function openHelp() {
    help.showModal();
  }

  const step = (event) => (event.shiftKey ? 10 : 1);
  const keys = {
    ArrowLeft: (event) => move(-step(event), 0),
    ArrowRight: (event) => move(step(event), 0),
    ArrowUp: (event) => move(0, step(event)),
    ArrowDown: (event) => move(0, -step(event)),
    PageUp: () => nextCluster(1),
    PageDown: () => nextCluster(-1),
    Home: () => place(0, store.values.cursor?.bin ?? binOf(store.values.picture, store.values.picture.priceUsd)),
    End: () => place(columnAt(store.values.picture, Infinity), store.values.cursor?.bin ?? binOf(store.values.picture, store.values.picture.priceUsd)),
    '+': () => chart.zoomTime(1.5),
    '=': () => chart.zoomTime(1.5),
    '-': () => chart.zoomTime(1 / 1.5),
    '[': () => chart.zoomPrice(1 / 1.3),
    ']': () => chart.zoomPrice(1.3),
    f: () => chart.fit(),
    l: () => store.set({ layersOpen: !store.values.layersOpen }),
    '?': openHelp,
    Escape: () => store.set({ cursor: null }),
    ...Object.fromEntries(VIEWS.map((view, i) => [String(i + 1), () => go({ view, at: null })])),
  };

  canvas.setAttribute('aria-keyshortcuts', 'F L ? 1 2 3 4 5 + - PageUp PageDown Home End Escape');
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !store.values.picture) return;
    if (/^[a-z]$/i.test(event.key) && preference('letters') === 'off') return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  }, { signal });
}
