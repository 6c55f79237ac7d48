/**
 * Bytes → picture: the twin of apps/engine/frame.py, which describes the format.
 *
 * Codes are bytes on a logarithmic scale that is fixed for a picture; `usdOfCode` turns them into
 * dollars. They lie column by column, longs then shorts: code (column, side, bin) is at
 * `(column * 2 + side) * bins + bin`.
 */

/**
 * @typedef {object} Frame
 * @property {'full'|'update'} kind
 * @property {boolean} isLog bin i starts at exp((base + i) * step), else at (base + i) * step
 * @property {number} columns
 * @property {number} bins
 * @property {number} base
 * @property {number} step
 * @property {number} cadenceMs
 * @property {number} firstEndMs end of the first column
 * @property {number} lowUsd dollars of code 1
 * @property {number} highUsd dollars of code 255
 * @property {number} priceUsd
 * @property {number} asOfMs
 * @property {number} sequence
 * @property {number} pictureId
 * @property {Record<string, any>} meta
 * @property {Uint8Array} codes columns * 2 * bins
 * @property {Float32Array} candles columns * 4: open, high, low, close; NaN in a gap
 */

/**
 * A full frame with updates applied. `dropped` columns left on the left and columns from
 * `changedFrom` on are new, both counted against the picture the last update was applied to.
 * @typedef {Frame & {dropped: number, changedFrom: number}} Picture
 */

export const LONG = 0;
export const SHORT = 1;

const HEADER_BYTES = 96;
const MAGIC = 0x52424d45; // "EMBR", little-endian
const VERSION = 1;
const KINDS = /** @type {const} */ (['full', 'update']);
const MAX_CELLS = 4_000_000;
const MAX_META_BYTES = 1_000_000;

/** Bytes that are not a frame, or an update that does not fit; the message says why. */
export class FrameError extends Error {
  name = 'FrameError';
}

/**
 * Read a frame.
 * @param {ArrayBuffer} buffer
 * @returns {Promise<Frame>} rejects with FrameError on anything but a well-formed frame
 */
export async function decodeFrame(buffer) {
  const { metaBytes, bodyBytes, ...header } = parseHeader(buffer);
  const body = await inflate(buffer, bodyBytes);
  const cells = header.columns * 2 * header.bins;
  const codes = body.slice(metaBytes, metaBytes + cells);
  undoDifferences(codes, header.columns, header.bins);
  return {
    ...header,
    meta: parseMeta(body.subarray(0, metaBytes)),
    codes,
    candles: readFloats(body, metaBytes + cells, header.columns * 4),
  };
}

/**
 * The picture with the columns of an update in place of, and after, its own. The window keeps its
 * number of columns. Neither argument is changed; an update older than the picture returns it as
 * it is.
 * @param {Frame | Picture} picture
 * @param {Frame} update
 * @returns {Picture}
 * @throws {FrameError} when the update belongs to another picture or leaves a gap: ask for a full frame
 */
export function applyUpdate(picture, update) {
  if (update.kind !== 'update') throw new FrameError('Only an update can be applied to a picture.');
  if (update.pictureId !== picture.pictureId || update.bins !== picture.bins) {
    throw new FrameError('The update belongs to another picture.');
  }
  if (update.sequence < picture.sequence) {
    return { ...picture, dropped: 0, changedFrom: picture.columns };
  }
  const { columns, bins, cadenceMs } = picture;
  const start = (update.firstEndMs - picture.firstEndMs) / cadenceMs;
  if (!Number.isInteger(start) || start < 0 || start > columns) {
    throw new FrameError('The update does not follow on from the picture.');
  }
  const dropped = Math.max(0, start + update.columns - columns);
  if (start + update.columns < columns) throw new FrameError('The update ends before the picture.');
  const kept = Math.max(0, start - dropped);
  return {
    ...picture,
    firstEndMs: picture.firstEndMs + dropped * cadenceMs,
    priceUsd: update.priceUsd,
    asOfMs: update.asOfMs,
    sequence: update.sequence,
    meta: mergeMeta(picture.meta, update.meta),
    codes: splice(picture.codes, update.codes, dropped, kept, 2 * bins),
    candles: splice(picture.candles, update.candles, dropped, kept, 4),
    dropped,
    changedFrom: kept,
  };
}

/** The scale asked for last: every frame of a pan asks for the same. */
let latest = { lowUsd: NaN, highUsd: NaN, usd: new Float64Array() };

/**
 * Dollars of the 256 codes. Callers share the array and do not change it.
 * @param {Frame} frame
 * @returns {Float64Array}
 */
export function usdOfCode({ lowUsd, highUsd }) {
  if (lowUsd !== latest.lowUsd || highUsd !== latest.highUsd) latest = { lowUsd, highUsd, usd: dollars(lowUsd, highUsd) };
  return latest.usd;
}

function dollars(lowUsd, highUsd) {
  const low = Math.log(lowUsd);
  const step = (Math.log(highUsd) - low) / 254;
  return Float64Array.from({ length: 256 }, (_, q) => (q === 0 ? 0 : Math.exp(low + (q - 1) * step)));
}

/** @param {ArrayBuffer} buffer */
function parseHeader(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new FrameError('These bytes are not a heatmap frame.');
  }
  const version = view.getUint8(4);
  if (version !== VERSION) {
    throw new FrameError(`The frame has version ${version}; only version ${VERSION} is understood.`);
  }
  const kind = KINDS[view.getUint8(5)];
  const axis = view.getUint8(6);
  const reserved = view.getUint8(7) || view.getUint32(88, true) || view.getUint32(92, true);
  if (!kind || axis > 1 || reserved) {
    throw new FrameError('The frame has a kind or an axis that does not exist.');
  }
  const header = {
    kind,
    isLog: axis === 0,
    columns: view.getUint32(8, true),
    bins: view.getUint32(12, true),
    base: view.getInt32(16, true),
    cadenceMs: view.getUint32(20, true),
    step: view.getFloat64(24, true),
    firstEndMs: view.getFloat64(32, true),
    lowUsd: view.getFloat64(40, true),
    highUsd: view.getFloat64(48, true),
    priceUsd: view.getFloat64(56, true),
    asOfMs: view.getFloat64(64, true),
    sequence: view.getUint32(72, true),
    pictureId: view.getUint32(76, true),
    metaBytes: view.getUint32(80, true),
    bodyBytes: view.getUint32(84, true),
  };
  checkHeader(header);
  return header;
}

/** @param {Omit<Frame, 'meta'|'codes'|'candles'> & {metaBytes: number, bodyBytes: number}} header */
function checkHeader(header) {
  const { columns, bins, cadenceMs, step, lowUsd, highUsd, priceUsd, metaBytes } = header;
  if (!columns || !bins || !cadenceMs || columns * bins > MAX_CELLS) {
    throw new FrameError(`A frame of ${columns} columns and ${bins} bins is empty or too large.`);
  }
  const finite = [step, lowUsd, highUsd, priceUsd].every(Number.isFinite);
  if (!finite || step <= 0 || lowUsd <= 0 || highUsd <= lowUsd || priceUsd <= 0) {
    throw new FrameError('The frame has a number out of range.');
  }
  if (![header.firstEndMs, header.asOfMs].every((ms) => Number.isSafeInteger(ms) && ms >= 0)) {
    throw new FrameError('The frame has an instant that is not a time.');
  }
  if (metaBytes > MAX_META_BYTES || header.bodyBytes !== metaBytes + columns * (2 * bins + 16)) {
    throw new FrameError('The lengths in the frame contradict one another.');
  }
  const [lowest, highest] = [header.base * step, (header.base + bins) * step];
  const [floor, ceiling] = header.isLog ? [-700, 700] : [0, 1e300];
  if (lowest < floor || highest > ceiling) {
    throw new FrameError('The price axis of the frame reaches beyond any price.');
  }
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} size
 * @returns {Promise<Uint8Array>}
 */
async function inflate(buffer, size) {
  const packed = new Blob([new Uint8Array(buffer, HEADER_BYTES)]).stream();
  const reader = packed.pipeThrough(new DecompressionStream('deflate')).getReader();
  const body = new Uint8Array(size);
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new FrameError('The body of the frame is damaged.');
    });
    if (done) break;
    if (filled + value.length > size) {
      await reader.cancel().catch(() => {});
      throw new FrameError('The body of the frame is longer than it should be.');
    }
    body.set(value, filled);
    filled += value.length;
  }
  if (filled < size) throw new FrameError('The body of the frame is shorter than it should be.');
  return body;
}

/**
 * The first column holds differences along each side's bins, later ones differences in time.
 * @param {Uint8Array} codes changed in place; bytes wrap as they must
 * @param {number} columns
 * @param {number} bins
 */
function undoDifferences(codes, columns, bins) {
  for (let i = 1; i < bins; i++) {
    codes[i] += codes[i - 1];
    codes[bins + i] += codes[bins + i - 1];
  }
  const stride = 2 * bins;
  for (let i = stride; i < columns * stride; i++) codes[i] += codes[i - stride];
}

/**
 * @param {Uint8Array} text
 * @returns {Record<string, any>}
 */
function parseMeta(text) {
  let meta;
  try {
    meta = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw new FrameError('The description inside the frame is not JSON.');
  }
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) {
    throw new FrameError('The description inside the frame is not a JSON object.');
  }
  return meta;
}

/**
 * @param {Uint8Array} body
 * @param {number} offset
 * @param {number} count
 */
function readFloats(body, offset, count) {
  const view = new DataView(body.buffer, offset);
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
}

/**
 * The picture's description brought up to date. An update names venues by position and only tells
 * what moves: [age in seconds, state].
 * @param {Record<string, any>} meta
 * @param {Record<string, any>} news
 */
function mergeMeta(meta, news) {
  const venues = meta.venues?.map((venue, i) => {
    const [age_s, state] = news.venues?.[i] ?? [venue.age_s, venue.state];
    return { ...venue, age_s, state };
  });
  return { ...meta, ...news, venues };
}

/**
 * `kept` columns of the old array after its first `dropped`, then the newest of the new one.
 * @template {Uint8Array | Float32Array} Numbers
 * @param {Numbers} old
 * @param {Numbers} fresh
 * @param {number} dropped
 * @param {number} kept
 * @param {number} stride numbers per column
 * @returns {Numbers}
 */
function splice(old, fresh, dropped, kept, stride) {
  const spliced = old.slice();
  spliced.set(old.subarray(dropped * stride, (dropped + kept) * stride));
  const room = spliced.length - kept * stride;
  spliced.set(fresh.subarray(fresh.length - room), kept * stride);
  return spliced;
}
