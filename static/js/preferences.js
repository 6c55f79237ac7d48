/** What the reader chose for every page; cookies, so that the server prints the right thing first. */

const YEAR_S = 31_536_000;

/**
 * @param {'currency' | 'home' | 'theme' | 'palette' | 'plate' | 'letters'} name
 * @returns {string | null}
 */
export function preference(name) {
  const pair = document.cookie.split('; ').find((cookie) => cookie.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : null;
}

/**
 * @param {'currency' | 'home' | 'theme' | 'palette' | 'plate' | 'letters'} name
 * @param {string | null} value null forgets it
 */
export function prefer(name, value) {
  const age = value === null ? 0 : YEAR_S;
  document.cookie = `${name}=${encodeURIComponent(value ?? '')}; path=/; max-age=${age}; samesite=lax`;
}
