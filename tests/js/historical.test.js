import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DEFAULTS, frameQuery } from '../../static/js/heatmap/address.js';
import { clockOf } from '../../static/js/heatmap/clock.js';
import { outcomes } from '../../static/js/heatmap/outcomes.js';

const HOUR = 3_600_000;
const NOW = 1_780_000_000_000;
const LIVE = { query: '', firstEndMs: NOW - 24 * HOUR, asOfMs: NOW };
const state = (at, more = {}) => ({ ...DEFAULTS, view: 'historical', at, ...more });

test('a moment inside the picture at hand needs no other one', () => {
  assert.equal(frameQuery(state(NOW - 5 * HOUR), LIVE, NOW), '');
});

test('a moment before it is asked for with some time after it', () => {
  const at = NOW - 100 * HOUR;
  const query = frameQuery(state(at), LIVE, NOW);
  const asked = Number(query.split('at=')[1]);
  assert.ok(asked > at && asked < at + 24 * HOUR);
  const past = { query, firstEndMs: asked - 24 * HOUR, asOfMs: asked };
  assert.equal(frameQuery(state(at + HOUR), past, NOW), query);
  assert.notEqual(frameQuery(state(asked + HOUR), past, NOW), query);
});

test('another selection is another picture, and no moment lies after now', () => {
  const query = frameQuery(state(NOW - 40 * HOUR, { venues: ['okx'] }), LIVE, NOW);
  assert.ok(query.startsWith('?venues=okx&view=historical&at='));
  const near = frameQuery(state(NOW - 30 * HOUR, { tf: '7d' }), { ...LIVE, query: '?tf=24h' }, NOW);
  assert.equal(near, '?tf=7d');
});

test('a view alone does not change the picture', () => {
  assert.equal(frameQuery({ ...DEFAULTS, view: 'net' }), frameQuery(DEFAULTS));
});

test('a cluster is met where the price first touches its near edge', () => {
  const candles = new Float32Array([[100, 101, 99, 100], [100, 104, 100, 103], [NaN, NaN, NaN, NaN], [103, 106, 96, 97]].flat());
  const picture = { candles, columns: 4, cadenceMs: 60_000 };
  const [short, long, far] = outcomes(picture, [
    { side: 'short', low: 105, high: 107 }, { side: 'long', low: 96, high: 97 }, { side: 'short', low: 110, high: 111 },
  ], 0);
  assert.deepEqual([short.column, short.afterMs], [3, 180_000]);
  assert.equal(long.column, 3);
  assert.equal(far.column, null);
});

test('a moment can be typed on the clock of the reader', () => {
  const clock = clockOf('Asia/Singapore', 'SGT');
  const at = Date.UTC(2026, 5, 18, 20, 45);
  assert.equal(clock.inputValue(at), '2026-06-19T04:45');
  assert.equal(clock.fromInput('2026-06-19T04:45'), at);
  assert.ok(Number.isNaN(clock.fromInput('')));
});
