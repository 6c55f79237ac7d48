import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parsePrice, priceAt, shownPrice, typedPrice } from '../../static/js/plan/scale.js';

test('the plate is even in price from top to bottom', () => {
  assert.equal(priceAt(0, 90_000, 80_000), 90_000);
  assert.equal(priceAt(1, 90_000, 80_000), 80_000);
  assert.equal(priceAt(0.46, 90_000, 80_000), 85_400);
});

test('a dragged price is typed with the digits that matter', () => {
  assert.equal(typedPrice(85_400.4), '85400');
  assert.equal(typedPrice(2_250.456), '2250.5');
  assert.equal(typedPrice(0.123456), '0.12346');
});

test('what is typed is read back, separators and all', () => {
  assert.equal(parsePrice(' 85,400 '), 85_400);
  assert.ok(Number.isNaN(parsePrice('')));
  assert.ok(Number.isNaN(parsePrice('soon')));
  assert.equal(parsePrice(typedPrice(81_054.2)), 81_054);
});

test('prices are shown as the server prints them', () => {
  assert.equal(shownPrice(81_054.3), '81,054');
  assert.equal(shownPrice(89.641), '89.64');
  assert.equal(shownPrice(0.12344), '0.1234');
});
