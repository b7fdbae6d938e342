// Whether what a reviewer wants is saved, at the foot of the page.

import { byId, setText } from "./dom.mjs";

/**
 * @param {object} status see `savingStatus`
 * @param {boolean} isServed whether the review server serves the page
 * @param {string} prefix of the ids of the elements
 */
export const drawStatus = ({ text, isFailed, canRetry, hasConflicts }, isServed, prefix = "") => {
  const saving = byId(`${prefix}saving`);
  setText(saving, text);
  saving.hidden = !isServed;
  saving.classList.toggle("failed", isFailed);
  byId(`${prefix}again`).hidden = !canRetry;
  byId(`${prefix}clash`).hidden = !hasConflicts;
};
