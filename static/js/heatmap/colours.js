/** The colours that canvases use, read from tokens.css once per change of theme. */

const DARK = { ink: '#f4efe7', onInk: '#14111a', quiet: '#b9b1c1' };
const LIGHT = { ink: '#1a1620', onInk: '#ffffff', quiet: '#514a5a' };

/**
 * @param {HTMLElement} element the map, which may keep a dark plate on a light page
 */
export function readColours(element) {
  const style = getComputedStyle(element);
  const token = (name) => style.getPropertyValue(name).trim();
  const isDarkPlate = isDark(token('--plate'));
  return {
    ...(isDarkPlate ? DARK : LIGHT),
    isDarkPlate,
    plate: token('--plate'),
    strip: token('--plate-strip'),
    grid: token('--grid'),
    ground: token('--bg'),
    line: token('--line-2'),
    axisLine: token('--line'),
    text: token('--text'),
    short: token('--short'),
    long: token('--long'),
    onSide: token('--inv'),
      };
}

/** @param {string} colour #rrggbb */
function isDark(colour) {
  return parseInt(colour.slice(1, 3), 16) < 128;
}
