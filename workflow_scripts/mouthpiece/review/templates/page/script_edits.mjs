// The edits of a film's lines: those the run knew, and this reviewer's since.

import { Book } from "./book.mjs";
import { History } from "./history.mjs";

/** What a reviewer may set on a line. */
export const FIELDS = ["target", "voice", "shift_frames", "status", "note"];

/** Whose an edit is, and when it was made. */
export const STAMP = ["reviewer", "time"];

/** The target of a line of which nothing is spoken. */
export const SILENT = "-";

/** What a change of these leaves of an approval: nothing. */
const SPOKEN = ["target", "voice", "shift_frames"];

const NOTHING = Object.fromEntries(FIELDS.map((name) => [name, ""]));

const MOST_FRAMES = 9999;

/** Whether two texts have the same words. */
const isSameText = (one, other) =>
  one.trim().split(/\s+/).join(" ") === other.trim().split(/\s+/).join(" ");

/** The text that is spoken of a line, with an edit of it. */
export const textOf = (line, { target }) => (target === SILENT ? "" : target.trim() || line.base);

/** The target of an edit that has a text spoken: none, where that is the translation. */
export const targetOf = (line, text) => {
  if (text.trim() === line.base) return "";
  return text.trim() ? text : SILENT;
};

/** How many frames later than the source a line begins, as a number. */
export const shiftOf = ({ shift_frames }) => Number(shift_frames) || 0;

export class EditBook extends Book {
  #history = new History();
  /** How often a text was left, after which letters are a change of their own. */
  #typings = 0;

  constructor() {
    super("line");
  }

  ofRun(line) {
    return line.edit;
  }

  /** What the table says of a line; `row`: null where it says nothing, or of another source text. */
  ofTable(line, row) {
    if (!row || (row.source && !isSameText(row.source, line.source))) return { ...NOTHING };
    return Object.fromEntries([...FIELDS, ...STAMP].map((name) => [name, row[name] ?? ""]));
  }

  isSame(one, other) {
    return FIELDS.every((name) => one[name].trim() === other[name].trim());
  }

  /** The columns that the server is sent. */
  sent(line) {
    const state = this.of(line);
    const wanted = Object.fromEntries(FIELDS.map((name) => [name, state[name]]));
    return { source: line.source, ...wanted, reviewer: state.reviewer ?? "" };
  }

  /** Whether the next run speaks the line again. */
  isSpokenAgain(line) {
    const [now, before] = [this.of(line), this.ofRun(line)];
    return SPOKEN.some((name) => now[name].trim() !== before[name].trim());
  }

  isApproved(line) {
    return this.of(line).status === "approved";
  }

  /**
   * Change what is wanted of a line. Another text, voice or start takes an approval back, unless
   * the change is one.
   *
   * @param {object} line
   * @param {object} change values by field
   * @param {boolean} isTyped whether it goes on where the change before it ended
   */
  change(line, change, isTyped = false) {
    const before = this.of(line);
    const isOther = SPOKEN.some((key) => key in change && change[key] !== before[key]);
    this.set(line, { ...before, ...(isOther ? { status: "" } : {}), ...change });
    const typed = isTyped ? [line.line, ...Object.keys(change), this.#typings].join() : null;
    const changes = [{ item: line, before, after: this.of(line) }];
    this.#history.push({ by: this, changes, typed });
  }

  /** Let the next letter that is typed begin a change of its own. */
  endTyping() {
    this.#typings += 1;
  }

  get canUndo() {
    return this.#history.canUndo;
  }

  get canRedo() {
    return this.#history.canRedo;
  }

  /** Take the last change back; returns its line, undefined where there is none. */
  undo() {
    return this.#history.travel(true).some[0];
  }

  /** Do the change that was taken back again; returns its line, undefined where there is none. */
  redo() {
    return this.#history.travel(false).some[0];
  }

  /** What somebody changed since is forgotten already. */
  holds() {
    return true;
  }

  /** Put what was wanted before or since a change. */
  put(states) {
    for (const { item, state } of states) this.set(item, state);
  }

  /** Forget what could be taken back: the table says something else by now. */
  forgetPast(line) {
    this.#history.forget(line);
  }
}

/** A change of the start by some frames. */
export const shifted = (state, frames) => {
  const shift = Math.max(-MOST_FRAMES, Math.min(MOST_FRAMES, shiftOf(state) + frames));
  return { shift_frames: shift ? String(shift) : "" };
};

/** The edits in a browser's own storage; an edit of another source text is left out. */
export const loadEdits = (stored, book, lines) => {
  for (const line of lines) {
    const row = stored.read(line.line);
    if (row === undefined) continue;
    if (row && isSameText(row.source, line.source)) book.set(line, { ...NOTHING, ...row });
    else book.reset(line);
  }
};

/** Store the edits of some lines, as far as they differ from what the run knew. */
export const saveEdits = (stored, book, lines) => {
  for (const line of lines) {
    if (book.isChanged(line)) stored.write(line.line, { ...book.of(line), source: line.source });
    else stored.remove(line.line);
  }
};
