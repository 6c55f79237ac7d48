/** The header: price, change, and the pill that says how fresh the data is. */

import { fitRow } from '#row_fit';
import { change, other, price } from '#heatmap/money';
import { say, sayAge } from '#words';

const STALE_AFTER_S = 30;

/** @param {import('#heatmap/widget').Page} page */
export function mountPill({ root, store, part, clock, signal }) {
  const header = root.querySelector('.header');
  const [pill, word, age] = [part('pill'), part('pill-word'), part('pill-age')];

  function show() {
    const status = statusOf(store.values);
    const hasChanged = pill.dataset.state !== status.state;
    pill.dataset.state = status.state;
    word.textContent = say(status.state);
    if (hasChanged) fitRow(header);
    age.textContent = status.age === null ? '' : sayAge(status.age);
    const { picture } = store.values;
    pill.title = picture ? say('data_time', { time: `${clock.dayAndTime(picture.asOfMs)} ${clock.label}` }) : '';
    root.classList.toggle('is-stale', ['stale', 'offline', 'reconnecting'].includes(status.state));
    root.classList.toggle('is-replay', status.state === 'replay' || status.state === 'ended');
    store.set({ status: status.state, silent: status.state === 'stale' ? status.age * 1000 : null });
  }

  function showPrice() {
    const { picture, money } = store.values;
    if (!picture) return;
    part('price').textContent = price(picture.priceUsd, money);
    part('other-price').textContent = price(picture.priceUsd, other(money));
    part('change').textContent = change(picture.meta.change);
    if (picture.meta.feed?.kind === 'replay') {
      part('caption').textContent = clock.dayAndTime(picture.asOfMs);
    }
    fitRow(header);
  }

  const stops = [store.on(['picture', 'money'], showPrice), store.on(['picture', 'link', 'problem', 'address'], show)];
  window.addEventListener('resize', () => fitRow(header), { signal });
  const timer = setInterval(show, 1000);
  show();
  fitRow(header);
  return () => {
    clearInterval(timer);
    stops.forEach((stop) => stop());
  };
}

/**
 * @param {Record<string, any>} values
 * @returns {{state: string, age: number | null}}
 */
export function statusOf({ picture, link, problem, heardAt, address }) {
  const heard = (performance.now() - heardAt) / 1000;
  if (!picture) {
    const isComing = !problem || ['no_data', 'busy'].includes(problem);
    return { state: !isComing ? 'error' : link === 'retrying' ? 'reconnecting' : 'loading', age: null };
  }
  if (!navigator.onLine || link === 'retrying') {
    const age = picture.meta.feed?.kind === 'replay' ? null : (Date.now() - picture.asOfMs) / 1000;
    return { state: navigator.onLine ? 'reconnecting' : 'offline', age };
  }
  const feed = picture.meta.feed ?? { kind: 'live' };
  if (feed.state === 'ended') return { state: 'ended', age: null };
  if (feed.state === 'failed') return { state: 'error', age: null };
  if (feed.kind === 'simulated') return { state: 'simulated', age: null };
  if (feed.kind === 'replay' || address.view === 'historical') return { state: 'replay', age: null };
  const ages = (picture.meta.venues ?? []).filter(({ state }) => state !== 'absent').map(({ age_s }) => age_s ?? 0);
  const age = Math.max(0, ...ages) + heard;
  const isStale = heard > STALE_AFTER_S || (picture.meta.venues ?? []).some(({ state }) => state === 'stale');
  return isStale ? { state: 'stale', age } : { state: 'live', age: Math.min(age, heard + Math.min(...ages, 60)) };
}
