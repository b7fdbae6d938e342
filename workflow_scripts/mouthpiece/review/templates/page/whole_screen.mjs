// A part of the page on the whole screen.

import { setPressed } from "./dom.mjs";

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} part
 * @param {() => void} onChange the part has another size
 */
export const wireWholeScreen = (button, part, onChange) => {
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else part.requestFullscreen();
  });
  document.addEventListener("fullscreenchange", () => {
    setPressed(button, document.fullscreenElement === part);
    onChange();
  });
};
