/**
 * Historical: where the clusters of the moment stood, and whether the price went there. The
 * clusters are the server's own of that moment, asked for once the moment stands still.
 */

import { frameQuery } from '#heatmap/address';
import { decodeFrame } from '#heatmap/frame';
import { amount } from '#heatmap/money';
import { outcomes } from '#heatmap/outcomes';
import { columnAt, nearestClusters } from '#heatmap/picture';
import { say, sayAge } from '#words';

const SETTLED_MS = 450;
const PER_SIDE = 2;

/** @param {import('#heatmap/widget').Page} page */
export function mountOutcome({ root, store, scene, chart, part }) {
  let timer = 0;
  let asked = '';
  let then = null;

  function look() {
    const { address, isPlaying } = store.values;
    clearTimeout(timer);
    const isHere = address.view === 'historical' && address.at !== null;
    if (!isHere || (then && then.at !== address.at)) show(null);
    if (isHere && !isPlaying && !then) timer = setTimeout(ask, SETTLED_MS);
  }

  async function ask() {
    const { address } = store.values;
    const selection = frameQuery({ ...address, at: null });
    const query = `${selection}${selection ? '&' : '?'}view=historical&at=${address.at}`;
    asked = query;
    const response = await fetch(root.dataset.frameUrl + query).catch(() => null);
    if (asked !== query || store.values.address.at !== address.at) return;
    if (response?.ok) {
      const frame = await decodeFrame(await response.arrayBuffer());
      show({ at: address.at, clusters: nearestClusters(frame, PER_SIDE, scene.sides) });
    } else if (response?.headers.has('Retry-After')) {
      timer = setTimeout(ask, 1000 * Number(response.headers.get('Retry-After')));
    }
  }

  function show(next) {
    then = next;
    const { picture, money } = store.values;
    scene.over.delete(draw);
    part('outcome').textContent = '';
    if (then && picture) {
      const found = outcomes(picture, then.clusters, columnAt(picture, then.at));
      scene.over.add(draw);
      draw.found = found;
      const reached = found.filter(({ column }) => column !== null);
      part('outcome').textContent = say('outcome', { n: reached.length, all: found.length });
      part('outcome').title = found.map((one) => sentence(one, money)).join(' · ');
      part('summary').textContent = part('outcome').title;
    }
    chart.redraw();
  }

  function draw(context) {
    for (const one of draw.found ?? []) drawOne(context, scene, one);
  }

  const stops = [store.on(['address', 'isPlaying'], look), store.on(['picture', 'money'], () => then && show(then))];
  look();
  return () => {
    clearTimeout(timer);
    scene.over.delete(draw);
    stops.forEach((stop) => stop());
  };
}

/** A bracket where the cluster stood, and a line to where the price met it, or on to the edge. */
function drawOne(context, scene, { cluster, column }) {
  const { colours, paneWidth } = scene;
  const from = scene.xOf(scene.cutColumn ?? 0) + scene.spacing / 2;
  const to = column === null ? paneWidth - 10 : scene.xOf(column);
  const [top, bottom] = [scene.yOf(cluster.high), scene.yOf(cluster.low)];
  const y = scene.yOf(cluster.side === 'short' ? cluster.low : cluster.high);
  context.strokeStyle = colours[cluster.side];
  context.fillStyle = colours[cluster.side];
  context.lineWidth = 2;
  context.strokeRect(from - 7, top, 6, Math.max(4, bottom - top));
  context.lineWidth = 1.4;
  context.setLineDash(column === null ? [2, 4] : []);
  context.beginPath();
  context.moveTo(from, y);
  context.lineTo(to, y);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.arc(to, y, 4.5, 0, 2 * Math.PI);
  if (column === null) context.stroke();
  else context.fill();
}

function sentence({ cluster, column, afterMs }, money) {
  const side = `${cluster.side === 'short' ? '▲' : '▼'} ${say(cluster.side === 'short' ? 'shorts' : 'longs')}`;
  const values = { side, amount: amount(cluster.usd, money), time: sayAge(afterMs / 1000) };
  return say(column === null ? 'not_reached' : 'reached', values);
}
