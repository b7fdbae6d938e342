// What keys do in the tab "Script".

export const LINE_ACTIONS = {
  j: "next",
  ArrowDown: "next",
  k: "previous",
  ArrowUp: "previous",
  " ": "play",
  s: "playSource",
  e: "edit",
  v: "voice",
  ",": "earlier",
  ".": "later",
  a: "approve",
  u: "undo",
  n: "note",
  c: "showConflict",
  1: "keepMine",
  2: "takeTheirs",
  g: "apply",
  "?": "help",
};
