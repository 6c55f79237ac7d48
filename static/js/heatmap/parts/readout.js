/** The card: what would be force-closed in the cell under the cursor, in the reader's money. */

import { amount, distance, other, percent, price, rate } from '#heatmap/money';
import { cell, centre, columnAt } from '#heatmap/picture';
import { typedPrice } from '#plan/scale';
import { say } from '#words';

/** @param {import('#heatmap/widget').Page} page */
export function mountReadout({ root, store, scene, part, clock, signal }) {
  const card = part('readout');

  card.addEventListener('click', (event) => {
    if (event.target.closest('button')) store.set({ cursor: null });
  }, { signal });

  const stop = store.on(['cursor', 'picture', 'money', 'range'], show);

  function show() {
    const { cursor, picture, money } = store.values;
    card.hidden = !cursor || !picture;
    if (card.hidden) return;
    const column = columnAt(picture, cursor.endMs);
    if (column !== cursor.column) {
      store.set({ cursor: { ...cursor, column } });
      return;
    }
    const facts = describe(picture, cursor, store.values, clock);
    card.replaceChildren(...lines(facts, money), ...links(root, facts, money), closeButton(root));
    const y = scene.yOf(centre(picture, cursor.bin));
    card.classList.toggle('is-low', y !== null && y < scene.paneHeight / 2);
  }
  show();
  return stop;
}

/** What the card says about a cell. */
export function describe(picture, { column, bin }, { money, range, address }, clock) {
  const usd = centre(picture, bin);
  const at = (neighbour) => {
    if (neighbour < 0 || neighbour >= picture.columns) return null;
    const { long, short } = cell(picture, neighbour, bin);
    return long + short;
  };
  const { long, short } = cell(picture, column, bin);
  const chosen = address.venues.length ? address.venues : null;
  const venues = (picture.meta.venues ?? []).filter(({ venue, share }) => share > 0 && (!chosen || chosen.includes(venue)));
  return {
    usd, long, short, total: long + short,
    far: usd / picture.priceUsd - 1,
    share: range ? (long + short) / range.highUsd : 0,
    time: `${clock.time(picture.firstEndMs + column * picture.cadenceMs)} ${clock.label}`,
    venues: venues.slice(0, 3).map(({ name, share }) => `${name} ${percent(share, 0)}`).join(' · '),
    before: at(column - 1), next: at(column + 1), money,
  };
}

function lines(facts, money) {
  const { usd, total, long, short, far } = facts;
  const side = short > long ? 'short' : 'long';
  const top = paragraph(strong(price(usd, money), 'readout-price'), `  ${price(usd, other(money))} · ${distance(far, 2)}`);
  const arrow = Object.assign(document.createElement('span'), { className: side, textContent: side === 'short' ? '▲ ' : '▼ ' });
  const what = total
    ? paragraph(arrow, strong(`${amount(total, money)} ${say(`${side}_lower`)}`), ` · ${amount(total, other(money))} · ${say('of_max', { share: percent(Math.min(1, facts.share), 0) })}`)
    : paragraph(say('empty_cell'));
  const where = paragraph([facts.time, facts.venues].filter(Boolean).join(' · '));
  const around = paragraph(`${say('before')} ${bar(facts.before, money)} · `, strong(`${say('here')} ${bar(total, money)}`), ` · ${say('next')} ${bar(facts.next, money)}`);
  return [top, what, where, around];
}

function bar(usd, money) {
  return usd === null ? '–' : amount(usd, money);
}

function paragraph(...content) {
  const element = document.createElement('p');
  element.append(...content);
  return element;
}

function strong(text, className = '') {
  return Object.assign(document.createElement('strong'), { textContent: text, className });
}

/** Where this place leads: a stop here, a rule about it, a read of it. */
function links({ dataset }, { usd, far, long, short }, money) {
  const { market, pageUrl } = dataset;
  const near = far < 0 ? 'long' : 'short';
  const denser = short > long ? 'short' : 'long';
  return [
    link(`${pageUrl}plan/`, { side: near, stop: typedPrice(usd * rate(money)), cur: money.currency }, 'stop_here'),
    link('/alerts/new/', { market, kind: 'near', side: denser, price: String(usd) }, 'alert_here'),
    link('/journal/new/', { market, side: near, price: usd.toPrecision(9) }, 'log_read'),
  ];
}

function link(path, query, word) {
  return Object.assign(document.createElement('a'), {
    className: 'readout-link', href: `${path}?${new URLSearchParams(query)}`, textContent: say(word),
  });
}

function closeButton(root) {
  const button = root.querySelector('[data-part="layers-close"]').cloneNode(true);
  button.removeAttribute('data-part');
  return button;
}
