/**
 * Candles as a lightweight-charts custom series: solid when up, hollow when down, with a thin halo
 * in the plate's colour so that they stay legible on bright heat. Neighbouring columns are joined
 * until a candle is at least three pixels wide.
 */

const LEAST_WIDTH = 3;
const GROUPS = [1, 2, 3, 4, 6, 12, 24, 48];
const WICK = 0.9;
const HALO = 0.8;

/** @typedef {{time: number, open: number, high: number, low: number, close: number, column: number}} Candle */

export class CandleSeries {
  #data = null;
  #scene;

  /** @param {import('#heatmap/scene').Scene} scene */
  constructor(scene) {
    this.#scene = scene;
  }

  renderer() {
    return { draw: (target, toY) => this.#draw(target, toY) };
  }

  update(data) {
    this.#data = data;
  }

  priceValueBuilder({ high, low, close }) {
    return [high, low, close];
  }

  isWhitespace({ close }) {
    return close === undefined;
  }

  defaultOptions() {
    return { lastValueVisible: false, priceLineVisible: false };
  }

  #draw(target, toY) {
    const { bars, barSpacing, visibleRange } = this.#data ?? {};
    if (!bars?.length || !visibleRange) return;
    const group = GROUPS.find((size) => size * barSpacing >= LEAST_WIDTH) ?? GROUPS.at(-1);
    const candles = grouped(bars, visibleRange, group, this.#scene.picture?.cadenceMs ?? 1).map((one) => placed(one, toY));
    target.useMediaCoordinateSpace(({ context }) => {
      const { colours, cutColumn } = this.#scene;
      const width = bodyWidth(barSpacing * group);
      context.fillStyle = colours.plate;
      for (const candle of candles) drawHalo(context, candle, width);
      for (const candle of candles) {
        context.globalAlpha = cutColumn !== null && candle.column > cutColumn ? 0.45 : 1;
        drawCandle(context, candle, width, colours);
      }
      context.globalAlpha = 1;
    });
  }
}

/** @param {number} spacing */
function bodyWidth(spacing) {
  return Math.max(1.6, Math.min(14, spacing * 0.7));
}

function grouped(bars, { from, to }, size, cadenceMs) {
  const candles = [];
  let slot = null;
  for (let i = Math.max(0, from - size); i < Math.min(bars.length, to + size); i++) {
    const { x, originalData: bar } = bars[i];
    if (bar.close === undefined) continue;
    const at = Math.ceil((bar.time * 1000) / cadenceMs / size - 1e-6);
    const last = candles.at(-1);
    if (at !== slot || !last) {
      candles.push({ ...bar, x, firstX: x });
      slot = at;
      continue;
    }
    last.high = Math.max(last.high, bar.high);
    last.low = Math.min(last.low, bar.low);
    last.close = bar.close;
    last.column = bar.column;
    last.x = (last.firstX + x) / 2;
  }
  return candles;
}

/** A candle's heights on the pane, worked out once for its halo and itself. */
function placed({ x, column, open, high, low, close }, toY) {
  const [top, bottom] = [toY(Math.max(open, close)), toY(Math.min(open, close))];
  return { x, column, top, bottom, tip: toY(high), foot: toY(low), isUp: close >= open };
}

function drawHalo(context, { x, top, bottom, tip, foot }, width) {
  context.fillRect(x - WICK / 2 - HALO, tip - HALO, WICK + 2 * HALO, foot - tip + 2 * HALO);
  context.fillRect(x - width / 2 - HALO, top - HALO, width + 2 * HALO, bottom - top + 2 * HALO);
}

function drawCandle(context, { x, top, bottom, tip, foot, isUp }, width, { ink, plate }) {
  const height = Math.max(1, bottom - top);
  const left = x - width / 2;
  context.fillStyle = ink;
  context.fillRect(x - WICK / 2, tip, WICK, foot - tip);
  context.fillRect(left, top, width, height);
  if (isUp || width < 2 || height < 2.2) return;
  const rim = Math.min(0.8, width / 3.4);
  context.fillStyle = plate;
  context.fillRect(left + rim, top + rim, width - 2 * rim, height - 2 * rim);
}
