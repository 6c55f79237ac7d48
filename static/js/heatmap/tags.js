/**
 * Where cluster tags go: at the left over the oldest heat, moved right past candles, shortened
 * where no slot is free, pinned to the edge when their cluster is out of range. Pure.
 */

const HEIGHT = 26;
const GAP = 4;
const MARGIN = 8;
const STEP = 12;

/**
 * @typedef {object} Tag
 * @property {any} cluster
 * @property {string} text
 * @property {string} far the distance, printed brighter
 * @property {number} x
 * @property {number} y middle
 * @property {number} width
 * @property {number} height
 * @property {boolean} isPinned
 */

/**
 * @param {{cluster: any, y: number, long: string, short: string, far: string}[]} wanted
 * @param {object} room
 * @param {number} room.right where tags must end
 * @param {number} room.height
 * @param {(text: string, far: string) => number} room.measure
 * @param {(left: number, right: number, top: number, bottom: number) => boolean} room.isBusy
 * @returns {Tag[]}
 */
export function placeTags(wanted, room) {
  const placed = [];
  for (const want of wanted) {
    const edgeY = HEIGHT / 2 + GAP;
    const inside = Math.min(room.height - edgeY, Math.max(edgeY, want.y));
    const isPinned = want.y < 0 || want.y > room.height;
    const y = freeHeight(inside, placed, want.cluster.side === 'short' ? -1 : 1, room.height);
    placed.push({ cluster: want.cluster, y, isPinned, height: HEIGHT, ...slot(want, y, room) });
  }
  return placed;
}

function slot(want, y, room) {
  for (const text of [want.long, want.short]) {
    const width = room.measure(text, want.far);
    for (let x = MARGIN; x + width < room.right; x += STEP) {
      const isBusy = room.isBusy(x - GAP, x + width + GAP, y - HEIGHT / 2, y + HEIGHT / 2);
      if (!isBusy) return { text, far: want.far, x, width };
    }
  }
  return { text: want.short, far: want.far, x: MARGIN, width: room.measure(want.short, want.far) };
}

function freeHeight(y, placed, direction, height) {
  const clash = placed.find((tag) => Math.abs(tag.y - y) < HEIGHT + GAP);
  if (!clash) return y;
  const moved = clash.y + direction * (HEIGHT + GAP);
  return Math.min(height - HEIGHT, Math.max(HEIGHT, moved));
}
