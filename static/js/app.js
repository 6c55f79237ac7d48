/** Finds every `data-widget` on the page, also after an HTMX swap, and mounts it once. */

/** @type {Record<string, () => Promise<{mount: (element: HTMLElement) => () => void}>>} */
const WIDGETS = {
  heatmap: () => import('#heatmap/widget'),
  'level-map': () => import('#level_map/widget'),
  levels: () => import('#pages/levels'),
  menu: () => import('#pages/menu'),
  refresh: () => import('#pages/refresh'),
  reload: () => import('#pages/reload'),
};

/** @type {Map<Element, () => void>} */
const mounted = new Map();

/** @param {ParentNode} within */
function mountWithin(within) {
  for (const element of within.querySelectorAll('[data-widget]')) mountOne(element);
}

/** @param {HTMLElement} element */
async function mountOne(element) {
  if (mounted.has(element)) return;
  mounted.set(element, () => {});
  const { mount } = await WIDGETS[element.dataset.widget]();
  mounted.set(element, mount(element));
}

function unmountRemoved() {
  for (const [element, unmount] of mounted) {
    if (element.isConnected) continue;
    unmount();
    mounted.delete(element);
  }
}

document.addEventListener('htmx:after:swap', () => {
  unmountRemoved();
  mountWithin(document);
});
mountWithin(document);
