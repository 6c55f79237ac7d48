/** The map in words: a table of the largest clusters, and a summary that is spoken now and then. */

import { amount, distance, price } from '#heatmap/money';
import { cluster } from '#heatmap/picture';
import { say } from '#words';

const LEAST_BETWEEN_MS = 10_000;

/** @param {import('#heatmap/widget').Page} page */
export function mountTwin({ root, store, part, scene }) {
  let spokenAt = -Infinity;
  let spoken = '';

  function showTable() {
    const { listed, picture, money } = store.values;
    if (!picture) return;
    part('twin').replaceChildren(...listed.map((one) => row(cluster(one, picture.priceUsd), money)));
  }

  function speak() {
    const { picture, money } = store.values;
    if (!picture || performance.now() - spokenAt < LEAST_BETWEEN_MS) return;
    const text = say('summary', {
      market: root.dataset.base,
      price: price(picture.priceUsd, money),
      above: nearest(scene, 'short', money),
      below: nearest(scene, 'long', money),
    });
    const facts = text.replace(/[\d.,]+/g, '');
    if (facts === spoken && part('summary').textContent) return;
    spoken = facts;
    spokenAt = performance.now();
    part('summary').textContent = text;
  }

  const stops = [store.on(['listed', 'money'], showTable), store.on(['picture'], speak)];
  return () => stops.forEach((stop) => stop());
}

function row({ side, peak, distance: far, usd }, money) {
  const element = document.createElement('tr');
  const name = side === 'short' ? `▲ ${say('shorts')}` : `▼ ${say('longs')}`;
  const cells = [name, price(peak, money), distance(far), amount(usd, money)];
  element.append(...cells.map((text) => Object.assign(document.createElement('td'), { textContent: text })));
  element.dataset.usd = String(usd);
  return element;
}

function nearest({ clusters }, side, money) {
  const found = clusters.find((one) => one.side === side);
  if (!found) return say(side === 'short' ? 'none_above' : 'none_below');
  const values = { distance: distance(found.distance), amount: amount(found.usd, money) };
  return say(side === 'short' ? 'summary_above' : 'summary_below', values);
}
