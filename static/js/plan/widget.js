/** The plan page: keeps the address in step with the form, and lets a finger move the stop. */

import { fitRow } from '#row_fit';
import { mount as mountRefresh } from '#pages/refresh';
import { prefer } from '#preferences';
import { parsePrice, priceAt, shownPrice, typedPrice } from '#plan/scale';

const GRIP_PX = 28; // how near the line a finger must come down

/** @param {HTMLElement} root */
export function mount(root) {
  fitRow(root.querySelector('.header'));
  const form = root.querySelector('#plan-form');
  const stopSwap = swapCurrency(root);
  if (!form) return stopSwap;
  form.dataset.every = root.dataset.every;
  const stopRefresh = mountRefresh(form);
  const field = form.querySelector('[data-part="stop"]');
  const setStop = (/** @type {string} */ text) => {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  form.addEventListener('input', () => keepAddress(form));
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', (event) => {
    if (event.target.name === 'side') setStop('');
  });
  root.addEventListener('click', (event) => {
    const move = event.target.closest('[data-part="move"]');
    if (move) setStop(move.dataset.stop);
  });
  dragStop(root.querySelector('#panel'), field, setStop);
  return () => {
    stopRefresh();
    stopSwap();
  };
}

/** @param {HTMLFormElement} form */
function keepAddress(form) {
  history.replaceState(history.state, '', `?${new URLSearchParams(new FormData(form))}`);
}

/** @param {HTMLElement} root */
function swapCurrency(root) {
  const swap = (/** @type {Event} */ event) => {
    if (!event.target.closest('[data-part="currency"]')) return;
    prefer('currency', root.dataset.currency === 'USD' ? root.dataset.home ?? 'SGD' : 'USD');
    location.assign(location.pathname);
  };
  root.addEventListener('click', swap);
  return () => root.removeEventListener('click', swap);
}

/**
 * @param {HTMLElement} plate
 * @param {HTMLInputElement} field
 * @param {(text: string) => void} setStop
 */
function dragStop(plate, field, setStop) {
  let dragging = false;
  const line = () => plate.querySelector('[data-part="stop-line"]');
  const follow = (/** @type {PointerEvent} */ event) => {
    const map = plate.querySelector('[data-part="map"]');
    const box = map.getBoundingClientRect();
    const y = Math.min(Math.max((event.clientY - box.top) / box.height, 0), 1);
    const price = priceAt(y, Number(map.dataset.top), Number(map.dataset.bottom));
    line().setAttribute('y', `${y * 100}%`);
    plate.querySelector('[data-part="stop-price"]').textContent = shownPrice(price);
    field.value = typedPrice(price);
  };
  plate.addEventListener('pointerdown', (event) => {
    if (!line()) return;
    const grip = line().querySelector('.plan-grip').getBoundingClientRect();
    if (Math.abs(event.clientY - (grip.top + grip.height / 2)) > GRIP_PX) return;
    dragging = true;
    plate.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  plate.addEventListener('pointermove', (event) => {
    if (dragging) follow(event);
  });
  const drop = () => {
    if (!dragging) return;
    dragging = false;
    if (Number.isFinite(parsePrice(field.value))) setStop(field.value);
  };
  plate.addEventListener('pointerup', drop);
  plate.addEventListener('pointercancel', drop);
  plate.addEventListener(
    'touchmove',
    (event) => {
      if (dragging) event.preventDefault();
    },
    { passive: false },
  );
}
