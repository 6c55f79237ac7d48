/** The page's sentences, printed by the server from its catalogue. */

const sentences = JSON.parse(document.getElementById('words').textContent);

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values] what stands in the braces
 */
export function say(key, values = {}) {
  return sentences[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** @param {number} seconds */
export function sayAge(seconds) {
  if (seconds < 60) return say('seconds', { n: Math.round(seconds) });
  if (seconds < 3600) return say('minutes', { n: Math.round(seconds / 60) });
  if (seconds < 86_400) return say('hours', { n: Math.round(seconds / 3600) });
  return say('days', { n: Math.round(seconds / 86_400) });
}
