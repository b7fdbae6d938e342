// The reviewer's name, written beside decisions: asked for once, after the first decision.

import { recalled, remember } from "../templating/preferences.mjs";
import { byId } from "./dom.mjs";

/** The name, or "". */
export const nameOf = () => recalled("reviewer") ?? "";

/** Wire the field. */
export const wireName = () => {
  const field = byId("reviewer");
  field.value = nameOf();
  field.addEventListener("change", () => {
    remember("reviewer", field.value.trim());
    show(false);
  });
};

/** Point at the field, unless the name is known or was asked for. Nothing moves. */
export const askName = () => {
  const isFirst = !nameOf() && !recalled("asked-name");
  if (isFirst) remember("asked-name", "yes");
  show(isFirst);
};

const show = (isAsked) => {
  const field = byId("reviewer");
  field.classList.toggle("asked", isAsked);
  field.placeholder = isAsked ? "Who decides?" : "Your name";
};
