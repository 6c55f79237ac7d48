/** Keeps the scene true to the store: decides when to count, when to paint and when only to redraw. */

import { readColours } from '#heatmap/colours';
import { flatten, paint, rowsBetween } from '#heatmap/density';
import { usdOfCode } from '#heatmap/frame';
import { PALETTES } from '#heatmap/palette';
import { preference } from '#preferences';
import { binOf, candleRange, columnAt, densestBeside, nearestClusters } from '#heatmap/picture';
import { amountAt } from '#heatmap/percentiles';
import { histogram, rangeOf } from '#heatmap/scales';

const SIDES = ['short', 'long'];
const VIEW_SPAN = 0.12;

export class Painter {
  /** @type {import('#heatmap/chart').HeatChart | null} set by the widget once it exists */
  chart = null;
  #root;
  #scene;
  #store;
  #layer = null;
  #scaleKey = '';
  #limits = '';
  #stops;
  #canvas = new OffscreenCanvas(1, 1);

  /**
   * @param {HTMLElement} root
   * @param {import('#heatmap/scene').Scene} scene
   * @param {import('#heatmap/store').Store} store
   */
  constructor(root, scene, store) {
    this.#root = root;
    this.#scene = scene;
    this.#store = store;
    this.#restyle();
    this.#stops = [
      store.on(['theme', 'plate', 'money'], () => this.#onStyle()),
      store.on(['picture', 'address', 'pairLowUsd'], (values, changed) => this.#onPicture(changed)),
      store.on(['cursor', 'link', 'silent'], () => this.#redraw()),
    ];
  }

  close() {
    this.#stops.forEach((stop) => stop());
  }

  /** Count the cells afresh: the scale follows the market, the view, the range and Fit. */
  rescale() {
    this.#scaleKey = '';
    this.#onPicture([]);
  }

  #onStyle() {
    this.#restyle();
    this.#paint();
    this.chart.restyle();
  }

  #restyle() {
    const { money, plate } = this.#store.values;
    this.#root.dataset.plate = plate;
    this.#scene.money = money;
    this.#scene.colours = readColours(this.#root.querySelector('[data-part="map"]'));
    this.#scene.fontSize = parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  #onPicture(changed) {
    const { picture, address } = this.#store.values;
    if (!picture) return;
    const scene = this.#scene;
    const isNew = scene.picture?.pictureId !== picture.pictureId;
    const wasCut = scene.cutColumn !== null;
    scene.sides = address.sides.length ? SIDES.filter((side) => address.sides.includes(side)) : SIDES;
    const isTurned = scene.isLinear !== (address.axis === 'lin');
    scene.isLinear = address.axis === 'lin';
    scene.picture = picture;
    scene.clusters = nearestClusters(picture, this.#perSide(), scene.sides);
    scene.densest = densestBeside(scene.clusters, this.#store.values.listed, picture, scene.sides);
    scene.cutColumn = address.view === 'historical' ? columnAt(picture, address.at ?? Infinity) : null;
    this.#layer = flatten(picture, { sides: scene.sides, isNet: address.view === 'net' });
    this.#scale(picture, address);
    this.#paint();
    const mustShow = isTurned || changed.includes('picture');
    if (mustShow) this.chart.show(isNew ? 0 : picture.dropped ?? 0);
    if (isTurned || (mustShow && isNew && scene.lastQuery !== picture.query)) this.chart.fit();
    else if (!mustShow || wasCut !== (scene.cutColumn !== null)) this.chart.redraw();
    scene.lastQuery = picture.query;
  }

  #perSide() {
    const { clientWidth, clientHeight } = this.#root.querySelector('[data-part="canvas"]');
    return clientWidth >= 700 && clientHeight >= 420 ? 2 : 1;
  }

  #scale(picture, address) {
    const venues = address.view === 'venue' ? '' : address.venues.join();
    const filters = [address.view, address.tf, venues, address.lev, address.age, address.bin, address.sides, picture.meta.market];
    const key = [...filters, picture.lowUsd].join('|');
    const pairLowUsd = this.#store.values.pairLowUsd ?? Infinity;
    const limits = `${address.lo}|${address.hi}|${pairLowUsd}`;
    if (key === this.#scaleKey && limits === this.#limits) return;
    if (key !== this.#scaleKey && picture.query !== undefined) this.#count(picture);
    this.#scaleKey = key;
    this.#limits = limits;
    const { counts, auto } = this.#store.values;
    const usd = usdOfCode(picture);
    const highUsd = address.hi ?? auto.highUsd;
    const lowUsd = Math.min(address.lo ?? Math.min(auto.lowUsd, pairLowUsd), highUsd * 0.97);
    this.#store.set({ range: { lowUsd, highUsd }, maxUsd: amountAt(counts, usd, 1) });
  }

  #count(picture) {
    const usd = usdOfCode(picture);
    const [low, high] = candleRange(picture) ?? [picture.priceUsd, picture.priceUsd];
    const from = binOf(picture, Math.min(low, picture.priceUsd * (1 - VIEW_SPAN)));
    const to = binOf(picture, Math.max(high, picture.priceUsd * (1 + VIEW_SPAN)));
    const counts = histogram(rowsBetween(this.#layer, from, to));
    this.#store.set({ counts, auto: rangeOf(counts, usd) });
  }

  #paint() {
    const { picture, range, address } = this.#store.values;
    if (!picture || !range || !this.#layer) return;
    paint(this.#layer, { usd: usdOfCode(picture), range, palette: this.palette(address) }, this.#canvas);
    this.#scene.bitmap = this.#canvas;
    this.#store.set({ paletteShown: this.palette(address) });
  }

  palette({ view, palette }) {
    const { isDarkPlate } = this.#scene.colours;
    if (view === 'net') return PALETTES[isDarkPlate ? 'net-dark' : 'net-paper'];
    return PALETTES[palette || preference('palette')] ?? PALETTES[isDarkPlate ? 'viridis' : 'paper'];
  }

  #redraw() {
    this.#scene.cursor = this.#store.values.cursor;
    this.#scene.silentSince = this.#store.values.silent ?? null;
    if (this.#scene.picture) this.chart.redraw();
  }
}
