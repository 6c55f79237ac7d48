import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changedLayers, DEFAULTS, formatAddress, frameQuery, parseAddress, toggled } from '../../static/js/heatmap/address.js';
import { clockOf } from '../../static/js/heatmap/clock.js';
import { amountAt, rankOf } from '../../static/js/heatmap/percentiles.js';
import { binOf, centre, columnAt, columnsWithoutCandles, edge } from '../../static/js/heatmap/picture.js';
import { usdOfCode } from '../../static/js/heatmap/frame.js';
import { Store } from '../../static/js/heatmap/store.js';
import { placeTags } from '../../static/js/heatmap/tags.js';

test('an address survives being read and written', () => {
  const search = '?tf=7d&view=age&venues=binance,okx&age=0,1&lo=18000000';
  assert.equal(formatAddress(parseAddress(search)), search);
  assert.equal(formatAddress(parseAddress('')), '');
});

test('a frame depends on the selection and not on its looks', () => {
  const state = { ...DEFAULTS, tf: '4h', palette: 'inferno', sides: ['long'], lo: 5 };
  assert.equal(frameQuery(state), '?tf=4h');
  assert.equal(changedLayers(state), 3);
});

test('the last chip cannot be switched off, and all of them are none', () => {
  assert.deepEqual(toggled([], 'a', ['a', 'b']), ['b']);
  assert.deepEqual(toggled(['b'], 'b', ['a', 'b']), ['b']);
  assert.deepEqual(toggled(['b'], 'a', ['a', 'b']), []);
});

test('a clock knows how far its zone is ahead', () => {
  const clock = clockOf('Asia/Singapore', 'SGT');
  assert.equal(clock.offsetMs(Date.UTC(2026, 5, 19)), 8 * 3_600_000);
  assert.equal(clock.dayAndTime(Date.UTC(2026, 5, 18, 20, 45)), '19 Jun 04:45');
});

test('an amount and its rank belong together', () => {
  const counts = new Uint32Array(256);
  counts.fill(10, 1);
  const usd = Float64Array.from({ length: 256 }, (_, code) => code);
  assert.equal(amountAt(counts, usd, 0.5), 128);
  assert.ok(Math.abs(rankOf(counts, usd, 128) - 0.5) < 0.01);
});

test('prices and bins agree on log and on linear grids', () => {
  for (const grid of [{ isLog: true, base: 22_000, step: 0.0005, bins: 400 }, { isLog: false, base: 600, step: 100, bins: 400 }]) {
    for (const bin of [0, 17, 399]) assert.equal(binOf(grid, centre(grid, bin)), bin);
    assert.ok(edge(grid, 1) > edge(grid, 0));
    assert.equal(binOf(grid, 1e9), 399);
  }
});

test('a moment belongs to the column that ends at or after it', () => {
  const picture = { firstEndMs: 1000, cadenceMs: 100, columns: 5 };
  assert.equal(columnAt(picture, 1101), 2);
  assert.equal(columnAt(picture, Infinity), 4);
  assert.equal(columnAt(picture, 0), 0);
});

test('listeners hear only what they asked for and only when it changed', () => {
  const store = new Store({ a: 1, b: 1 });
  const heard = [];
  const stop = store.on(['a'], ({ a }) => heard.push(a));
  store.set({ b: 2 });
  store.set({ a: 1 });
  store.set({ a: 2 });
  stop();
  store.set({ a: 3 });
  assert.deepEqual(heard, [2]);
});

test('tags keep out of the way of candles and of one another', () => {
  const room = { right: 300, height: 500, measure: (text) => 8 * text.length, isBusy: (left) => left < 100 };
  const wanted = [200, 205, -40].map((y) => ({ cluster: { side: 'long' }, y, long: 'Longs S$1M', short: '▼', far: '' }));
  const tags = placeTags(wanted, room);
  assert.ok(tags.every(({ x }) => x >= 100));
  assert.ok(Math.abs(tags[0].y - tags[1].y) >= 26);
  assert.ok(tags[2].isPinned && tags[2].y > 0);
});

test('a tag without room is shortened', () => {
  const room = { right: 90, height: 500, measure: (text) => 8 * text.length, isBusy: () => false };
  const [tag] = placeTags([{ cluster: { side: 'short' }, y: 50, long: 'Shorts S$241M', short: '▲', far: '' }], room);
  assert.equal(tag.text, '▲');
});

test('columns without candles are told as runs', () => {
  const columns = [NaN, NaN, 1, NaN, 1, NaN];
  const candles = Float32Array.from(columns.flatMap((close) => [close, close, close, close]));
  assert.deepEqual(columnsWithoutCandles({ candles, columns: 6 }), [[0, 1], [3, 3], [5, 5]]);
  assert.deepEqual(columnsWithoutCandles({ candles: new Float32Array(8), columns: 2 }), []);
});

test('the dollars of a scale are remembered, and never those of another', () => {
  const [one, other] = [{ lowUsd: 1e3, highUsd: 1e7 }, { lowUsd: 1e3, highUsd: 1e8 }];
  const usd = usdOfCode(one);
  assert.equal(usdOfCode({ ...one }), usd);
  assert.ok(Math.abs(usdOfCode(other)[255] / 1e8 - 1) < 1e-9);
  assert.ok(Math.abs(usdOfCode(one)[255] / 1e7 - 1) < 1e-9);
});
