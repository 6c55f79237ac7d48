import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as scales from '../../static/js/heatmap/scales.js';

const { formatMoney, formatPrice, histogram, rangeOf, tone } = scales;
const RANGE = { lowUsd: 1e3, highUsd: 1e7 };
const USD_OF_CODE = Float64Array.from({ length: 256 }, (_, q) => (q ? 10 ** ((4 * (q - 1)) / 254) : 0));
const SGD = { currency: 'SGD', rate: 1.286 };
const USD = { currency: 'USD', rate: 1 };

test('a tone is the logarithm between low and high to the power 1.4', () => {
  assert.equal(tone(1e5, RANGE), 0.5 ** 1.4);
  assert.equal(tone(1e3, RANGE), 0);
  assert.equal(tone(1e7, RANGE), 1);
});

test('tones stay between nothing and full', () => {
  assert.equal(tone(0, RANGE), 0);
  assert.equal(tone(999, RANGE), 0);
  assert.equal(tone(1e12, RANGE), 1);
  assert.equal(tone(5, { lowUsd: 5, highUsd: 5 }), 1);
});

test('codes get rising tones; only what lies under the range gets none', () => {
  const range = { lowUsd: USD_OF_CODE[20], highUsd: USD_OF_CODE[200] };
  const tones = scales.toneOfCode(USD_OF_CODE, range);
  assert.ok(tones.every((value, q) => (q < 20 ? value === 0 : value >= 1)));
  assert.ok(tones.every((value, q) => q === 0 || value >= tones[q - 1]));
  assert.ok(tones.every((value, q) => q < 200 || value === 255));
});

test('a view starts at the 34th and the 99.8th percentile of its cells with heat', () => {
  const codes = new Uint8Array(3000);
  for (let i = 0; i < 1000; i++) codes[i] = 1 + Math.floor(i / 5);
  const range = rangeOf(histogram(codes), USD_OF_CODE);
  assert.deepEqual(range, { lowUsd: USD_OF_CODE[68], highUsd: USD_OF_CODE[200] });
});

test('a view without heat, or with one code only, still has a range', () => {
  const whole = rangeOf(histogram(new Uint8Array(10)), USD_OF_CODE);
  assert.deepEqual(whole, { lowUsd: USD_OF_CODE[1], highUsd: USD_OF_CODE[255] });
  for (const code of [1, 2, 255]) {
    const { lowUsd, highUsd } = rangeOf(histogram(Uint8Array.of(0, code, code)), USD_OF_CODE);
    assert.ok(0 < lowUsd && lowUsd < highUsd, `code ${code}`);
  }
});

test('amounts have two or three digits and a unit', () => {
  assert.equal(formatMoney(241e6 / 1.286, SGD), 'S$241M');
  assert.equal(formatMoney(1.74e9, USD), 'US$1.74B');
  assert.equal(formatMoney(18.2e6, USD), 'US$18M');
  assert.equal(formatMoney(2.5e12, USD), 'US$2500B');
  assert.equal(formatMoney(950, USD), 'US$950');
  assert.equal(formatMoney(5, { currency: 'EUR', rate: 1 }), '€5');
});

test('amounts round up into the next unit, and to nothing', () => {
  assert.equal(formatMoney(999_700, USD), 'US$1.00M');
  assert.equal(formatMoney(9.996e6, USD), 'US$10M');
  assert.equal(formatMoney(999.6, USD), 'US$1.00K');
  assert.equal(formatMoney(0.4, USD), 'US$0');
  assert.equal(formatMoney(0, SGD), 'S$0');
});

test('negative numbers get a proper minus', () => {
  assert.equal(formatMoney(-4.2e6, USD), '−US$4.20M');
  assert.equal(formatMoney(-0.2, USD), 'US$0');
});

test('prices have the decimals their size needs', () => {
  assert.equal(formatPrice(81_054.4), '81,054');
  assert.equal(formatPrice(142.368), '142.37');
  assert.equal(formatPrice(0.52134), '0.5213');
});
