/** The sentences of a lesson's script, printed by the server from its catalogue. */

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values] what stands in the braces
 */
export function tell(key, values = {}) {
  const sentences = JSON.parse(document.getElementById('learn-words').textContent);
  return sentences[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** @param {number} r gain in units of risk, signed with a proper minus */
export function sayR(r) {
  return (r < 0 ? '\u2212' : '+') + Math.abs(r).toFixed(1);
}
