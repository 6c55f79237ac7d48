/** A map without its controls: chart, painter and scene around one canvas of a lesson. */

import { DEFAULTS } from '#heatmap/address';
import { HeatChart } from '#heatmap/chart';
import { clockOf } from '#heatmap/clock';
import { Painter } from '#heatmap/painter';
import { Scene } from '#heatmap/scene';
import { Store } from '#heatmap/store';
import { preference } from '#preferences';

export class Board {
  #painter;

  /**
   * @param {HTMLElement} root holds the parts `map` and `canvas`, and says `data-currency`, `data-fx`
   * @param {{zone?: string, zoneLabel?: string, currency: string, fx: string}} data
   */
  constructor(root, { zone = 'Asia/Singapore', zoneLabel = 'SGT', currency, fx }) {
    this.clock = clockOf(zone, zoneLabel);
    this.scene = new Scene();
    this.store = new Store({
      address: { ...DEFAULTS, palette: preference('palette') ?? '' },
      money: { currency, fx: Number(fx) },
      theme: document.documentElement.dataset.theme,
      plate: preference('plate') ?? 'match',
      picture: null, listed: [], range: null, counts: null, cut: null, cursor: null, link: 'open',
    });
    this.scene.clock = { offsetMs: this.clock.offsetMs(Date.now()) };
    this.#painter = new Painter(root, this.scene, this.store);
    this.chart = new HeatChart(root.querySelector('[data-part="canvas"]'), this.scene, { onTap: () => {} });
    this.#painter.chart = this.chart;
  }

  /** @param {import('#heatmap/picture').Frame} picture */
  show(picture) {
    this.store.set({ picture, listed: picture.meta.clusters ?? [] });
  }

  /** @param {object} patch of the address, for example another view */
  choose(patch) {
    this.store.set({ address: { ...this.store.values.address, ...patch } });
  }

  close() {
    this.#painter.close();
    this.chart.destroy();
  }
}
