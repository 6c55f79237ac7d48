import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ENTRIES, PALETTES, colourOfCode } from '../../static/js/heatmap/palette.js';
import { tonesOf } from '../../static/js/pages/tones.js';

/** Entries of the standard tables, as their authors published them. */
const PUBLISHED = {
  viridis: { 0: '#440154', 50: '#414287', 100: '#2a768e', 128: '#21918c', 190: '#5ac864', 255: '#fde725' },
  cividis: { 0: '#00224e', 50: '#34456c', 100: '#656870', 128: '#7d7c78', 190: '#baac6d', 255: '#fee838' },
  inferno: { 0: '#000004', 50: '#400a67', 100: '#902568', 128: '#bc3754', 190: '#f98b0b', 255: '#fcffa4' },
};

const hex = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const rgb = (ramp, entry) => [...ramp.subarray(4 * entry, 4 * entry + 3)];
const alpha = (ramp, entry) => ramp[4 * entry + 3];

for (const [name, entries] of Object.entries(PUBLISHED)) {
  test(`${name} is the standard table to within one step of a channel`, () => {
    for (const [entry, colour] of Object.entries(entries)) {
      const published = hex(colour);
      rgb(PALETTES[name].long, Number(entry)).forEach((channel, k) => {
        assert.ok(Math.abs(channel - published[k]) <= 1, `entry ${entry}`);
      });
    }
  });
}

test('paper is linear between its stops', () => {
  const { long } = PALETTES.paper;
  assert.deepEqual(rgb(long, 0), hex('#F3E3B5'));
  assert.deepEqual(rgb(long, 255), hex('#2A1650'));
  assert.deepEqual(rgb(long, 85), hex('#D9995A'));
});

test('net has a ramp of its own per side, the other palettes one for both', () => {
  for (const [name, { long, short }] of Object.entries(PALETTES)) {
    assert.equal(long === short, !name.startsWith('net-'), name);
  }
  assert.deepEqual(rgb(PALETTES['net-dark'].long, 255), hex('#B5DBFF'));
  assert.deepEqual(rgb(PALETTES['net-paper'].short, 255), hex('#2E0F00'));
});

test('every ramp fades in over its lowest 6 % and is opaque after', () => {
  for (const { long, short } of Object.values(PALETTES)) {
    for (const ramp of [long, short]) {
      assert.equal(ramp.length, 4 * ENTRIES);
      assert.equal(alpha(ramp, 0), 0);
      assert.ok(alpha(ramp, 8) > 100 && alpha(ramp, 8) < 160);
      assert.ok(ramp.every((value, i) => i % 4 !== 3 || i < 4 * 16 || value === 255));
    }
  }
});

test('codes get the colour of their tone, red in the lowest byte', () => {
  const ramp = PALETTES.inferno.long;
  const colours = colourOfCode(Uint8Array.of(0, 255, 16), ramp);
  const bytes = new Uint8Array(colours.buffer);
  assert.deepEqual([...bytes.subarray(0, 4)], [...ramp.subarray(0, 4)]);
  assert.deepEqual([...bytes.subarray(4, 8)], [...ramp.subarray(1020, 1024)]);
  assert.deepEqual([...bytes.subarray(8, 12)], [...ramp.subarray(64, 68)]);
});

test('digits of a still picture reach from the first entry of a ramp to its last', () => {
  const digits = [...Array(32).keys()].map((digit) => digit.toString(32)).join('');
  const tones = [...tonesOf(digits)];
  assert.equal(tones[0], 0);
  assert.equal(tones[31], ENTRIES - 1);
  assert.deepEqual(tones, tones.toSorted((a, b) => a - b));
  assert.equal(tonesOf('').length, 0);
});
