/**
 * Colours of the heat: tables of 256 RGBA entries, from nothing to the most.
 *
 * The lowest 6 % of every table fades in from transparent, so the plate shows through. Viridis,
 * cividis and inferno are the standard tables to within 1/255, kept as the stops between which
 * they are straight. Net tables have a ramp per side.
 */

/** @typedef {Uint8ClampedArray} Ramp 256 x RGBA */
/** @typedef {[at: number, colour: string]} Stop `at` is an entry of the table, 0 to 255 */
/** @typedef {{long: Ramp, short: Ramp}} Palette */

export const ENTRIES = 256;
const FADE = 0.06;

/** @type {Record<string, Stop[]>} */
const STANDARD = {
  viridis: [
    [0, '#440154'], [15, '#481769'], [30, '#472a7a'], [46, '#433e85'], [67, '#39558c'],
    [95, '#2c718e'], [127, '#21908d'], [141, '#1e9d89'], [153, '#22a884'], [166, '#2fb47c'],
    [179, '#44bf70'], [192, '#5ec962'], [207, '#81d34d'], [233, '#c5e021'], [242, '#dde318'],
    [248, '#ece51b'], [254, '#fbe723'], [255, '#fde725'],
  ],
  cividis: [
    [0, '#00224e'], [14, '#002c66'], [20, '#003070'], [23, '#013271'], [28, '#123570'],
    [37, '#233c6e'], [53, '#38476c'], [86, '#585e6d'], [119, '#757575'], [128, '#7d7c78'],
    [152, '#938e78'], [183, '#b3a670'], [211, '#d0be62'], [230, '#e5cf52'], [244, '#f5dc41'],
    [251, '#fde334'], [255, '#fee838'],
  ],
  inferno: [
    [0, '#000004'], [4, '#02010a'], [10, '#050417'], [22, '#120a32'], [30, '#1e0c45'],
    [38, '#2b0b57'], [46, '#390963'], [54, '#470b6a'], [67, '#5c126e'], [88, '#7d1e6d'],
    [110, '#a02a63'], [128, '#bc3754'], [150, '#d94d3d'], [169, '#ec6726'], [187, '#f8850f'],
    [196, '#fb9606'], [202, '#fca108'], [210, '#fcb014'], [222, '#f9c72f'], [235, '#f4e156'],
    [244, '#f1f179'], [251, '#f6fa96'], [255, '#fcffa4'],
  ],
};

const PAPER = ['#F3E3B5', '#E8C77E', '#D9995A', '#BD5F5C', '#8F3A6D', '#5C2A70', '#2A1650'];

/** From the plate outward. */
const NET = {
  'net-dark': {
    long: ['#0D1A2E', '#123F78', '#1F66BD', '#4C9BF5', '#B5DBFF'],
    short: ['#2A1706', '#6B3605', '#B8590C', '#FF9D45', '#FFDCB4'],
  },
  'net-paper': {
    long: ['#DBEAFD', '#A3C9F7', '#5597E8', '#0A5BBD', '#06336D'],
    short: ['#FDCC88', '#EA8C24', '#B55400', '#703000', '#2E0F00'],
  },
};

/** @type {Readonly<Record<string, Palette>>} */
export const PALETTES = Object.freeze({
  ...mapValues(STANDARD, (stops) => sameForBoth(ramp(stops))),
  paper: sameForBoth(ramp(evenly(PAPER))),
  ...mapValues(NET, ({ long, short }) => ({ long: ramp(evenly(long)), short: ramp(evenly(short)) })),
});

/**
 * The colour of each of the 256 codes of a frame, as an ImageData's Uint32 view wants it.
 * @param {Uint8Array} toneOfCode entries of the ramp, see scales.js
 * @param {Ramp} ramp
 * @returns {Uint32Array}
 */
export function colourOfCode(toneOfCode, ramp) {
  const colours = new Uint32Array(ramp.buffer);
  return Uint32Array.from(toneOfCode, (tone) => colours[tone]);
}

/**
 * @param {Stop[]} stops
 * @returns {Ramp}
 */
function ramp(stops) {
  const table = new Uint8ClampedArray(4 * ENTRIES);
  let next = 1;
  for (let i = 0; i < ENTRIES; i++) {
    if (i > stops[next][0]) next += 1;
    const [[from, before], [to, after]] = [stops[next - 1], stops[next]];
    const share = (i - from) / (to - from);
    const [low, high] = [channels(before), channels(after)];
    const alpha = 255 * Math.min(1, i / (ENTRIES - 1) / FADE);
    table.set([...low.map((c, k) => c + share * (high[k] - c)), alpha], 4 * i);
  }
  return table;
}

/**
 * @param {string[]} colours
 * @returns {Stop[]}
 */
function evenly(colours) {
  return colours.map((colour, i) => [(i * (ENTRIES - 1)) / (colours.length - 1), colour]);
}

/** @param {string} colour */
function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

/** @param {Ramp} ramp */
function sameForBoth(ramp) {
  return { long: ramp, short: ramp };
}

/**
 * @template Value, Result
 * @param {Record<string, Value>} record
 * @param {(value: Value) => Result} change
 */
function mapValues(record, change) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
