/**
 * Two venues side by side, on one price axis and one colour scale. The second pane is a map of its
 * own that follows the first one's look and range, and leads or follows its movements.
 */

import { frameQuery } from '#heatmap/address';
import { HeatChart } from '#heatmap/chart';
import { Feed } from '#heatmap/feed';
import { percent } from '#heatmap/money';
import { Painter } from '#heatmap/painter';
import { Scene } from '#heatmap/scene';
import { Store } from '#heatmap/store';
import { say } from '#words';

const SHARED = ['money', 'theme', 'plate'];

/** @param {import('#heatmap/widget').Page} page */
export function mountVersus(page) {
  const { root, store, part, go, signal } = page;
  const map = part('map');
  let second = null;

  const venues = () => (store.values.picture?.meta.venues ?? []).filter(({ state }) => state !== 'absent');
  const compare = chip();
  compare.addEventListener('click', () => {
    const { address } = store.values;
    const [first, next] = pairOf(venues(), address);
    if (address.vs || !next) go({ vs: '', venues: [] });
    else go({ venues: [first], vs: next });
  }, { signal });

  function look() {
    const { address, picture } = store.values;
    const row = part('venue-row');
    if (address.view === 'venue' && !compare.isConnected) row.prepend(compare);
    compare.setAttribute('aria-pressed', String(Boolean(address.vs)));
    compare.disabled = venues().length < 2 && !address.vs;
    const wanted = address.view === 'venue' && address.vs && picture ? address.vs : '';
    if (second && second.venue !== wanted) {
      second.close();
      second = null;
    }
    if (wanted && !second) second = openPane(page, wanted, map);
    if (second) second.label(venues(), address.venues[0]);
    root.classList.toggle('is-versus', Boolean(second));
  }

  const stop = store.on(['address', 'picture'], look);
  look();
  return () => {
    stop();
    second?.close();
  };
}

/** The venue shown first and the one to put beside it: the largest that is not shown yet. */
export function pairOf(venues, address) {
  const bySize = [...venues].sort((a, b) => b.share - a.share).map(({ venue }) => venue);
  const first = address.venues[0] ?? bySize[0];
  return [first, bySize.find((venue) => venue !== first)];
}

function openPane(page, venue, map) {
  const { root, store, scene: firstScene, chart: firstChart } = page;
  const pane = document.createElement('div');
  pane.className = 'map-second';
  pane.dataset.part = 'map';
  const canvas = Object.assign(document.createElement('div'), { className: 'map-canvas' });
  canvas.dataset.part = 'canvas';
  const names = [document.createElement('p'), document.createElement('p')];
  names.forEach((name, i) => { name.className = `pane-name pane-name-${i + 1}`; });
  pane.append(canvas);
  map.after(pane);
  map.append(...names);

  const shell = paneRoot(pane);
  const scene = new Scene();
  scene.clock = firstScene.clock;
  const addressOf = () => {
    const { address, range } = store.values;
    return { ...address, venues: [venue], lo: range?.lowUsd ?? null, hi: range?.highUsd ?? null };
  };
  const own = new Store({
    ...Object.fromEntries(SHARED.map((key) => [key, store.values[key]])),
    address: addressOf(), picture: null, listed: [], link: 'connecting', heardAt: 0, problem: null,
    range: null, counts: null, cursor: null, liveMs: Infinity,
  });
  const painter = new Painter(shell, scene, own);
  const chart = new HeatChart(canvas, scene, { onTap: () => {} });
  painter.chart = chart;
  firstChart.showAxis(false);
  const feed = new Feed(own, { framePath: root.dataset.frameUrl, socketPath: root.dataset.socketPath });
  feed.select(frameQuery(own.values.address));
  const stops = [
    store.on(['address', 'range'], () => {
      own.set({ address: addressOf() });
      feed.select(frameQuery(own.values.address));
    }),
    own.on(['auto'], ({ auto }) => queueMicrotask(() => store.set({ pairLowUsd: auto.lowUsd }))), // not amid its own scaling
    store.on(SHARED, ({ money, theme, plate }) => own.set({ money, theme, plate })),
  ];
  const leave = keepTogether(firstChart, chart, [map, pane]);

  return {
    venue,
    label(told, firstVenue) {
      names[0].textContent = nameOf(told, firstVenue);
      names[1].textContent = nameOf(told, venue);
    },
    close() {
      leave();
      stops.forEach((stop) => stop());
      feed.close();
      painter.close();
      chart.destroy();
      [pane, ...names].forEach((element) => element.remove());
      firstChart.showAxis(true);
      store.set({ pairLowUsd: Infinity });
    },
  };
}

/** The painter asks its root for the map and the canvas; both lie in the pane. */
function paneRoot(pane) {
  return {
    dataset: {},
    querySelector: (selector) => (selector.includes('canvas') ? pane.querySelector('.map-canvas') : pane),
  };
}

/** The chart under the finger leads; else the first one. */
function keepTogether(first, second, [firstElement, secondElement]) {
  let leader = first;
  let last = '';
  let frame = 0;
  const lead = (chart) => () => { leader = chart; };
  const [leadFirst, leadSecond] = [lead(first), lead(second)];
  for (const name of ['pointerdown', 'wheel']) {
    firstElement.addEventListener(name, leadFirst, { capture: true, passive: true });
    secondElement.addEventListener(name, leadSecond, { capture: true, passive: true });
  }
  const tick = () => {
    frame = requestAnimationFrame(tick);
    const shown = leader.shown;
    const follower = leader === first ? second : first;
    if (!shown || !follower.shown) return;
    const now = JSON.stringify(shown);
    if (now === last) return;
    last = now;
    follower.follow(shown);
  };
  frame = requestAnimationFrame(tick);
  return () => {
    cancelAnimationFrame(frame);
    for (const name of ['pointerdown', 'wheel']) {
      firstElement.removeEventListener(name, leadFirst, { capture: true });
      secondElement.removeEventListener(name, leadSecond, { capture: true });
    }
  };
}

function nameOf(venues, slug) {
  const found = venues.find(({ venue }) => venue === slug);
  return found ? `${found.name} ${percent(found.share, 0)}` : slug ?? '';
}

function chip() {
  const element = Object.assign(document.createElement('button'), { type: 'button', className: 'chip', textContent: say('compare') });
  element.dataset.part = 'compare';
  return element;
}
