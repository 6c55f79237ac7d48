/** Drops the header's lesser words when they do not fit beside price and pill: never a number. */

const STEPS = ['is-tight', 'is-tighter'];

/** @param {HTMLElement} header */
export function fitHeader(header) {
  header.classList.remove(...STEPS);
  for (const step of STEPS) {
    if (header.scrollWidth <= header.clientWidth) return;
    header.classList.add(step);
  }
}
