/** Finds every `data-widget` on the page, also after an HTMX swap, and mounts it once. */

/** @type {Record<string, () => Promise<{mount: (element: HTMLElement) => () => void}>>} */
const WIDGETS = {
  currencies: () => import('#pages/currencies'),
  fragments: () => import('#pages/fragments'),
  heat: () => import('#pages/heat'),
  heatmap: () => import('#heatmap/widget'),
  offline: () => import('#pwa/offline'),
  push: () => import('#pwa/offer'),
  'journal-keys': () => import('#journal/keys'),
  'level-map': () => import('#level_map/widget'),
  levels: () => import('#pages/levels'),
  lesson: () => import('#learn/lesson'),
  menu: () => import('#pages/menu'),
  patient: () => import('#pages/patient'),
  plan: () => import('#plan/widget'),
  order: () => import('#watchlists/order'),
  strip: () => import('#pages/strip'),
  refresh: () => import('#pages/refresh'),
  reload: () => import('#pages/reload'),
  'rule-editor': () => import('#alerts/editor'),
  scenario: () => import('#learn/scenario'),
};

/** What has come already, so that what HTMX swaps in is drawn before anybody sees it. */
const loaded = {};

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
  const name = element.dataset.widget;
  loaded[name] ??= await WIDGETS[name]();
  mounted.set(element, loaded[name].mount(element));
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
if (navigator.serviceWorker) addEventListener('load', () => setTimeout(async () => (await import('#pwa/start')).start(), 4000));
