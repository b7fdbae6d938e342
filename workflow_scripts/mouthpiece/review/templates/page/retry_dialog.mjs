// The dialog that asks for the preset with which a cut is drafted again.

import { hasLetters } from "../templating/preferences.mjs";
import { presetsOf } from "./decision_panel.mjs";
import { byId, element } from "./dom.mjs";
import { choiceOf, choiceStep } from "./keys.mjs";
import { plain, suitableShift } from "./wording.mjs";

/** Keys of the dialog; the browser has its own for Tab, Enter and Escape. */
export const wireRetryDialog = () => {
  byId("retrying").addEventListener("keydown", (event) => {
    const buttons = [...byId("presets").children];
    const step = choiceStep(event.key, hasLetters());
    const choice = choiceOf(event.key, hasLetters());
    if (step) {
      const at = buttons.indexOf(document.activeElement);
      buttons[(at + step + buttons.length) % buttons.length].focus();
    } else if (choice !== null) buttons[choice]?.click();
    else return;
    event.preventDefault();
  });
};

/**
 * Ask for a preset.
 *
 * @param {object} cut
 * @param {string} what which cuts are drafted again
 * @param {(preset: string) => void} onChoose
 */
export const askForPreset = (cut, what, onChoose) => {
  const names = presetsOf(cut);
  const drafted = cut.drafted_with || cut.preset;
  const buttons = names.map((name, index) => {
    const button = element("button");
    button.type = "button";
    button.append(element("kbd", String(index + 1)), plain(name));
    if (name === drafted) {
      button.setAttribute("aria-current", "true");
      button.append(element("span", "this draft", "dim"));
    }
    button.addEventListener("click", () => {
      byId("retrying").close();
      onChoose(name);
    });
    return button;
  });
  byId("presets").replaceChildren(...buttons);
  byId("retry-what").textContent = what;
  byId("range").hidden = !cut.shift_range_px;
  if (cut.shift_range_px) {
    byId("range").textContent = `Baked for this cut: ${suitableShift(cut.shift_range_px)}.`;
  }
  byId("retrying").showModal();
  const other = names.findIndex((name) => name !== drafted && name !== "standard");
  buttons[Math.max(0, other)].focus();
};
