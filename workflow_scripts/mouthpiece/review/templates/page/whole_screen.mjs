// A part of the page on the whole screen; where a browser does not give it, in the whole window.

import { setPressed } from "./dom.mjs";

const FILLING = "fills-window";

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} part
 * @param {() => void} onChange the part has another size
 */
export const wireWholeScreen = (button, part, onChange) => {
  const isFilling = () => part.classList.contains(FILLING);
  const change = () => {
    setPressed(button, document.fullscreenElement === part || isFilling());
    onChange();
  };
  const fill = (isFilled) => {
    part.classList.toggle(FILLING, isFilled);
    change();
  };
  button.addEventListener("click", async () => {
    if (isFilling()) fill(false);
    else if (document.fullscreenElement) document.exitFullscreen();
    else {
      try {
        await part.requestFullscreen();
      } catch {
        fill(true); // Safari on an iPhone has no whole screen, and a frame may refuse it
      }
    }
  });
  document.addEventListener("fullscreenchange", change);
  document.addEventListener("keydown", (event) => {
    const isTaken = event.target.closest("dialog, input, textarea, select");
    if (event.key === "Escape" && isFilling() && !isTaken) fill(false);
  });
};
