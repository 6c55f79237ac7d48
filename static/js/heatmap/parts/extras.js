/** Layers over the heat: realised liquidations, order-book walls, and the pane of flow. */

import { frameQuery } from '#heatmap/address';
import { drawDots, drawWalls } from '#heatmap/extras_drawing';
import { drawFlow } from '#heatmap/flow_drawing';
import { amount } from '#heatmap/money';
import { say } from '#words';

const EVERY_MS = 10_000;
const NBSP = '\u00a0';
const FLOW = ['cvd', 'funding'];

/** @param {import('#heatmap/widget').Page} page */
export function mountExtras({ root, store, scene, chart, part, signal }) {
  let overlay = null;
  let asked = '';
  let askedAt = 0;

  const drawers = {
    depth: (context) => drawWalls(context, scene, overlay.depth, overlay.first),
    liq: (context) => drawDots(context, scene, overlay.liq),
    flow: () => drawFlow(part('flow'), scene, overlay, store.values.address.layers),
  };

  async function ask() {
    const { address, picture, liveMs } = store.values;
    if (!picture || !address.layers.length || document.hidden) return;
    const frame = frameQuery(address, picture, liveMs);
    const query = `${frame}${frame ? '&' : '?'}layers=${address.layers.join(',')}`;
    if (query === asked && Date.now() - askedAt < EVERY_MS) return;
    asked = query;
    askedAt = Date.now();
    const response = await fetch(root.dataset.overlayUrl + query).catch(() => null);
    if (asked !== query || !response?.ok) return;
    overlay = await response.json();
    show();
  }

  function show() {
    const { layers } = store.values.address;
    const has = (name) => Boolean(layers.includes(name) && overlay?.[name]);
    const hasFlow = Boolean(overlay?.cvd) && FLOW.some((name) => layers.includes(name));
    toggle(scene.under, drawers.depth, has('depth'));
    toggle(scene.over, drawers.liq, has('liq'));
    toggle(scene.over, drawers.flow, hasFlow);
    part('flow-pane').hidden = !hasFlow;
    part('flow-words').textContent = hasFlow ? flowWords(overlay, layers, store.values.money) : '';
    part('layer-note').textContent = overlay ? noteOf(overlay, layers) : '';
    chart.redraw();
  }

  const stops = [
    store.on(['address', 'picture'], ask),
    store.on(['address', 'money', 'theme'], () => overlay && show()),
  ];
  const timer = setInterval(ask, EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  ask();
  return () => {
    clearInterval(timer);
    stops.forEach((stop) => stop());
    for (const draw of Object.values(drawers)) [scene.under, scene.over].forEach((set) => set.delete(draw));
  };
}

function toggle(set, draw, isOn) {
  if (isOn) set.add(draw);
  else set.delete(draw);
}

function flowWords({ cvd, funding }, layers, money) {
  const rate = funding.findLast((value) => value !== null);
  const words = [];
  if (layers.includes('cvd')) words.push(say('cvd', { amount: (cvd.at(-1) > 0 ? '+' : '') + amount(cvd.at(-1) ?? 0, money) }));
  if (layers.includes('funding') && rate !== undefined) words.push(say('funding', { rate: `${(rate * 100).toFixed(4)}${NBSP}%`.replace('-', '−') }));
  return words.join(' · ');
}

/** What a layer cannot show, in a sentence. */
function noteOf(overlay, layers) {
  const notes = [];
  if (layers.includes('depth') && overlay.depth === null) notes.push(say('no_depth'));
  if (layers.includes('liq') && overlay.liq?.length === 0) notes.push(say('no_prints'));
  else if (layers.includes('liq') && overlay.liq?.some(([, , , , completeness]) => completeness !== 'full')) notes.push(say('sampled'));
  return notes.join(' ');
}
