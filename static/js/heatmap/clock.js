/** Instants as the reader's clock shows them. Pure. */

/**
 * @param {string} zone
 * @param {string} label
 */
export function clockOf(zone, label) {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' });
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return {
    label,
    /** @param {number} ms */
    time: (ms) => time.format(ms),
    /** @param {number} ms */
    dayAndTime: (ms) => `${day.format(ms)} ${time.format(ms)}`,
    /** As a datetime-local input wants it. @param {number} ms */
    inputValue: (ms) => new Date(ms + offsetMs(zone, ms)).toISOString().slice(0, 16),
    /** @param {string} value of a datetime-local input @returns {number} NaN for none */
    fromInput: (value) => {
      const local = Date.parse(`${value}Z`);
      return local - offsetMs(zone, Number.isFinite(local) ? local : 0);
    },
    /** @param {number} ms */
    offsetMs: (ms) => offsetMs(zone, ms),
  };
}

/**
 * How far the zone's clock is ahead of UTC at that instant.
 * @param {string} zone
 * @param {number} ms
 */
function offsetMs(zone, ms) {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
    hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(ms);
  const at = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second);
  return local - Math.floor(ms / 1000) * 1000;
}
