/** The page's address is its state: read it, write it, and the part that a frame depends on. Pure. */

/**
 * @typedef {object} State
 * @property {string} tf
 * @property {string} view
 * @property {number | null} at
 * @property {string[]} venues empty means all
 * @property {string[]} lev
 * @property {string[]} age
 * @property {string[]} sides
 * @property {string} bin
 * @property {string} cur
 * @property {string} palette empty means the theme's
 * @property {number | null} lo US dollars
 * @property {number | null} hi
 */

/** @type {State} */
export const DEFAULTS = Object.freeze({
  tf: '24h', view: 'live', at: null, venues: [], lev: [], age: [], sides: [], bin: 'auto', cur: '',
  palette: '', lo: null, hi: null,
});
const FRAME_KEYS = ['tf', 'view', 'at', 'venues', 'lev', 'age', 'bin'];

/**
 * @param {string} search
 * @returns {State}
 */
export function parseAddress(search) {
  const query = new URLSearchParams(search);
  return Object.fromEntries(Object.entries(DEFAULTS).map(([key, fallback]) => {
    const value = query.get(key);
    if (!value) return [key, fallback];
    if (Array.isArray(fallback)) return [key, value.split(',').filter(Boolean)];
    return [key, fallback === null ? Number(value) : value];
  }));
}

/**
 * @param {State} state
 * @param {string[]} [keys] only these
 */
export function formatAddress(state, keys = Object.keys(DEFAULTS)) {
  const query = keys.flatMap((key) => {
    const value = state[key];
    const isDefault = Array.isArray(value) ? value.length === 0 : value === DEFAULTS[key];
    if (isDefault || value === null) return [];
    return [`${key}=${Array.isArray(value) ? value.join(',') : encodeURIComponent(value)}`];
  });
  return query.length ? `?${query.join('&')}` : '';
}

/**
 * What the server needs to draw the picture.
 * @param {State} state
 */
export function frameQuery(state) {
  return formatAddress(state, FRAME_KEYS);
}

/**
 * How many settings of Layers differ from the usual.
 * @param {State} state
 */
export function changedLayers(state) {
  const lists = ['venues', 'lev', 'age', 'sides'].filter((key) => state[key].length);
  const others = ['bin', 'palette', 'lo', 'hi'].filter((key) => state[key] !== DEFAULTS[key]);
  return lists.length + others.length;
}

/**
 * A list setting with one item switched on or off; everything on is the empty list, and the last
 * one cannot be switched off.
 * @param {string[]} chosen
 * @param {string} item
 * @param {string[]} everything
 */
export function toggled(chosen, item, everything) {
  const now = chosen.length ? chosen : everything;
  const next = now.includes(item) ? now.filter((one) => one !== item) : [...now, item];
  if (next.length === 0) return chosen;
  return next.length === everything.length ? [] : everything.filter((one) => next.includes(one));
}
