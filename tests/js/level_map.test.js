import assert from 'node:assert/strict';
import { test } from 'node:test';

import { barsIn, openingSpan, shifted, ticks, usdAt, wholeSpan, yOf, zoomed } from '../../static/js/level_map/axis.js';

const MAP = { price: 60_000, base: 5400, step: 0.002, bars: 210 };
const WHOLE = wholeSpan(MAP);

test('a price and its height belong together', () => {
  const span = openingSpan(MAP);
  for (const usd of [56_000, 60_000, 64_000]) assert.ok(Math.abs(usdAt(span, yOf(span, usd, 600), 600) - usd) < 1e-6);
  assert.ok(yOf(span, 64_000, 600) < yOf(span, 56_000, 600));
});

test('zooming keeps the place under the finger and never leaves the map', () => {
  const span = openingSpan(MAP);
  const near = zoomed(span, 2, 0.25, WHOLE);
  assert.ok(Math.abs(usdAt(near, 150, 600) - usdAt(span, 150, 600)) < 1e-6);
  const far = zoomed(span, 1e-9, 0.5, WHOLE);
  assert.deepEqual([far.low, far.high].map((x) => x.toFixed(9)), [WHOLE.low, WHOLE.high].map((x) => x.toFixed(9)));
});

test('moving stops at the edge of the map', () => {
  const moved = shifted(openingSpan(MAP), 100, WHOLE);
  assert.ok(Math.abs(moved.high - WHOLE.high) < 1e-9);
  assert.ok(moved.low > WHOLE.low);
});

test('bars in view are inside the map', () => {
  assert.deepEqual(barsIn(MAP, WHOLE), [0, MAP.bars - 1]);
  const [first, last] = barsIn(MAP, openingSpan(MAP));
  assert.ok(first > 0 && last < MAP.bars - 1);
});

test('ticks are round in the currency of the reader', () => {
  for (const usd of ticks(openingSpan(MAP), 600, 1.3)) assert.ok(Math.abs((usd * 1.3) % 500) < 1e-6 || Math.abs((usd * 1.3) % 500 - 500) < 1e-6);
});
