/** The pane below the map: cumulated taker delta as a line, funding as a dashed one around zero. */

/** @typedef {import('#heatmap/scene').Scene} Scene */

const PAD = 4;
const WORDS = 16;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene whose columns the pane shares
 * @param {{firstFlow: number, cadence: number, cvd: number[], funding: (number | null)[]}} overlay
 * @param {string[]} layers
 */
export function drawFlow(canvas, scene, overlay, layers) {
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width) return;
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const start = scene.xOf(0) + ((overlay.firstFlow - scene.picture.firstEndMs) / scene.picture.cadenceMs) * scene.spacing;
  const xOf = (index) => start + index * scene.spacing;
  const room = { top: WORDS, bottom: height - PAD, right: scene.paneWidth };
  context.save();
  context.beginPath();
  context.rect(0, 0, room.right, height);
  context.clip();
  if (layers.includes('cvd')) drawLine(context, overlay.cvd, xOf, room, scene.colours.ink, []);
  if (layers.includes('funding')) drawLine(context, overlay.funding, xOf, room, scene.colours.quiet, [3, 3]);
  context.restore();
}

function drawLine(context, values, xOf, { top, bottom }, colour, dash) {
  const told = values.filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...told), Math.max(0, ...told)];
  const yOf = (value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top);
  context.strokeStyle = colour;
  context.globalAlpha = 0.3;
  context.lineWidth = 1;
  context.strokeRect(-1, yOf(0), 1e5, 0.01);
  context.globalAlpha = 1;
  context.lineWidth = 1.6;
  context.setLineDash(dash);
  context.beginPath();
  values.forEach((value, index) => { if (value !== null) context.lineTo(xOf(index), yOf(value)); });
  context.stroke();
  context.setLineDash([]);
}
