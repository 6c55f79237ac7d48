import assert from 'node:assert/strict';
import { test } from 'node:test';

import { radiusOf } from '../../static/js/heatmap/extras_drawing.js';

test('the area of a dot grows with its dollars, up to a size', () => {
  assert.ok(radiusOf(4e6) > radiusOf(1e6));
  assert.equal(radiusOf(5e6), radiusOf(5e9));
  assert.ok(radiusOf(1) >= 2.5);
});
