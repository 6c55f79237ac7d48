/**
 * One trade to play: look back, decide, watch, learn. Everything it needs is in one frame, so it
 * goes on without a connection. The root's `data-stage` says what is shown: look, plan, watch, learn.
 */

import { decodeFrame } from '#heatmap/frame';
import { amount, plainPrice, price, rate } from '#heatmap/money';
import { endOf } from '#heatmap/picture';
import { Board } from '#learn/board';
import { keepForOffline } from '#learn/keep';
import { closeOf, furthest, momentOf, SHOWN } from '#learn/moments';
import { mistakeOf, outcomeOf, usualPlan } from '#learn/plan';
import { PlanLayer } from '#learn/plan_layer';
import { sayR, tell } from '#learn/sentences';

const PLAY_MS = 110;
const EVEN_USD = 1e6; // less than this a spot market is even

/** @param {HTMLElement} root */
export function mount(root) {
  const stop = new AbortController();
  keepForOffline(root.dataset.keepUrl);
  let player = null;
  load(root.dataset.frameUrl).then(
    (frame) => { if (!stop.signal.aborted) player = new Player(root, frame, stop.signal); },
    () => { part(root, 'mistake').textContent = tell('unreadable'); },
  );
  return () => {
    stop.abort();
    player?.close();
  };
}

async function load(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return decodeFrame(await response.arrayBuffer());
}

/** @param {ParentNode} root @param {string} name */
function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

class Player {
  #root;
  #frame;
  #board;
  #layer;
  #column;
  #timer = 0;
  /** @type {import('#learn/plan').Plan | null} */
  #plan = null;

  constructor(root, frame, signal) {
    this.#root = root;
    this.#frame = { ...frame, query: root.dataset.slug };
    this.#board = new Board(root, root.dataset);
    this.#layer = new PlanLayer(this.#board.scene);
    this.#board.scene.kept = frame.meta.zones.flat();
    this.#board.scene.series.attachPrimitive(this.#layer);
    this.#listen(signal);
    this.#goTo(frame.meta.decided);
    this.#stage('look');
    root.dataset.ready = '';
  }

  close() {
    this.#pause();
    this.#board.close();
  }

  #part(name) {
    return part(this.#root, name);
  }

  get #decided() {
    return this.#frame.meta.decided;
  }

  /** The last column that may be seen: after deciding, all of them. */
  get #last() {
    return this.#isDecided ? this.#frame.columns - 1 : this.#decided;
  }

  get #isDecided() {
    return ['watch', 'learn'].includes(this.#root.dataset.stage);
  }

  get #money() {
    return this.#board.store.values.money;
  }

  #listen(signal) {
    const on = (name, type, handler) => this.#part(name).addEventListener(type, handler, { signal });
    on('scrub', 'input', ({ target }) => { this.#pause(); this.#goTo(Number(target.value)); });
    on('scrub-back', 'click', () => { this.#pause(); this.#goTo(this.#column - 1); });
    on('scrub-play', 'click', () => (this.#timer ? this.#pause() : this.#play()));
    on('decide', 'click', () => { this.#goTo(this.#decided); this.#stage('plan'); this.#choose('none'); });
    on('commit', 'submit', (event) => { event.preventDefault(); this.#commit(); });
    on('again', 'click', () => this.#again());
    on('skip', 'click', () => this.#goTo(this.#last));
    for (const button of this.#root.querySelectorAll('[data-choice]')) {
      button.addEventListener('click', () => this.#choose(button.dataset.choice), { signal });
    }
    for (const name of ['stop', 'target']) on(name, 'input', () => this.#replan());
    for (const button of this.#root.querySelectorAll('[data-nudge]')) {
      button.addEventListener('click', () => this.#nudge(button.dataset), { signal });
    }
  }

  #stage(name) {
    this.#root.dataset.stage = name;
    for (const section of this.#root.querySelectorAll('[data-when]')) {
      section.hidden = !section.dataset.when.split(' ').includes(name);
    }
    const slider = this.#part('scrub');
    slider.min = String(SHOWN - 1);
    slider.max = String(this.#last);
    slider.value = String(this.#column);
  }

  #goTo(column) {
    const next = Math.max(SHOWN - 1, Math.min(this.#last, column));
    const dropped = this.#column === undefined ? 0 : next - this.#column;
    this.#column = next;
    const first = next + 1 - SHOWN;
    this.#layer.mark = next > this.#decided ? { column: this.#decided - first, text: tell('you_decided') } : null;
    this.#board.show(momentOf(this.#frame, next, dropped));
    this.#describe();
    if (this.#root.dataset.stage === 'watch' && next >= this.#last) this.#learn();
  }

  #describe() {
    const { meta } = this.#frame;
    const time = this.#board.clock.dayAndTime(endOf(this.#frame, this.#column));
    const usd = closeOf(this.#frame, this.#column);
    this.#part('scrub').value = String(this.#column);
    this.#part('scrub').setAttribute('aria-valuetext', `${time}, ${price(usd, this.#money)}`);
    this.#part('scrub-time').textContent = time;
    this.#part('price').textContent = price(usd, this.#money);
    const forced = Math.max(0, meta.liquidated[this.#column] - meta.liquidated[this.#decided]);
    this.#part('forced').textContent = tell('forced', { amount: amount(forced, this.#money) });
    this.#part('spot').textContent = this.#spot(meta.spot[this.#column]);
    this.#part('gain').textContent = this.#isDecided && this.#plan?.side !== 'none' ? this.#gain() : '';
  }

  #spot(usd) {
    if (Math.abs(usd) < EVEN_USD) return tell('spot_even');
    return tell(usd > 0 ? 'spot_bought' : 'spot_sold', { amount: amount(Math.abs(usd), this.#money) });
  }

  #outcome(to) {
    return outcomeOf(this.#plan, this.#frame.candles, { from: this.#decided, to, rate: rate(this.#money) });
  }

  #gain() {
    const { end, column, r } = this.#outcome(this.#column);
    if (end === 'open') return tell('running', { r: sayR(r) });
    const time = this.#board.clock.time(endOf(this.#frame, column));
    return tell(`hit_${end}`, { r: sayR(r), time });
  }

  #choose(side) {
    for (const button of this.#root.querySelectorAll('[data-choice]')) {
      button.setAttribute('aria-pressed', String(button.dataset.choice === side));
    }
    this.#part('levels').hidden = side === 'none';
    const entry = closeOf(this.#frame, this.#decided) * rate(this.#money);
    this.#plan = side === 'none' ? { side, entry, stop: NaN, target: NaN } : usualPlan(side, entry, this.#step);
    if (side !== 'none') {
      this.#part('stop').value = String(this.#plan.stop);
      this.#part('target').value = String(this.#plan.target);
    }
    this.#replan();
  }

  get #step() {
    return Number(this.#root.dataset.step);
  }

  #nudge({ nudge, by }) {
    const field = this.#part(nudge);
    const step = this.#step * Number(by);
    field.value = String(Math.round((Number(field.value) + step) / this.#step) * this.#step);
    this.#replan();
  }

  #replan() {
    if (this.#plan.side !== 'none') {
      this.#plan = { ...this.#plan, stop: Number(this.#part('stop').value), target: Number(this.#part('target').value) };
    }
    const mistake = mistakeOf(this.#plan);
    this.#part('mistake').textContent = mistake ? tell(mistake) : '';
    this.#part('go').disabled = Boolean(mistake);
    this.#drawPlan();
  }

  #drawPlan() {
    const { side, entry, stop, target } = this.#plan;
    const usd = (value) => value / rate(this.#money);
    const text = (name, value) => `${tell(name)} ${plainPrice(usd(value), this.#money)}`;
    this.#layer.lines = side === 'none' || mistakeOf(this.#plan) ? [] : [
      { usd: usd(entry), text: text('entry', entry) },
      { usd: usd(stop), text: text('stop', stop), isDashed: true },
      { usd: usd(target), text: text('target', target), isDashed: true },
    ];
    this.#board.chart.redraw();
  }

  #commit() {
    if (mistakeOf(this.#plan)) return;
    this.#stage('watch');
    this.#play();
  }

  #play() {
    if (this.#column >= this.#last) this.#goTo(this.#isDecided ? this.#decided : SHOWN - 1);
    this.#part('scrub-play').setAttribute('aria-pressed', 'true');
    this.#timer = setInterval(() => {
      this.#goTo(this.#column + 1);
      if (this.#column >= this.#last) this.#pause();
    }, PLAY_MS);
  }

  #pause() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#part('scrub-play').setAttribute('aria-pressed', 'false');
  }

  #learn() {
    this.#pause();
    const { side } = this.#plan;
    const far = furthest(this.#frame, this.#decided);
    const { end, column, r } = side === 'none' ? {} : this.#outcome(this.#last);
    const time = column && this.#board.clock.time(endOf(this.#frame, column));
    this.#part('result').textContent = side === 'none'
      ? tell('no_trade', { price: price(far, this.#money) })
      : tell(end === 'open' ? 'still_open' : `hit_${end}`, { r: sayR(r), time });
    this.#stage('learn');
    this.#part('result').focus();
  }

  #again() {
    this.#layer.lines = [];
    this.#plan = null;
    this.#stage('look');
    this.#goTo(this.#decided);
    this.#stage('look');
  }
}
