import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { FrameError, applyUpdate, decodeFrame, usdOfCode } from '../../static/js/heatmap/frame.js';

const golden = (name) => new URL(`../golden/${name}`, import.meta.url);
const expected = JSON.parse(await readFile(golden('frame_v1.json'), 'utf8'));
const fullBytes = await bytesOf('frame_v1_full.bin');
const updateBytes = await bytesOf('frame_v1_update.bin');

async function bytesOf(name) {
  const { buffer, byteOffset, length } = await readFile(golden(name));
  return buffer.slice(byteOffset, byteOffset + length);
}

/** A frame in the words of frame_v1.json. */
function described({ codes, candles, kind, ...rest }) {
  return {
    ...rest,
    kind: kind === 'full' ? 0 : 1,
    codes: Buffer.from(codes).toString('hex'),
    candles: Array.from(candles, (x) => (Number.isNaN(x) ? null : x)),
  };
}

/** A copy of the full golden frame with some of its bytes changed. */
function damaged(change) {
  const copy = fullBytes.slice(0);
  change(new DataView(copy), new Uint8Array(copy));
  return copy;
}

const refuses = (buffer, message) => assert.rejects(decodeFrame(buffer), (error) => {
  assert.ok(error instanceof FrameError, String(error));
  assert.match(error.message, message);
  return true;
});

test('the golden full frame is read as Python wrote it', async () => {
  assert.deepEqual(described(await decodeFrame(fullBytes)), expected.full);
});

test('the golden update is read as Python wrote it', async () => {
  assert.deepEqual(described(await decodeFrame(updateBytes)), expected.update);
});

test('full and update together are the later full picture', async () => {
  const full = await decodeFrame(fullBytes);
  const update = await decodeFrame(updateBytes);
  const { dropped, changedFrom, ...merged } = applyUpdate(full, update);
  assert.deepEqual(described(merged), expected.merged);
  assert.deepEqual({ dropped, changedFrom }, { dropped: 1, changedFrom: full.columns - 2 });
});

test('applying an update leaves the earlier picture alone and may be repeated', async () => {
  const full = await decodeFrame(fullBytes);
  const update = await decodeFrame(updateBytes);
  const once = applyUpdate(full, update);
  const twice = applyUpdate(once, update);
  assert.deepEqual(described(full), expected.full);
  assert.deepEqual(twice.codes, once.codes);
  assert.deepEqual(twice.candles, once.candles);
  assert.equal(twice.dropped, 0);
});

test('an update longer than the window fills it with its newest columns', async () => {
  const full = await decodeFrame(fullBytes);
  const [columns, stride] = [full.columns + 3, 2 * full.bins];
  const codes = Uint8Array.from({ length: columns * stride }, (_, i) => Math.floor(i / stride));
  const candles = new Float32Array(columns * 4);
  const update = { ...full, kind: 'update', columns, codes, candles, meta: {} };
  const picture = applyUpdate(full, update);
  assert.equal(picture.firstEndMs, full.firstEndMs + 3 * full.cadenceMs);
  assert.equal(picture.changedFrom, 0);
  assert.deepEqual(picture.codes, codes.subarray(3 * stride));
});

test('an update older than the picture changes nothing', async () => {
  const full = await decodeFrame(fullBytes);
  const update = { ...(await decodeFrame(updateBytes)), sequence: full.sequence - 1 };
  const { codes, sequence } = applyUpdate(full, update);
  assert.deepEqual(codes, full.codes);
  assert.equal(sequence, full.sequence);
});

for (const [name, change] of [
  ['of another picture', { pictureId: 1 }],
  ['of another price grid', { bins: 39 }],
  ['that leaves a gap', { firstEndMs: expected.full.firstEndMs + 13 * 300_000 }],
  ['between two columns', { firstEndMs: expected.update.firstEndMs + 1 }],
  ['that begins before the picture', { firstEndMs: expected.full.firstEndMs - 300_000 }],
  ['that ends before the picture', { firstEndMs: expected.full.firstEndMs }],
  ['that is a full frame', { kind: 'full' }],
]) {
  test(`an update ${name} is refused`, async () => {
    const full = await decodeFrame(fullBytes);
    const update = { ...(await decodeFrame(updateBytes)), ...change };
    assert.throws(() => applyUpdate(full, update), FrameError);
  });
}

test('dollars of codes agree with Python', async () => {
  const dollars = usdOfCode(await decodeFrame(fullBytes));
  for (const [code, usd] of Object.entries(expected.usdOfCode)) {
    assert.ok(Math.abs(dollars[code] - usd) <= 1e-9 * usd, `code ${code}`);
  }
});

test('other bytes, other versions and other kinds are refused by name', async () => {
  await refuses(new ArrayBuffer(0), /not a heatmap frame/);
  await refuses(new TextEncoder().encode('<!doctype html>'.repeat(20)).buffer, /not a heatmap frame/);
  await refuses(damaged((view) => view.setUint8(4, 2)), /version 2/);
  await refuses(damaged((view) => view.setUint8(5, 7)), /kind/);
  await refuses(damaged((view) => view.setUint8(7, 1)), /kind/);
});

test('a header that cannot be true is refused', async () => {
  await refuses(damaged((view) => view.setUint32(8, 0, true)), /empty or too large/);
  await refuses(damaged((view) => view.setUint32(12, 2 ** 31, true)), /empty or too large/);
  await refuses(damaged((view) => view.setFloat64(24, NaN, true)), /out of range/);
  await refuses(damaged((view) => view.setFloat64(40, 1e300, true)), /out of range/);
  await refuses(damaged((view) => view.setFloat64(32, 0.5, true)), /not a time/);
  await refuses(damaged((view) => view.setInt32(16, 2 ** 31 - 1, true)), /price axis/);
  await refuses(damaged((view) => view.setUint32(8, 13, true)), /lengths/);
  await refuses(damaged((view) => view.setUint32(80, 2 ** 31, true)), /lengths/);
});

test('a body cut short, damaged or replaced is refused', async () => {
  await refuses(fullBytes.slice(0, 200), /damaged|shorter/);
  await refuses(fullBytes.slice(0, 96), /damaged|shorter/);
  await refuses(damaged((_, bytes) => bytes.fill(170, 300, 310)), /./);
});

test('a body that inflates to more than the header says is refused', async () => {
  const { deflateSync } = await import('node:zlib');
  const bomb = deflateSync(Buffer.alloc(50_000_000));
  await refuses(await new Blob([fullBytes.slice(0, 96), bomb]).arrayBuffer(), /longer/);
});

test('no single flipped byte of the body is believed', async () => {
  for (let at = 96; at < fullBytes.byteLength; at += 7) {
    await refuses(damaged((_, bytes) => { bytes[at] ^= 0x10; }), /./);
  }
});
