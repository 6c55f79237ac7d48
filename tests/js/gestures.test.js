import assert from 'node:assert/strict';
import { test } from 'node:test';

import { meaningOf, priceFactor, swipedTo } from '../../static/js/heatmap/gestures.js';

const start = [{ x: 100, y: 200 }, { x: 200, y: 200 }];
const moved = (ax, ay, bx, by) => [{ x: 100 + ax, y: 200 + ay }, { x: 200 + bx, y: 200 + by }];

test('two fingers that go up together scale the price', () => {
  assert.equal(meaningOf(start, moved(0, -30, 2, -28)), 'price');
  assert.equal(meaningOf(start, moved(-30, 0, 30, 0)), 'time');
  assert.equal(meaningOf(start, moved(40, 5, 40, 5)), 'time');
  assert.equal(meaningOf(start, moved(0, -3, 0, -3)), null);
});

test('up shows less price, down as much more', () => {
  assert.ok(priceFactor(-100, 500) > 1);
  assert.ok(Math.abs(priceFactor(-100, 500) * priceFactor(100, 500) - 1) < 1e-12);
});

test('a swipe leads to the neighbour and around the end', () => {
  assert.equal(swipedTo(-80, 4, 0, 3), 1);
  assert.equal(swipedTo(80, 4, 0, 3), 2);
  assert.equal(swipedTo(-80, 70, 0, 3), null);
  assert.equal(swipedTo(-20, 0, 0, 3), null);
  assert.equal(swipedTo(-90, 0, 0, 1), null);
});
