/** Over the map: where the reader decided, and the lines of the plan. */

/**
 * @typedef {object} Line
 * @property {number} usd
 * @property {string} text
 * @property {boolean} [isDashed]
 */

const PAD = 7;
const HEIGHT = 22;

export class PlanLayer {
  /** @type {Line[]} */
  lines = [];
  /** @type {{column: number, text: string} | null} */
  mark = null;
  #view;

  /** @param {import('#heatmap/scene').Scene} scene */
  constructor(scene) {
    const renderer = {
      draw: (target) => {
        if (scene.isReady) target.useMediaCoordinateSpace(({ context }) => this.#draw(context, scene));
      },
    };
    this.#view = { zOrder: () => 'top', renderer: () => renderer };
  }

  updateAllViews() {}

  paneViews() {
    return [this.#view];
  }

  #draw(context, scene) {
    context.save();
    context.textBaseline = 'middle';
    context.font = scene.font(650, 12);
    if (this.mark) drawMark(context, this.mark, scene);
    for (const line of this.lines) drawLine(context, line, scene);
    context.restore();
  }
}

function drawMark(context, { column, text }, scene) {
  const x = scene.xOf(column) + scene.spacing / 2;
  context.strokeStyle = scene.colours.ink;
  context.lineWidth = 1.4;
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, scene.paneHeight);
  context.stroke();
  context.setLineDash([]);
  context.textAlign = x > scene.paneWidth / 2 ? 'right' : 'left';
  const at = x > scene.paneWidth / 2 ? x - 6 : x + 6;
  context.strokeStyle = scene.colours.plate;
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.strokeText(text, at, 14);
  context.fillStyle = scene.colours.ink;
  context.fillText(text, at, 14);
}

function drawLine(context, { usd, text, isDashed }, scene) {
  const y = scene.yOf(usd);
  const { ink, onInk, plate } = scene.colours;
  context.strokeStyle = plate;
  context.lineWidth = 3;
  stroke(context, y, scene.paneWidth, []);
  context.strokeStyle = ink;
  context.lineWidth = 1.4;
  stroke(context, y, scene.paneWidth, isDashed ? [5, 4] : []);
  const width = context.measureText(text).width + 2 * PAD;
  const x = scene.profileX - width - PAD;
  context.fillStyle = ink;
  context.beginPath();
  context.roundRect(x, y - HEIGHT / 2, width, HEIGHT, 6);
  context.fill();
  context.fillStyle = onInk;
  context.textAlign = 'left';
  context.fillText(text, x + PAD, y + 0.5);
}

function stroke(context, y, width, dash) {
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(width, y);
  context.stroke();
  context.setLineDash([]);
}
