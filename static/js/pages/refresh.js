/** Tells an HTMX panel every few seconds that there may be news, but not while nobody looks. */

import '#vendor/htmx';

/** @param {HTMLElement} element */
export function mount(element) {
  const timer = setInterval(() => {
    if (!document.hidden) element.dispatchEvent(new Event('snapshot'));
  }, Number(element.dataset.every));
  return () => clearInterval(timer);
}
