/** A details menu that closes on Escape and on a tap elsewhere. */

/** @param {HTMLDetailsElement} element */
export function mount(element) {
  const stop = new AbortController();
  const close = () => { element.open = false; };
  document.addEventListener('pointerdown', (event) => {
    if (!element.contains(event.target)) close();
  }, { signal: stop.signal });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    close();
    element.querySelector('summary').focus();
  }, { signal: stop.signal });
  return () => stop.abort();
}
