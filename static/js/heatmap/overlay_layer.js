/** The top layer: present profile, price line, brackets, tags and the cursor; and the axis pills. */

import { drawCursor, drawPriceLine, drawProfile, drawTags, drawCut } from '#heatmap/overlay_drawing';
import { drawPriceAxis, drawTimeAxis } from '#heatmap/axis_drawing';

export class OverlayLayer {
  #pane;
  #prices;
  #times;

  /** @param {import('#heatmap/scene').Scene} scene */
  constructor(scene) {
    const view = (draw) => {
      const renderer = {
        draw: (target) => {
          if (scene.isReady) target.useMediaCoordinateSpace(({ context, mediaSize }) => draw(context, scene, mediaSize));
        },
      };
      return [{ zOrder: () => 'top', renderer: () => renderer }];
    };
    this.#pane = view(drawPane);
    this.#prices = view(drawPriceAxis);
    this.#times = view(drawTimeAxis);
  }

  updateAllViews() {}

  paneViews() {
    return this.#pane;
  }

  priceAxisPaneViews() {
    return this.#prices;
  }

  timeAxisPaneViews() {
    return this.#times;
  }
}

function drawPane(context, scene) {
  if (scene.cutColumn === null) {
    drawProfile(context, scene);
    drawPriceLine(context, scene);
  } else {
    drawCut(context, scene);
  }
  for (const draw of scene.over) draw(context, scene);
  if (scene.cursor) drawCursor(context, scene);
  else if (scene.cutColumn === null) drawTags(context, scene);
}
