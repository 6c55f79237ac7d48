/** Looks again by itself while there is nothing to show. */

/** @param {HTMLElement} element */
export function mount(element) {
  const timer = setInterval(() => {
    if (!document.hidden) location.reload();
  }, Number(element.dataset.every));
  return () => clearInterval(timer);
}
