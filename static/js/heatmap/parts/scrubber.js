/** Historical: choose any moment, step a bar, play forward at a speed. */

import { columnAt, endOf } from '#heatmap/picture';
import { say } from '#words';

const SPEEDS = [1, 2, 4, 8];
const BARS_PER_S = 4; // at speed 1
const OPENING_SHARE = 0.7; // of the window: enough past to read, enough after it to judge

/** @param {import('#heatmap/widget').Page} page */
export function mountScrubber({ store, part, go, clock, signal }) {
  const [slider, time, play, speed, moment] = ['scrub', 'scrub-time', 'scrub-play', 'scrub-speed', 'scrub-moment'].map(part);
  let timer = 0;
  let factor = 1;

  const at = () => store.values.address.at ?? lastHeat();
  const lastHeat = () => endOf(store.values.picture, columnAt(store.values.picture, store.values.picture.asOfMs));
  const moveTo = (ms) => {
    const { liveMs } = store.values;
    go({ at: Math.round(Math.min(ms, liveMs) / 60_000) * 60_000 }, { replace: true });
  };
  const step = (columns) => {
    const { picture } = store.values;
    moveTo(endOf(picture, Math.round((at() - picture.firstEndMs) / picture.cadenceMs) + columns));
  };
  const pause = () => {
    clearInterval(timer);
    timer = 0;
    play.setAttribute('aria-pressed', 'false');
    store.set({ isPlaying: false });
  };
  const run = () => {
    clearInterval(timer);
    play.setAttribute('aria-pressed', 'true');
    store.set({ isPlaying: true });
    timer = setInterval(() => {
      const { picture, liveMs } = store.values;
      if (at() >= Math.min(liveMs, lastHeat()) && liveMs <= lastHeat()) pause();
      else if (at() <= lastHeat()) step(1);
    }, 1000 / (BARS_PER_S * factor));
  };

  function show() {
    const { picture, address } = store.values;
    if (!picture || address.view !== 'historical') return timer ? pause() : undefined;
    slider.max = String(columnAt(picture, picture.asOfMs));
    slider.value = String(columnAt(picture, at()));
    time.textContent = `${clock.dayAndTime(at())} ${clock.label}`;
    slider.setAttribute('aria-valuetext', time.textContent);
    if (document.activeElement !== moment) moment.value = clock.inputValue(at());
  }

  slider.addEventListener('input', () => moveTo(endOf(store.values.picture, Number(slider.value))), { signal });
  part('scrub-back').addEventListener('click', () => step(-1), { signal });
  part('scrub-forward').addEventListener('click', () => step(1), { signal });
  play.addEventListener('click', () => {
    if (timer) return pause();
    if (at() >= lastHeat() && store.values.liveMs <= lastHeat()) moveTo(store.values.picture.firstEndMs);
    run();
  }, { signal });
  speed.addEventListener('click', () => {
    factor = SPEEDS[(SPEEDS.indexOf(factor) + 1) % SPEEDS.length];
    speed.textContent = `${factor}×`;
    speed.setAttribute('aria-label', say('speed', { n: factor }));
    if (timer) run();
  }, { signal });
  moment.addEventListener('change', () => {
    const ms = clock.fromInput(moment.value);
    if (Number.isFinite(ms)) moveTo(ms);
  }, { signal });

  const look = () => {
    const { address, picture } = store.values;
    const isUnset = address.view === 'historical' && address.at === null && picture;
    if (isUnset) queueMicrotask(() => moveTo(endOf(picture, Math.round(picture.columns * OPENING_SHARE))));
    show();
  };
  look();
  const stop = store.on(['picture', 'address'], look);
  return () => {
    pause();
    stop();
  };
}
