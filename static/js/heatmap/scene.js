/**
 * Everything the renderers draw, and where it lies on the screen. The map's widget fills it in; a
 * renderer only reads it. Prices are US dollars; the chart's own prices are the reader's currency.
 */

import { edge, endOf } from '#heatmap/picture';
import { rate } from '#heatmap/money';

export class Scene {
  picture = null;
  /** @type {OffscreenCanvas | null} */
  bitmap = null;
  /** Last column that is drawn as heat; null means all of them. */
  cutColumn = null;
  clusters = [];
  /** Clusters larger than any tagged one of their side. */
  densest = [];
  cursor = null;
  tags = [];
  /** Prices that are always kept in view. @type {number[]} */
  kept = [];
  sides = ['short', 'long'];
  isLinear = false;
  colours = {};
  money = { currency: 'SGD', fx: 1 };
  clock = null;
  fontSize = 16;
  /** @type {number | null} how long the data has been silent, ms */
  silentSince = null;
  chart = null;
  series = null;
  /** Drawings of parts that are loaded later: on the heat, and over the candles. */
  under = new Set();
  over = new Set();

  get paneWidth() {
    return this.chart.timeScale().width();
  }

  get paneHeight() {
    return this.chart.panes()[0].getHeight();
  }

  get profileWidth() {
    return this.paneWidth >= 800 ? 96 : this.paneWidth >= 500 ? 64 : 40;
  }

  get spacing() {
    return this.chart.timeScale().options().barSpacing;
  }

  /**
   * The middle of a column.
   * @param {number} column an integer; the chart knows no others
   */
  xOf(column) {
    return this.chart.timeScale().logicalToCoordinate(column);
  }

  /** @param {number} x */
  columnAt(x) {
    const logical = this.chart.timeScale().coordinateToLogical(x);
    return Math.max(0, Math.min(this.picture.columns - 1, logical));
  }

  /** @param {number} usd */
  yOf(usd) {
    return this.series.priceToCoordinate(usd * rate(this.money));
  }

  /** @param {number} y */
  usdAt(y) {
    return this.series.coordinateToPrice(y) / rate(this.money);
  }

  /** Where the newest column ends; the present profile begins there or at the pane's edge. */
  get nowX() {
    return this.xOf(this.picture.columns - 1) + this.spacing / 2;
  }

  get profileX() {
    return Math.min(this.nowX, this.paneWidth - this.profileWidth);
  }

  /** Whether the bins are equally high on the axis, as they are unless a log grid is shown linearly. */
  get isEven() {
    return !(this.picture.isLog && this.isLinear);
  }

  get isReady() {
    return Boolean(this.picture && this.chart && this.yOf(this.picture.priceUsd) !== null);
  }

  /** The heat's rectangle on the pane. */
  get heatBox() {
    const { picture, spacing } = this;
    const left = this.xOf(0) - spacing / 2;
    const top = this.yOf(edge(picture, picture.bins));
    const bottom = this.yOf(edge(picture, 0));
    return { left, top, width: picture.columns * spacing, height: bottom - top };
  }

  /** @param {number} column */
  timeOf(column) {
    return endOf(this.picture, column);
  }

  /** @param {number} [weight] @param {number} [size] design pixels at the usual text size */
  font(weight = 600, size = 13) {
    return `${weight} ${(size * this.fontSize) / 16}px system-ui, Inter, "Segoe UI", Roboto, sans-serif`;
  }
}
