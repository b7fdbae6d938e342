// What has the focus, as far as keys ask: the same for all parts of the page.

import { hasLetters } from "../templating/preferences.mjs";

/** What is typed into, or has keys of its own, as a slider has. */
const FIELDS = "input:not([type=checkbox]), textarea, select";

/** The buttons of a list do not need space: Enter picks, too. */
const TAKES_SPACE = "button:not(.pick), summary, input";

/**
 * Where a key was pressed; see `actionOf`, which also wants to know `hasCut`.
 *
 * @param {KeyboardEvent} event
 * @param {string} rows a selector of the part's list
 */
export const focusOf = ({ target }, rows = "#rows") => {
  const field = target.closest(FIELDS);
  return {
    field: field ? field.id || field.type : "",
    isInRows: Boolean(target.closest(rows)),
    takesSpace: Boolean(target.closest(TAKES_SPACE)),
    hasLetters: hasLetters(),
  };
};
