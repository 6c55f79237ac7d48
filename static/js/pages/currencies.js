/** Keeps the currency that is chosen, before its link is followed. */

import { prefer } from '#preferences';

/** @param {HTMLElement} element */
export function mount(element) {
  const onClick = (event) => {
    const choice = event.target.closest('[data-currency-choice]')?.dataset.currencyChoice;
    if (!choice) return;
    prefer('currency', choice);
    if (choice !== 'USD') prefer('home', choice);
  };
  element.addEventListener('click', onClick);
  return () => element.removeEventListener('click', onClick);
}
