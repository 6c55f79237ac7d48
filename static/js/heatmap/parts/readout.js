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
    card.replaceChildren(...lines(facts, money), stopLink(root, facts, money), alertLink(root, facts), readLink(root, facts), closeButton(root));
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

/** To the plan page, with a stop at this price. */
function stopLink(root, { usd, far }, money) {
  const query = new URLSearchParams({
    side: far < 0 ? 'long' : 'short', stop: typedPrice(usd * rate(money)), cur: money.currency,
  });
  return Object.assign(document.createElement('a'), {
    className: 'readout-stop', href: `${root.dataset.pageUrl}plan/?${query}`, textContent: say('stop_here'),
  });
}

/** To a new rule that is already about this place. */
function alertLink(root, { usd, long, short }) {
  const side = short > long ? 'short' : 'long';
  const words = new URLSearchParams({ market: root.dataset.market, kind: 'near', side, price: String(usd) });
  return Object.assign(document.createElement('a'), {
    className: 'readout-stop', href: `/alerts/new/?${words}`, textContent: say('alert_here'),
  });
}

/** To the journal, with a read of the cluster at this price. */
function readLink({ dataset }, { usd, far }) {
  const query = new URLSearchParams({ market: dataset.market, side: far < 0 ? 'long' : 'short', price: usd.toPrecision(9) });
  return Object.assign(document.createElement('a'), {
    className: 'readout-stop', href: `/journal/new/?${query}`, textContent: say('log_read'),
  });
}

function closeButton(root) {
  const button = root.querySelector('[data-part="layers-close"]').cloneNode(true);
  button.removeAttribute('data-part');
  return button;
}
