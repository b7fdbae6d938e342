// What keys do.

export const ACTIONS = {
  j: "next",
  ArrowDown: "next",
  k: "previous",
  ArrowUp: "previous",
  " ": "play",
  f: "frameOn",
  ArrowRight: "frameOn",
  F: "frameBack",
  ArrowLeft: "frameBack",
  a: "approve",
  p: "passthrough",
  r: "retry",
  t: "tier",
  u: "clear",
  v: "selectOne",
  d: "cutHere",
  c: "showConflict",
  1: "keepMine",
  2: "takeTheirs",
  n: "note",
  b: "blink",
  x: "exchange",
  l: "loop",
  m: "sound",
  s: "speed",
  ",": "earlier",
  ".": "later",
  o: "correct",
  "+": "opensMore",
  "-": "opensLess",
  z: "loupe",
  w: "wholeScreen",
  i: "inContext",
  e: "compareNext",
  y: "restore",
  g: "apply",
  "?": "help",
};

/** Those of the tab "Film". */
export const FILM_ACTIONS = {
  " ": "play",
  f: "frameOn",
  ArrowRight: "frameOn",
  F: "frameBack",
  ArrowLeft: "frameBack",
  ".": "on",
  ",": "back",
  j: "next",
  ArrowDown: "next",
  k: "previous",
  ArrowUp: "previous",
  m: "sound",
  w: "wholeScreen",
  Enter: "review",
  g: "apply",
  "?": "help",
};

const LEAPS = { Home: "first", End: "last", PageUp: "tenBack", PageDown: "tenOn" };

/** What may be done while the list shows no cut. */
const ALWAYS = ["help", "showConflict", "apply"];

/** Whether a key leaves a field. Escape would empty a search box: its text is kept. */
const leaves = (key, field) => key === "Escape" || (key === "Enter" && field === "search");

/**
 * The action of a key, by name; "" where the browser's own is to happen.
 *
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean}} event
 * @param {object} where
 * @param {string} where.field the field that has the focus: "", "search", or another one's name
 * @param {boolean} where.isInRows whether the focus is in the list
 * @param {boolean} where.takesSpace whether what has the focus is pressed by space and Enter itself
 * @param {boolean} where.hasLetters whether letters, digits and ? act as keys
 * @param {boolean} where.hasCut whether a cut is chosen that the list shows
 * @param {object} actions key -> action
 */
export const actionOf = (
  event,
  { field, isInRows, takesSpace, hasLetters, hasCut },
  actions = ACTIONS,
) => {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  if (field) return leaves(key, field) ? "leave" : "";
  if (isInRows && LEAPS[key]) return LEAPS[key];
  if ([" ", "Enter"].includes(key) && takesSpace) return "";
  if (key.length === 1 && key !== " " && !hasLetters) return "";
  const action = actions[key] ?? "";
  return hasCut || ALWAYS.includes(action) ? action : "";
};

/** With Shift. */
const RANGES = { ArrowDown: "extend", ArrowUp: "extendBack" };

/**
 * What a key does to the selection of cuts: "extend", "extendBack", "selectAll", "unselect" or "".
 *
 * @param {KeyboardEvent} event
 * @param {boolean} isInRows whether the focus is in the list
 */
export const selectionOf = ({ key, ctrlKey, metaKey, altKey, shiftKey }, isInRows) => {
  if (altKey) return "";
  if (ctrlKey || metaKey) return isInRows && key === "a" ? "selectAll" : "";
  if (shiftKey && RANGES[key]) return RANGES[key];
  return isInRows && key === "Escape" ? "unselect" : "";
};

/** Whether a key takes a step back or does it again: "undo", "redo" or "". */
export const travelOf = ({ key, ctrlKey, metaKey, altKey, shiftKey }) => {
  if (!(ctrlKey || metaKey) || altKey) return "";
  if (key.toLowerCase() === "y") return "redo";
  if (key.toLowerCase() !== "z") return "";
  return shiftKey ? "redo" : "undo";
};

/**
 * Where a key leads in a list of choices.
 *
 * @returns {number | null} the number of a choice to take it, null for none
 */
export const choiceOf = (key, hasLetters) =>
  hasLetters && /^[1-9]$/.test(key) ? Number(key) - 1 : null;

/** How far a key moves in a list of choices: 1, -1 or 0. */
export const choiceStep = (key, hasLetters) =>
  ({ ArrowDown: 1, ArrowUp: -1, ...(hasLetters ? { j: 1, k: -1 } : {}) })[key] ?? 0;
