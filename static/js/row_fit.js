/** Drops the lesser words of a row that does not fit, such as header or legend, step by step. */

const STEPS = ['is-tight', 'is-tighter'];

/** @param {HTMLElement} row */
export function fitRow(row) {
  row.classList.remove(...STEPS);
  for (const step of STEPS) {
    if (row.scrollWidth <= row.clientWidth) return;
    row.classList.add(step);
  }
}
