/** What kind of browser this is, and what it can be offered. Pure. */

/**
 * @typedef {object} Abilities
 * @property {boolean} isSecure the page came over https, or from this machine
 * @property {boolean} canPush
 * @property {boolean} isApple an iPhone or iPad
 * @property {boolean} isInstalled opened from the home screen
 * @property {string} permission as `Notification.permission` has it
 * @property {boolean} isSubscribed
 */

/**
 * @param {Abilities} abilities
 * @returns {'subscribed' | 'ready' | 'denied' | 'install' | 'insecure' | 'unsupported'}
 */
export function offerFor({ isSecure, canPush, isApple, isInstalled, permission, isSubscribed }) {
  if (!isSecure) return 'insecure';
  if (isApple && !isInstalled) return 'install';
  if (!canPush) return 'unsupported';
  if (permission === 'denied') return 'denied';
  return isSubscribed && permission === 'granted' ? 'subscribed' : 'ready';
}

/**
 * @param {string} agent
 * @param {number} touchPoints an iPad says that it is a Mac, but no Mac is touched
 */
export function isAppleTouch(agent, touchPoints) {
  return /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1);
}

const BROWSERS = [['Edg', 'Edge'], ['OPR', 'Opera'], ['SamsungBrowser', 'Samsung Internet'], ['Firefox', 'Firefox'], ['FxiOS', 'Firefox'], ['CriOS', 'Chrome'], ['Chrome', 'Chrome'], ['Safari', 'Safari']];
const SYSTEMS = [['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Android', 'Android'], ['Windows', 'Windows'], ['CrOS', 'ChromeOS'], ['Macintosh', 'Mac'], ['Linux', 'Linux']];

/** @param {string} agent */
export function deviceName(agent) {
  const named = (table) => table.find(([mark]) => agent.includes(mark))?.[1];
  return [named(BROWSERS), named(SYSTEMS)].filter(Boolean).join(' · ');
}

/**
 * A server key as browsers want it, from base64url.
 * @param {string} text
 */
export function keyBytes(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/**
 * @param {ArrayBuffer | null | undefined} held by a subscription
 * @param {string} key base64url
 */
export function isSameKey(held, key) {
  if (!held) return false;
  const [mine, theirs] = [new Uint8Array(held), keyBytes(key)];
  return mine.length === theirs.length && mine.every((byte, index) => byte === theirs[index]);
}
