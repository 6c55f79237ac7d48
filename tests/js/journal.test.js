import assert from 'node:assert/strict';
import { test } from 'node:test';

import { actOf, rowAt } from '../../static/js/journal/keys.js';

const quiet = { isOff: false, isTyping: false, isOpen: false };
const acts = { j: () => 'next', '/': () => 'find', ArrowDown: () => 'next' };
const row = (current) => ({ getAttribute: () => current });

test('a letter acts unless letters are switched off, and other keys always do', () => {
  assert.equal(actOf(acts, { key: 'j' }, quiet)(), 'next');
  assert.equal(actOf(acts, { key: 'j' }, { ...quiet, isOff: true }), undefined);
  assert.equal(actOf(acts, { key: 'ArrowDown' }, { ...quiet, isOff: true })(), 'next');
  assert.equal(actOf(acts, { key: 'x' }, quiet), undefined);
  assert.equal(actOf(acts, { key: 'constructor' }, quiet), undefined);
});

test('nothing acts while somebody types, holds a modifier or reads the list of keys', () => {
  assert.equal(actOf(acts, { key: '/' }, { ...quiet, isTyping: true }), undefined);
  assert.equal(actOf(acts, { key: '/' }, { ...quiet, isOpen: true }), undefined);
  for (const held of ['ctrlKey', 'metaKey', 'altKey']) assert.equal(actOf(acts, { key: 'j', [held]: true }, quiet), undefined);
});

test('moving begins at the chosen read and ends at the ends of the list', () => {
  const rows = [row(null), row('true'), row(null)];
  assert.equal(rowAt(rows, null, 1), rows[1]);
  assert.equal(rowAt(rows, rows[1], 1), rows[2]);
  assert.equal(rowAt(rows, rows[2], 1), rows[2]);
  assert.equal(rowAt(rows, rows[0], -1), rows[0]);
  assert.equal(rowAt([], null, 1), undefined);
});
