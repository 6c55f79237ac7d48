/** The page of levels: refreshes itself and swaps the currency. */

import { fitRow } from '#row_fit';
import { mount as mountRefresh } from '#pages/refresh';
import { prefer } from '#preferences';

/** @param {HTMLElement} root */
export function mount(root) {
  const panel = root.querySelector('#panel');
  panel.dataset.every = root.dataset.every;
  const stop = mountRefresh(panel);
  root.addEventListener('click', (event) => {
    if (!event.target.closest('[data-part="currency"]')) return;
    prefer('currency', root.dataset.currency === 'USD' ? root.dataset.home ?? 'SGD' : 'USD');
    location.assign(location.pathname);
  });
  fitRow(root.querySelector('.header'));
  return stop;
}
