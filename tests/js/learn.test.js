import assert from 'node:assert/strict';
import { test } from 'node:test';

import { furthest, momentOf, SHOWN } from '../../static/js/learn/moments.js';
import { gain, mistakeOf, outcomeOf, usualPlan } from '../../static/js/learn/plan.js';

const SHORT = { side: 'short', entry: 100, stop: 104, target: 90 };
const LONG = { side: 'long', entry: 100, stop: 95, target: 110 };

/** Candles of closes, each with a range of one either way. */
function candles(...closes) {
  return Float32Array.from(closes.flatMap((close) => [close, close + 1, close - 1, close]));
}

function frame(columns, bins = 2) {
  const closes = Array.from({ length: columns }, (_, i) => 100 + i);
  return {
    columns, bins, firstEndMs: 1000, cadenceMs: 10, priceUsd: 1, asOfMs: 0,
    codes: Uint8Array.from({ length: columns * 2 * bins }, (_, i) => Math.floor(i / (2 * bins)) % 250),
    candles: candles(...closes),
    meta: { nearest: closes.map((close) => [[0, close, close, close, 1, 1]]) },
  };
}

test('a usual plan lies on the right sides of the price', () => {
  for (const side of ['long', 'short']) assert.equal(mistakeOf(usualPlan(side, 128_400, 100)), null);
});

test('a stop or target on the wrong side is named', () => {
  assert.equal(mistakeOf({ ...LONG, stop: 101 }), 'stop_of_long');
  assert.equal(mistakeOf({ ...LONG, target: 99 }), 'target_of_long');
  assert.equal(mistakeOf({ ...SHORT, stop: 100 }), 'stop_of_short');
  assert.equal(mistakeOf({ ...SHORT, target: 100 }), 'target_of_short');
});

test('what is not a price is named', () => {
  for (const stop of [NaN, 0, -5, Infinity]) assert.equal(mistakeOf({ ...LONG, stop }), 'not_a_price');
});

test('no trade needs no levels', () => {
  assert.equal(mistakeOf({ side: 'none', entry: 1, stop: NaN, target: NaN }), null);
});

test('gain counts in what was risked', () => {
  assert.equal(gain(SHORT, 90), 2.5);
  assert.equal(gain(SHORT, 104), -1);
  assert.equal(gain(LONG, 105), 1);
});

test('a target that is reached ends a plan there', () => {
  const outcome = outcomeOf(SHORT, candles(100, 97, 93, 91, 120), { from: 0, to: 4, rate: 1 });
  assert.deepEqual(outcome, { end: 'target', column: 3, r: 2.5 });
});

test('a stop that is reached first costs one', () => {
  const outcome = outcomeOf(SHORT, candles(100, 103, 80), { from: 0, to: 2, rate: 1 });
  assert.deepEqual(outcome, { end: 'stop', column: 1, r: -1 });
});

test('of a column that reaches both the stop counts', () => {
  const wild = Float32Array.from([100, 101, 99, 100, 100, 120, 80, 100]);
  assert.equal(outcomeOf(LONG, wild, { from: 0, to: 1, rate: 1 }).end, 'stop');
});

test('what came before the decision or after the moment does not count', () => {
  const outcome = outcomeOf(SHORT, candles(130, 100, 99, 80), { from: 1, to: 2, rate: 1 });
  assert.deepEqual(outcome, { end: 'open', column: 2, r: 0.25 });
});

test('a plan in another currency meets candles at the rate', () => {
  const outcome = outcomeOf({ ...SHORT, entry: 200, stop: 208, target: 180 }, candles(100, 90), { from: 0, to: 1, rate: 2 });
  assert.equal(outcome.end, 'target');
});

test('a moment shows its own columns and nothing later', () => {
  const moment = momentOf(frame(300), 280);
  assert.equal(moment.columns, SHOWN);
  assert.equal(moment.priceUsd, 380);
  assert.equal(moment.firstEndMs, 1000 + (280 + 1 - SHOWN) * 10);
  assert.equal(moment.codes.length, SHOWN * 4);
  assert.equal(moment.codes.at(-1), 280 % 250);
  assert.equal(moment.candles.at(-1), 380);
  assert.deepEqual(moment.meta.clusters, [[0, 380, 380, 380, 1, 1]]);
});

test('early moments are shorter', () => {
  assert.equal(momentOf(frame(300), 9).columns, 10);
});

test('how far the price went is told of the larger way', () => {
  assert.equal(furthest({ candles: candles(100, 102, 90, 104), columns: 4 }, 0), 89);
  assert.equal(furthest({ candles: candles(50, 100, 109, 98), columns: 4 }, 1), 110);
});
