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
 * @property {string[]} layers what is drawn besides: liq, depth, cvd, funding
 * @property {string} vs the venue beside the first one
 * @property {string[]} windows edges of the five windows of age; empty means the usual
 * @property {string} axis log, or lin
 */

/** @type {State} */
export const DEFAULTS = Object.freeze({
  tf: '24h', view: 'live', at: null, venues: [], lev: [], age: [], sides: [], bin: 'auto', cur: '',
  palette: '', lo: null, hi: null, layers: [], vs: '', windows: [], axis: 'log',
});
const FRAME_KEYS = ['tf', 'venues', 'lev', 'age', 'windows', 'bin'];
const HOUR_MS = 3_600_000;
const WINDOW_HOURS = { '1h': 1, '4h': 4, '24h': 24, '48h': 48, '7d': 168, '30d': 720 };
const SEEN_AFTER = 0.3; // of the window: how much a past picture knows beyond the moment looked at

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
 * What the server needs to draw the picture. A moment that lies within the picture at hand needs
 * no other one: its columns are what the map showed at each instant. Any other moment is asked for
 * with some time after it, so that playing on needs few pictures.
 * @param {State} state
 * @param {{query: string, firstEndMs: number, asOfMs: number} | null} [picture] the one at hand
 * @param {number} [liveMs] up to when there is anything
 */
export function frameQuery(state, picture = null, liveMs = Infinity) {
  const selection = formatAddress(state, FRAME_KEYS);
  if (state.view !== 'historical' || state.at === null) return selection;
  const isSame = picture && picture.query.replace(/[?&]view=historical&at=\d+$/, '') === selection;
  if (isSame && state.at >= picture.firstEndMs && state.at <= picture.asOfMs) return picture.query;
  const wantedMs = state.at + SEEN_AFTER * WINDOW_HOURS[state.tf] * HOUR_MS;
  if (wantedMs >= liveMs && state.at >= liveMs - (1 - SEEN_AFTER) * WINDOW_HOURS[state.tf] * HOUR_MS) return selection;
  return `${selection}${selection ? '&' : '?'}view=historical&at=${Math.min(wantedMs, liveMs)}`;
}

/**
 * How many settings of Layers differ from the usual.
 * @param {State} state
 */
export function changedLayers(state) {
  const lists = ['venues', 'lev', 'age', 'sides', 'windows', 'layers'].filter((key) => state[key].length);
  const others = ['bin', 'palette', 'lo', 'hi', 'axis'].filter((key) => state[key] !== DEFAULTS[key]);
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
