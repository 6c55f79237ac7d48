/** Light, dark or the system's; and a plate that may stay dark. */

import { prefer } from '#preferences';

/** @param {import('#heatmap/widget').Page} page */
export function mountTheme({ root, store, signal }) {
  const system = matchMedia('(prefers-color-scheme: light)');
  const html = document.documentElement;

  function apply() {
    const choice = html.dataset.themeChoice;
    html.dataset.theme = choice === 'auto' ? (system.matches ? 'light' : 'dark') : choice;
    document.querySelector('meta[name="theme-color"]').content = getComputedStyle(html).getPropertyValue('--bg').trim();
    for (const chip of root.querySelectorAll('[data-theme-choice]')) {
      chip.setAttribute('aria-pressed', String(chip.dataset.themeChoice === choice));
    }
    for (const chip of root.querySelectorAll('[data-plate-choice]')) {
      chip.setAttribute('aria-pressed', String(chip.dataset.plateChoice === store.values.plate));
    }
    store.set({ theme: html.dataset.theme });
  }

  root.addEventListener('click', (event) => {
    const { themeChoice, plateChoice } = event.target.closest('[data-theme-choice], [data-plate-choice]')?.dataset ?? {};
    if (themeChoice) {
      html.dataset.themeChoice = themeChoice;
      prefer('theme', themeChoice === 'auto' ? null : themeChoice);
    }
    if (plateChoice) {
      prefer('plate', plateChoice);
      store.set({ plate: plateChoice });
    }
    if (themeChoice || plateChoice) apply();
  }, { signal });
  system.addEventListener('change', apply, { signal });
  apply();
}
