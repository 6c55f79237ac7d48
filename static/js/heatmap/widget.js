/** The heatmap page: one store, one chart, one connection, and the parts around them. */

import { formatAddress, frameQuery, parseAddress } from '#heatmap/address';
import { HeatChart } from '#heatmap/chart';
import { clockOf } from '#heatmap/clock';
import { Feed } from '#heatmap/feed';
import { mountCurrency } from '#heatmap/parts/currency';
import { mountCursor } from '#heatmap/parts/cursor';
import { mountLayersButton } from '#heatmap/parts/layers_button';
import { mountLegend } from '#heatmap/parts/legend';
import { mountNavigation } from '#heatmap/parts/navigation';
import { mountPanels } from '#heatmap/parts/panels';
import { mountPill } from '#heatmap/parts/pill';
import { mountTheme } from '#heatmap/parts/theme';
import { mountToast } from '#heatmap/parts/toast';
import { mountTwin } from '#heatmap/parts/twin';
import { mountZoom } from '#heatmap/parts/zoom';
import { Painter } from '#heatmap/painter';
import { Scene } from '#heatmap/scene';
import { Store } from '#heatmap/store';
import { preference } from '#preferences';

const PARTS = [
  mountPill, mountLegend, mountCursor, mountLayersButton, mountNavigation, mountTwin, mountToast,
  mountCurrency, mountPanels, mountZoom, mountTheme,
];

/** Parts that are fetched when they are first needed. */
const LATER = [
  {
    isNeeded: ({ hasFocus }) => hasFocus,
    load: async () => (await import('#heatmap/parts/keyboard')).mountKeyboard,
  },
  {
    isNeeded: ({ picture }) => picture && matchMedia('(any-pointer: coarse)').matches,
    load: async () => (await import('#heatmap/parts/touch')).mountTouch,
  },
  {
    isNeeded: ({ cursor }) => cursor !== null,
    load: async () => (await import('#heatmap/parts/readout')).mountReadout,
  },
  {
    isNeeded: ({ layersOpen, address }) => layersOpen || ['venue', 'age'].includes(address.view),
    load: async () => (await import('#heatmap/parts/layers')).mountLayers,
  },
  {
    isNeeded: ({ address }) => address.view === 'historical',
    load: async () => (await import('#heatmap/parts/scrubber')).mountScrubber,
  },
  {
    isNeeded: ({ address }) => address.view === 'historical',
    load: async () => (await import('#heatmap/parts/outcome')).mountOutcome,
  },
  {
    isNeeded: ({ address }) => address.layers.length,
    load: async () => (await import('#heatmap/parts/extras')).mountExtras,
  },
  {
    isNeeded: ({ address }) => address.view === 'venue',
    load: async () => (await import('#heatmap/parts/versus')).mountVersus,
  },
  {
    isNeeded: ({ address }) => address.view === 'net',
    load: async () => (await import('#heatmap/parts/bands')).mountBands,
  },
];

/**
 * @typedef {object} Page what a part gets
 * @property {HTMLElement} root
 * @property {Store} store
 * @property {HeatChart} chart
 * @property {Scene} scene
 * @property {(name: string) => HTMLElement} part the element of that `data-part`
 * @property {ReturnType<typeof clockOf>} clock
 * @property {AbortSignal} signal ends listeners
 * @property {(patch: object, options?: {replace?: boolean}) => void} go change the address
 */

/** @param {HTMLElement} root */
export function mount(root) {
  const data = root.dataset;
  const stop = new AbortController();
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const clock = clockOf(data.zone, data.zoneLabel);
  const address = parseAddress(location.search);
  const store = new Store({
    address,
    money: { currency: data.currency, fx: Number(data.fx), home: data.home },
    theme: document.documentElement.dataset.theme,
    plate: preference('plate') ?? 'match',
    picture: null, listed: [], link: 'connecting', heardAt: 0, problem: null,
    range: null, counts: null, liveMs: Infinity, isPlaying: false, cut: null, cursor: null, layersOpen: false, hasFocus: false,
  });
  const scene = new Scene();
  scene.clock = { offsetMs: clock.offsetMs(Date.now()) };
  root.dataset.plate = store.values.plate;
  const painter = new Painter(root, scene, store);
  const chart = new HeatChart(part('canvas'), scene, { onTap: (point) => root.dispatchEvent(new CustomEvent('tap', { detail: point })) });
  painter.chart = chart;
  const go = (patch, { replace = false } = {}) => {
    if (replace && hasLeft(store.values.address)) return;
    const next = { ...store.values.address, ...patch };
    const url = location.pathname + formatAddress(next);
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
    store.set({ address: next });
  };
  const page = { root, store, chart, scene, part, clock, signal: stop.signal, go };
  const unmounts = [...PARTS.map((mountPart) => mountPart(page)), ...LATER.map((part) => mountLater(page, part))];
  const feed = new Feed(store, { framePath: data.frameUrl, socketPath: data.socketPath });
  window.addEventListener('popstate', () => store.set({ address: parseAddress(location.search) }), { signal: stop.signal });
  store.on(['address'], ({ address: now, picture, liveMs }) => feed.select(frameQuery(now, picture, liveMs)));
  feed.select(frameQuery(address));
  return () => {
    stop.abort();
    feed.close();
    unmounts.forEach((unmount) => unmount?.());
    painter.close();
    chart.destroy();
  };
}

/**
 * Whether the browser has gone back or forward and has not told yet, as happens while a page loads:
 * what is written then would replace the address it went to.
 * @param {import('#heatmap/address').State} address
 */
function hasLeft(address) {
  return formatAddress(parseAddress(location.search)) !== formatAddress(address);
}

/**
 * Mount a part once it is needed.
 * @param {Page} page
 * @param {(typeof LATER)[number]} part
 * @returns {() => void} unmount it, or stop waiting
 */
function mountLater(page, { isNeeded, load }) {
  let unmount = () => {};
  let isAsked = false;
  const look = async (values) => {
    if (isAsked || !isNeeded(values)) return;
    isAsked = true;
    stop();
    const mountPart = await load();
    if (!page.signal.aborted) unmount = mountPart(page) ?? unmount;
  };
  const stop = page.store.on(['cursor', 'layersOpen', 'address', 'hasFocus', 'picture'], look);
  look(page.store.values);
  return () => {
    stop();
    unmount();
  };
}
