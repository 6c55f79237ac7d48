/** A topic's page: the live map, other views of it at a tap, and a ring around what is meant. */

import { decodeFrame } from '#heatmap/frame';
import { parseAddress } from '#heatmap/address';
import { Board } from '#learn/board';
import { placeOf } from '#learn/places';

const REFRESH_MS = 15_000;
const LATER_MS = 3000;

/** @param {HTMLElement} root */
export function mount(root) {
  const stop = new AbortController();
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const board = new Board(root, root.dataset);
  let button = root.querySelector('[aria-pressed="true"]');
  let shown = null;
  let timer = 0;

  async function load() {
    clearTimeout(timer);
    const query = button?.dataset.query ?? '';
    try {
      const response = await fetch(root.dataset.frameUrl + query, { signal: stop.signal });
      if (!response.ok) throw new Error(`the map answered ${response.status}`);
      const frame = await decodeFrame(await response.arrayBuffer());
      if (query === (button?.dataset.query ?? '')) show({ ...frame, query });
      part('note').hidden = true;
      timer = setTimeout(load, REFRESH_MS);
    } catch (error) {
      if (stop.signal.aborted) return;
      part('note').hidden = Boolean(shown);
      timer = setTimeout(load, LATER_MS);
    }
  }

  function show(picture) {
    shown = picture;
    const { view } = parseAddress(picture.query);
    const cut = button?.dataset.cut;
    const at = cut ? picture.firstEndMs + Math.round(picture.columns * Number(cut)) * picture.cadenceMs : null;
    board.choose({ view, at });
    board.show(picture);
    root.dataset.ready = picture.query;
    requestAnimationFrame(() => requestAnimationFrame(ring));
  }

  function ring() {
    const place = shown && button?.dataset.show ? placeOf(button.dataset.show, board.scene) : null;
    const element = part('ring');
    element.hidden = !place;
    for (const [edge, value] of Object.entries(place ?? {})) element.style.setProperty(edge, `${value}px`);
  }

  function press(next) {
    for (const other of root.querySelectorAll('.point')) other.setAttribute('aria-pressed', String(other === next));
    button = next;
    if (next.dataset.query === undefined) return ring();
    part('open').href = root.dataset.pageUrl + next.dataset.query;
    return load();
  }

  for (const point of root.querySelectorAll('.point')) {
    point.addEventListener('click', () => press(point), { signal: stop.signal });
  }
  window.addEventListener('resize', () => requestAnimationFrame(ring), { signal: stop.signal });
  load();
  return () => {
    stop.abort();
    clearTimeout(timer);
    board.close();
  };
}
