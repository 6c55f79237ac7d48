import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRising, isUsual, minutesOf } from '../../static/js/heatmap/ages.js';
import { flatten } from '../../static/js/heatmap/density.js';
import { usdOfCode } from '../../static/js/heatmap/frame.js';

const BOTH = ['long', 'short'];
const picture = {
  columns: 2, bins: 3, lowUsd: 1e4, highUsd: 1e8,
  codes: Uint8Array.from([200, 0, 120, 90, 0, 120, 0, 255, 1, 30, 250, 0]),
};

/** Dollars of a side at a place of the flattened layer. */
function usdAt(side, column, bin) {
  return usdOfCode(picture)[picture.codes[(column * 2 + side) * picture.bins + bin]];
}

test('net is long less short, to within a step of the scale', () => {
  const { codes, shorts } = flatten(picture, { sides: BOTH, isNet: true });
  const usd = usdOfCode(picture);
  const step = Math.log(picture.highUsd / picture.lowUsd) / 254;
  for (let column = 0; column < 2; column++) {
    for (let bin = 0; bin < 3; bin++) {
      const at = (2 - bin) * 2 + column;
      const net = usdAt(0, column, bin) - usdAt(1, column, bin);
      const drawn = (shorts[at] ? -1 : 1) * usd[codes[at]];
      if (Math.abs(net) < picture.lowUsd) assert.ok(Math.abs(drawn) <= picture.lowUsd);
      else assert.ok(Math.abs(Math.log(drawn / net)) <= step, `${drawn} is not ${net}`);
    }
  }
});

test('one side alone is drawn as it is', () => {
  const { codes } = flatten(picture, { sides: ['short'], isNet: false });
  assert.deepEqual([...codes], [120, 0, 0, 250, 90, 30]);
});

test('windows of age rise', () => {
  assert.equal(minutesOf('3d'), 4320);
  assert.ok(Number.isNaN(minutesOf('3 d')));
  assert.ok(isRising(['30m', '4h', '1d', '7d']));
  assert.ok(!isRising(['4h', '4h', '1d', '7d']));
  assert.ok(!isRising(['', '4h', '1d', '7d']));
  assert.ok(isUsual(['240m', '1d', '72h', '7d']));
});
