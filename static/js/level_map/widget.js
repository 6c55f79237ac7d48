/** The liquidation map: draws what the server's panel holds, and draws again when it is renewed. */

import { openingSpan, usdAt, wholeSpan, yOf } from '#level_map/axis';
import { drawLevelMap } from '#level_map/drawing';
import { listen } from '#level_map/gestures';
import { readColours } from '#heatmap/colours';
import { amount, distance, price } from '#heatmap/money';
import { mount as mountPage } from '#pages/levels';
import { say } from '#words';

const STEPS = [1, 2, 3, 4, 5];
const NARROW_AXIS = 58;
const WIDE_AXIS = 68;

/** @param {HTMLElement} root */
export function mount(root) {
  const stop = new AbortController();
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const [canvas, plate] = [part('canvas'), part('plate')];
  const money = { currency: root.dataset.currency, fx: Number(root.dataset.fx) };
  let map = readMap(root);
  let span = map && openingSpan(map);
  let isFitted = true;
  let cursor = null;
  let colours = readAll(plate);

  function draw() {
    if (!map) return;
    const { clientWidth: width, clientHeight: height } = plate;
    const ratio = devicePixelRatio || 1;
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    const axisWidth = innerWidth >= 1100 ? WIDE_AXIS : NARROW_AXIS;
    drawLevelMap(context, { map, span, money, colours, width, height, axisWidth, cursor });
    canvas.dataset.drawn = String(map.price);
  }

  function showReadout() {
    const readout = part('readout');
    readout.hidden = cursor === null;
    if (cursor === null) return;
    readout.textContent = describe(map, cursor, money);
    readout.classList.toggle('is-low', yOf(span, cursor, plate.clientHeight) < plate.clientHeight / 2);
  }

  function onNews() {
    const next = readMap(root);
    if (!next) return;
    if (!map || isFitted) span = openingSpan(next);
    map = next;
    part('nothing').hidden = true;
    showLegend(part('legend'), map);
    showReadout();
    draw();
  }

  listen(canvas, {
    span: () => span,
    whole: () => wholeSpan(map),
    show: (next) => {
      isFitted = false;
      span = next;
      draw();
    },
    fit: () => {
      isFitted = true;
      span = openingSpan(map);
      draw();
    },
    point: (y) => {
      const usd = y === null ? null : usdAt(span, y, plate.clientHeight);
      cursor = cursor !== null && usd !== null && Math.abs(yOf(span, cursor, plate.clientHeight) - y) < 12 ? null : usd;
      showReadout();
      draw();
    },
  }, stop.signal);
  document.addEventListener('htmx:after:swap', onNews, { signal: stop.signal });
  const resized = new ResizeObserver(draw);
  resized.observe(plate);
  const themed = new MutationObserver(() => {
    colours = readAll(plate);
    draw();
    if (map) showLegend(part('legend'), map);
  });
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const unmountPage = mountPage(root);
  if (map) showLegend(part('legend'), map);
  draw();
  return () => {
    stop.abort();
    resized.disconnect();
    themed.disconnect();
    unmountPage();
  };
}

/** @param {HTMLElement} root @returns {import('#level_map/axis').LevelMap | null} */
function readMap(root) {
  const block = root.querySelector('#level-map-drawing');
  return block ? JSON.parse(block.textContent) : null;
}

function readAll(element) {
  const style = getComputedStyle(element);
  const steps = (side) => STEPS.map((step) => style.getPropertyValue(`--${side}-${step}`).trim());
  return { ...readColours(element), shorts: steps('short'), longs: steps('long') };
}

/** Which shade is whom: squares of both sides beside each name. */
function showLegend(legend, { names, split }) {
  const squares = (side) => names.map((_, index) => {
    const square = document.createElement('i');
    square.className = `square ${side}-${index + 1}`;
    return square;
  });
  if (split === 'venue') {
    legend.replaceChildren(...names.flatMap((name, index) => [squares('short')[index], squares('long')[index], ` ${name} `]));
    return;
  }
  const word = (text) => Object.assign(document.createElement('span'), { textContent: text });
  legend.replaceChildren(word(names[0]), ...squares('short'), ...squares('long'), word(names.at(-1)), Object.assign(word(say('running_total')), { className: 'quiet' }));
}

function describe(map, usd, money) {
  const bar = Math.floor(Math.log(usd) / map.step - map.base);
  const layers = usd >= map.price ? map.short : map.long;
  const total = usd >= map.price ? map.shortTotal[bar + 1] : map.longTotal[bar];
  return say('level_readout', {
    price: price(usd, money),
    far: distance(usd / map.price - 1, 2),
    amount: amount(layers.reduce((sum, layer) => sum + layer[bar], 0), money),
    total: amount(total, money),
  });
}
