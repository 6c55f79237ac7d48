/** The sentence of a rule: each chosen word asks for another look at the last days. */

import '#vendor/htmx';

const REST_MS = 150;

/** @param {HTMLFormElement} form */
export function mount(form) {
  const aborter = new AbortController();
  let resting = 0;
  form.addEventListener('change', ({ target }) => {
    if (target.name === 'measure') {
      remeasure(form);
      return;
    }
    if (target.name === 'side') paint(target);
    clearTimeout(resting);
    resting = setTimeout(() => form.dispatchEvent(new Event('words')), REST_MS);
  }, { signal: aborter.signal });
  return () => {
    clearTimeout(resting);
    aborter.abort();
  };
}

/** The side's own colour on its word. */
function paint(select) {
  const box = select.closest('.word-box');
  box.classList.remove('long', 'short');
  if (select.value) box.classList.add(select.value);
}

/** Another measure has another word after it: the page is asked for again with what is chosen. */
function remeasure(form) {
  const chosen = new URLSearchParams();
  for (const name of ['kind', 'scope', 'side', 'measure', 'within']) {
    const value = new FormData(form).get(name);
    if (value) chosen.set(name, value);
  }
  location.assign(`${location.pathname}?${chosen}`);
}
