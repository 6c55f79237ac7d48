/**
 * The chart: lightweight-charts for axes, pan, pinch and wheel; our layers for everything else.
 * Its prices are the reader's currency, its times the reader's clock shown as if it were UTC.
 */

import { createChart, PriceScaleMode } from '#vendor/lightweight-charts';
import { CandleSeries } from '#heatmap/candles';
import { HeatLayer } from '#heatmap/heat_layer';
import { plainPrice, rate } from '#heatmap/money';
import { OverlayLayer } from '#heatmap/overlay_layer';
import { candleRange, endOf } from '#heatmap/picture';

const HEADROOM = 0.08;
const NEAR = 0.07; // a second cluster this near is kept in view too
const ZOOM = 1.5;

export class HeatChart {
  #scene;
  #chart;
  #series;
  #fitted = true;
  #isFollowing = true;
  #prices = null;

  /**
   * @param {HTMLElement} element
   * @param {import('#heatmap/scene').Scene} scene
   * @param {{onTap: (point: {x: number, y: number}) => void}} handlers
   */
  constructor(element, scene, { onTap }) {
    this.#scene = scene;
    this.#chart = createChart(element, this.#options());
    this.#series = this.#chart.addCustomSeries(new CandleSeries(scene), {
      priceFormat: this.#priceFormat(),
      autoscaleInfoProvider: () => this.#prices && { priceRange: this.#prices },
    });
    scene.chart = this.#chart;
    scene.series = this.#series;
    this.#series.attachPrimitive(new HeatLayer(scene));
    this.#series.attachPrimitive(new OverlayLayer(scene));
    this.#chart.subscribeClick(({ point }) => point && onTap(point));
    this.#chart.subscribeDblClick(() => this.fit());
    const release = () => this.#release();
    element.addEventListener('wheel', release, { passive: true });
    element.addEventListener('pointermove', (event) => event.buttons && release());
    element.addEventListener('touchmove', release, { passive: true });
    this.resized = new ResizeObserver(() => requestAnimationFrame(() => this.#fitted && this.fit()));
    this.resized.observe(element);
  }

  destroy() {
    this.resized.disconnect();
    this.#chart.remove();
  }

  /**
   * Show the scene's picture. `dropped` columns left on the left since the last one.
   * @param {number} dropped
   */
  show(dropped) {
    const { picture } = this.#scene;
    const range = this.#isFollowing ? null : this.#chart.timeScale().getVisibleLogicalRange();
    this.#chart.priceScale('right').applyOptions({
      mode: picture.isLog && !this.#scene.isLinear ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal,
    });
    this.#series.setData(this.#points());
    if (range) this.#chart.timeScale().setVisibleLogicalRange({ from: range.from - dropped, to: range.to - dropped });
    else this.#fitTime();
    if (this.#fitted && !this.#holdsEverything()) this.#fitPrice();
  }

  /** Colours, currency, language or text size changed. */
  restyle() {
    this.#chart.applyOptions(this.#options());
    this.#series.applyOptions({ priceFormat: this.#priceFormat() });
    if (this.#scene.picture) {
      this.#series.setData(this.#points());
      this.fit();
    }
  }

  redraw() {
    this.#series.applyOptions({});
  }

  fit() {
    if (!this.#scene.picture) return;
    this.#fitted = true;
    this.#isFollowing = true;
    this.#fitTime();
    this.#fitPrice();
  }

  /** @param {number} factor above 1 shows less time */
  zoomTime(factor = ZOOM) {
    const scale = this.#chart.timeScale();
    const { from, to } = scale.getVisibleLogicalRange();
    const span = (to - from) / factor;
    this.#release();
    this.#isFollowing = false;
    scale.setVisibleLogicalRange({ from: to - span, to });
  }

  /** @param {number} factor above 1 shows less price */
  zoomPrice(factor = ZOOM) {
    const scale = this.#chart.priceScale('right');
    const { from, to } = scale.getVisibleRange();
    const [middle, half] = [(from + to) / 2, (to - from) / 2 / factor];
    this.#fitted = false;
    this.#setPrices(middle - half, middle + half);
  }

  /**
   * Move the view so that a column and a price can be seen.
   * @param {number} column
   * @param {number} usd
   */
  reveal(column, usd) {
    const time = this.#chart.timeScale();
    const range = time.getVisibleLogicalRange();
    const shift = column < range.from ? column - range.from - 2 : column > range.to ? column - range.to + 2 : 0;
    if (shift) time.setVisibleLogicalRange({ from: range.from + shift, to: range.to + shift });
    const scale = this.#chart.priceScale('right');
    const prices = scale.getVisibleRange();
    const value = usd * rate(this.#scene.money);
    if (value >= prices.from && value <= prices.to) return;
    const span = prices.to - prices.from;
    const from = value < prices.from ? value - span * 0.1 : value - span * 0.9;
    this.#fitted = false;
    this.#setPrices(from, from + span);
  }

  /** What is shown: columns and prices in the reader's currency; null before there is a picture. */
  get shown() {
    const [time, prices] = [this.#chart.timeScale().getVisibleLogicalRange(), this.#chart.priceScale('right').getVisibleRange()];
    return time && prices && { time, prices };
  }

  /** Show the same as another chart. @param {NonNullable<HeatChart['shown']>} shown */
  follow({ time, prices }) {
    this.#fitted = this.#isFollowing = false;
    this.#chart.timeScale().setVisibleLogicalRange(time);
    this.#setPrices(prices.from, prices.to);
  }

  /** @param {boolean} visible */
  showAxis(visible) {
    this.#chart.applyOptions({ rightPriceScale: { visible } });
  }

  #release() {
    if (!this.#scene.picture) return;
    this.#fitted = false;
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    const wanted = this.#fittedTime();
    const same = range && Math.abs(range.from - wanted.from) < 1 && Math.abs(range.to - wanted.to) < 1;
    this.#isFollowing = Boolean(same);
  }

  #fittedTime() {
    const { picture, profileWidth, paneWidth } = this.#scene;
    const spacing = (paneWidth - profileWidth) / picture.columns;
    return { from: 0, to: picture.columns - 1 + profileWidth / spacing };
  }

  #fitTime() {
    this.#chart.timeScale().setVisibleLogicalRange(this.#fittedTime());
  }

  #wantedPrices() {
    const { picture, clusters, kept } = this.#scene;
    const prices = [picture.priceUsd, ...kept, ...(candleRange(picture) ?? [])];
    for (const [rank, one] of clusters.entries()) {
      const isNearest = clusters.findIndex(({ side }) => side === one.side) === rank;
      if (isNearest || Math.abs(one.distance) < NEAR) prices.push(one.low, one.high);
    }
    const [low, high] = [Math.min(...prices), Math.max(...prices)];
    return { low: Math.max(low, picture.priceUsd * 0.7), high: Math.min(high, picture.priceUsd * 1.4) };
  }

  #fitPrice() {
    const { low, high } = this.#wantedPrices();
    const pad = Math.max((high - low) * HEADROOM, low * 0.004);
    const factor = rate(this.#scene.money);
    this.#setPrices((low - pad) * factor, (high + pad) * factor);
  }

  /**
   * The library can only set a logarithmic scale's range by scaling itself: let it, for one frame,
   * and take the scale back so that fingers can move it.
   */
  #setPrices(minValue, maxValue) {
    this.#prices = { minValue, maxValue };
    const scale = this.#chart.priceScale('right');
    scale.applyOptions({ autoScale: true });
    requestAnimationFrame(() => requestAnimationFrame(() => scale.applyOptions({ autoScale: false })));
  }

  #holdsEverything() {
    const range = this.#chart.priceScale('right').getVisibleRange();
    if (!range) return false;
    const { low, high } = this.#wantedPrices();
    const factor = rate(this.#scene.money);
    return range.from <= low * factor && range.to >= high * factor;
  }

  #points() {
    const { picture, money, clock } = this.#scene;
    const { candles, columns } = picture;
    const factor = rate(money);
    return Array.from({ length: columns }, (_, column) => {
      const end = endOf(picture, column);
      const time = (end + clock.offsetMs) / 1000;
      const [open, high, low, close] = candles.subarray(4 * column, 4 * column + 4);
      if (Number.isNaN(close)) return { time };
      return { time, column, open: open * factor, high: high * factor, low: low * factor, close: close * factor };
    });
  }

  #priceFormat() {
    return { type: 'custom', minMove: 0.0001, formatter: (value) => plainPrice(value / rate(this.#scene.money), this.#scene.money) };
  }

  #options() {
    const { colours } = this.#scene;
    return {
      autoSize: true,
      layout: {
        attributionLogo: false,
        background: { color: colours.plate },
        fontSize: 7, // the library's own labels are empty: ours are drawn by #heatmap/axis_drawing
      },
      grid: { vertLines: { visible: false }, horzLines: { visible: false } },
      crosshair: { mode: 2 },
      rightPriceScale: { borderColor: colours.line, minimumWidth: this.#axisWidth(), scaleMargins: { top: 0, bottom: 0 }, entireTextOnly: true },
      timeScale: { borderColor: colours.axisLine, minBarSpacing: 0.2, tickMarkFormatter: () => '', minimumHeight: 20, shiftVisibleRangeOnNewBar: true, ticksVisible: false, allowBoldLabels: false },
      localization: { tickmarksPriceFormatter: (prices) => prices.map(() => '') },
      handleScale: { axisDoubleClickReset: false },
      handleScroll: { vertTouchDrag: true },
      kineticScroll: { touch: !matchMedia('(prefers-reduced-motion: reduce)').matches },
    };
  }

  #axisWidth() {
    return innerWidth >= 1100 ? 68 : 58;
  }
}
