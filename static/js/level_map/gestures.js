/** Fingers, mouse, wheel and keys on the liquidation map: move, zoom, point, fit. */

import { shifted, zoomed } from '#level_map/axis';

const TAP_PX = 8;
const DOUBLE_MS = 320;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {object} view
 * @param {() => import('#level_map/axis').Span} view.span
 * @param {() => import('#level_map/axis').Span} view.whole
 * @param {(span: import('#level_map/axis').Span) => void} view.show
 * @param {(y: number | null) => void} view.point
 * @param {() => void} view.fit
 * @param {AbortSignal} signal
 */
export function listen(canvas, view, signal) {
  const fingers = new Map();
  let travelled = 0;
  let tappedAt = -Infinity;

  const heightOf = () => canvas.clientHeight;
  const zoom = (factor, y) => view.show(zoomed(view.span(), factor, y / heightOf(), view.whole()));
  const on = (name, listener) => canvas.addEventListener(name, listener, { signal });

  on('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (!fingers.size) travelled = 0;
    fingers.set(event.pointerId, event.offsetY);
  });
  on('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = [...fingers.values()];
    const y = event.offsetY;
    travelled += Math.abs(y - fingers.get(event.pointerId));
    const by = (y - fingers.get(event.pointerId)) / heightOf();
    fingers.set(event.pointerId, y);
    if (travelled < TAP_PX) return;
    const now = [...fingers.values()];
    if (now.length === 1) view.show(shifted(view.span(), by, view.whole()));
    else zoom(gap(now) / gap(before), (now[0] + now[1]) / 2);
  });
  const lift = (event) => {
    fingers.delete(event.pointerId);
    if (fingers.size || travelled >= TAP_PX || event.type !== 'pointerup') return;
    if (event.timeStamp - tappedAt < DOUBLE_MS) view.fit();
    else view.point(event.offsetY);
    tappedAt = event.timeStamp;
  };
  on('pointerup', lift);
  on('pointercancel', lift);
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), event.offsetY);
  }, { signal, passive: false });
  on('keydown', (event) => {
    const middle = heightOf() / 2;
    const keys = {
      ArrowUp: () => view.show(shifted(view.span(), 0.1, view.whole())),
      ArrowDown: () => view.show(shifted(view.span(), -0.1, view.whole())),
      '+': () => zoom(1.3, middle),
      '=': () => zoom(1.3, middle),
      '-': () => zoom(1 / 1.3, middle),
      f: view.fit,
      Escape: () => view.point(null),
    };
    if (event.ctrlKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}

function gap([first, second]) {
  return Math.max(12, Math.abs(first - second));
}
