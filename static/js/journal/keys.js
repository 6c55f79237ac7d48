/** The journal by keyboard: up and down the list, and a letter for every button. */

import { prefer, preference } from '#preferences';

/** @param {HTMLElement} page */
export function mount(page) {
  const stop = new AbortController();
  const { signal } = stop;
  const [help, letters] = ['keys', 'keys-letters'].map((name) => page.querySelector(`[data-part="${name}"]`));
  letters.checked = preference('letters') !== 'off';
  letters.addEventListener('change', () => prefer('letters', letters.checked ? null : 'off'), { signal });

  page.querySelector('[data-part="keys-open"]').addEventListener('click', () => help.showModal(), { signal });

  const rows = () => [...page.querySelectorAll('.read')].filter((row) => row.checkVisibility());
  const open = (name) => page.querySelector(`[data-key="${name}"]`)?.click();
  const move = (by) => rowAt(rows(), document.activeElement, by)?.focus();
  const find = () => {
    const more = page.querySelector('[data-part="more-filters"]');
    more.open = true;
    more.querySelector('[type="search"]').focus();
  };
  const isInList = () => document.activeElement === document.body || document.activeElement?.matches('.read');
  const acts = () => ({
    j: () => move(1), k: () => move(-1), ...(isInList() && { ArrowDown: () => move(1), ArrowUp: () => move(-1) }),
    n: () => open('n'), e: () => open('e'), p: () => open('p'), '/': find, '?': () => help.showModal(),
  });

  document.addEventListener('keydown', (event) => {
    const act = actOf(acts(), event, { isOff: preference('letters') === 'off', isTyping: isTyping(event.target), isOpen: help.open });
    if (!act) return;
    event.preventDefault();
    act();
  }, { signal });
  page.setAttribute('aria-keyshortcuts', 'J K N E P / ? ArrowDown ArrowUp');
  page.querySelector('.read[aria-current]')?.scrollIntoView({ block: 'nearest' });
  return () => stop.abort();
}

/**
 * What a key does here; nothing while somebody types or holds a modifier.
 * @param {Record<string, () => void>} acts
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean}} event
 * @param {{isOff: boolean, isTyping: boolean, isOpen: boolean}} state
 */
export function actOf(acts, { key, ctrlKey, metaKey, altKey }, { isOff, isTyping, isOpen }) {
  if (ctrlKey || metaKey || altKey || isTyping || isOpen) return undefined;
  if (isOff && /^[a-z]$/i.test(key)) return undefined;
  return Object.hasOwn(acts, key) ? acts[key] : undefined;
}

/**
 * The row that lies so many below the one with the focus; without one the chosen row, else the first.
 * @template {{getAttribute: (name: string) => string | null}} Row
 * @param {Row[]} rows @param {unknown} focused @param {number} by
 */
export function rowAt(rows, focused, by) {
  const here = rows.indexOf(/** @type {Row} */ (focused));
  if (here >= 0) return rows[Math.min(Math.max(here + by, 0), rows.length - 1)];
  return rows.find((row) => row.getAttribute('aria-current')) ?? rows[0];
}

function isTyping(target) {
  return target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]');
}
