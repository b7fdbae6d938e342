// The mouth loupe: the mouths of both pictures, enlarged, with the whole pictures in a corner.

import { byId, element, isPressed, setPressed } from "./dom.mjs";
import { cropOf, mouthAt } from "./loupe_box.mjs";

export class Loupe {
  #canvases = new Map();

  /** @param {() => void} onChange it was switched on or off, or has another size */
  constructor(onChange) {
    // Whatever gives the pictures more or less room: mouths are drawn for the room that they have.
    const sizes = new ResizeObserver(() => {
      if (isPressed(byId("loupe"))) onChange();
    });
    for (const figure of byId("stage").querySelectorAll("figure[data-side]")) {
      const canvas = element("canvas", undefined, "loupe");
      canvas.setAttribute("aria-hidden", "true");
      figure.querySelector(".frame").append(canvas);
      this.#canvases.set(figure.dataset.side, canvas);
      sizes.observe(canvas);
    }
    byId("loupe").addEventListener("click", () => {
      setPressed(byId("loupe"), !isPressed(byId("loupe")));
      onChange();
    });
  }

  /**
   * Draw the mouths of a cut.
   *
   * @param {object} cut
   * @param {number} frame of the cut, from 0
   * @param {Record<string, HTMLVideoElement>} pictures by side
   */
  draw(cut, frame, pictures) {
    const mouth = mouthAt(cut.mouth, frame);
    byId("loupe").disabled = !mouth;
    const isOn = Boolean(mouth) && isPressed(byId("loupe"));
    byId("stage").classList.toggle("enlarged", isOn);
    if (!isOn) return;
    for (const [side, canvas] of this.#canvases) {
      const picture = pictures[side];
      canvas.hidden = !picture || picture.readyState < 2;
      if (!canvas.hidden) drawMouth(canvas, picture, mouth);
    }
  }
}

const drawMouth = (canvas, picture, mouth) => {
  const scale = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((px) =>
    Math.round(px * scale),
  );
  if (!width || !height) return;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  const crop = cropOf(mouth, [picture.videoWidth, picture.videoHeight], width / height);
  context.drawImage(picture, ...crop, 0, 0, width, height);
};
