// How loud all sounds of the page are: one value, which the browser remembers.

import { recalled, remember } from "../templating/preferences.mjs";

/**
 * @param {HTMLInputElement[]} sliders those of the page's parts
 * @param {{setVolume: (volume: number) => void}[]} players
 */
export const wireVolume = (sliders, players) => {
  const set = (volume) => {
    for (const slider of sliders) slider.value = volume;
    for (const player of players) player.setVolume(Number(volume));
  };
  for (const slider of sliders) {
    slider.addEventListener("input", () => {
      remember("volume", slider.value);
      set(slider.value);
    });
  }
  set(recalled("volume") ?? 1);
};
