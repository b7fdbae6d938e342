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

/**
 * Point at the field, unless the name is known or was asked for: on a small screen beside the
 * decision, until the next one.
 */
export const askName = () => {
  const isFirst = !nameOf() && !recalled("asked-name");
  if (isFirst) remember("asked-name", "yes");
  show(isFirst);
};

/** As in responsive.css: on a small screen the footer, which has the field, is out of sight. */
const isSmall = matchMedia("(max-width: 1000px), (max-height: 520px)");

const show = (isAsked) => {
  const field = byId("reviewer");
  const label = field.closest(".who");
  if (isAsked && isSmall.matches) byId("hint").before(label);
  else if (!label.closest("footer")) byId("undo-step").before(label);
  field.classList.toggle("asked", isAsked);
  field.placeholder = isAsked ? "Who decides?" : "Your name";
};
