// The reviewer's name, written beside decisions and edits: asked for once, after the first one.

import { recalled, remember } from "../templating/preferences.mjs";
import { byId } from "./dom.mjs";

/** The name, or "". */
export const nameOf = () => recalled("reviewer") ?? "";

/** The fields for it: one in the footer of each tab that changes tables. */
const fields = () => [...document.querySelectorAll(".who input")];

/** Wire the fields. */
export const wireName = () => {
  for (const field of fields()) {
    field.value = nameOf();
    field.addEventListener("change", () => {
      remember("reviewer", field.value.trim());
      for (const other of fields()) other.value = nameOf();
      show(false);
    });
  }
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
  for (const field of fields()) {
    const label = field.closest(".who");
    const { home, near } = label.dataset;
    if (isAsked && isSmall.matches) byId(near).before(label);
    else if (!label.closest("footer")) byId(home).before(label);
    field.classList.toggle("asked", isAsked);
    field.placeholder = isAsked ? "Who decides?" : "Your name";
  }
};
