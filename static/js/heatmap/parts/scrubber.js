/** Historical: choose the moment, step back a bar, or play forward. */

import { columnAt, endOf } from '#heatmap/picture';

const PLAY_MS = 120;
const OPENING_SHARE = 0.7; // of the window: enough past to read, enough after it to judge

/** @param {import('#heatmap/widget').Page} page */
export function mountScrubber({ store, part, go, clock, signal }) {
  const [slider, time, play] = [part('scrub'), part('scrub-time'), part('scrub-play')];
  let timer = 0;

  const column = () => columnAt(store.values.picture, store.values.address.at ?? Infinity);
  const moveTo = (next) => {
    const { picture } = store.values;
    const inside = Math.max(0, Math.min(picture.columns - 1, next));
    go({ at: endOf(picture, inside) }, { replace: true });
  };
  const pause = () => {
    clearInterval(timer);
    timer = 0;
    play.setAttribute('aria-pressed', 'false');
  };

  function show() {
    const { picture, address } = store.values;
    if (!picture || address.view !== 'historical') return pause();
    slider.max = String(picture.columns - 1);
    slider.value = String(column());
    time.textContent = clock.dayAndTime(endOf(picture, column()));
    slider.setAttribute('aria-valuetext', time.textContent);
  }

  slider.addEventListener('input', () => moveTo(Number(slider.value)), { signal });
  part('scrub-back').addEventListener('click', () => moveTo(column() - 1), { signal });
  play.addEventListener('click', () => {
    if (timer) return pause();
    const { picture } = store.values;
    if (column() >= picture.columns - 1) moveTo(0);
    play.setAttribute('aria-pressed', 'true');
    timer = setInterval(() => (column() >= store.values.picture.columns - 1 ? pause() : moveTo(column() + 1)), PLAY_MS);
  }, { signal });

  const look = () => {
    const { address, picture } = store.values;
    const isUnset = address.view === 'historical' && address.at === null && picture;
    if (isUnset) queueMicrotask(() => moveTo(Math.round(picture.columns * OPENING_SHARE)));
    show();
  };
  look();
  const stop = store.on(['picture', 'address'], look);
  return () => {
    pause();
    stop();
  };
}
