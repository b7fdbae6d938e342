// What a reviewer did, to be taken back and done again.

/** The most steps that are kept. */
const MOST = 500;

export class History {
  #done = [];
  #undone = [];

  /** Remember a step: what was wanted of some items before, and since. */
  push(changes) {
    const last = this.#done.at(-1);
    // What is typed into a note is one step, not one a letter.
    if (last?.typed && changes.typed && last.typed === changes.typed) {
      last.changes[0].after = changes.changes[0].after;
    } else this.#done.push(changes);
    if (this.#done.length > MOST) this.#done.shift();
    this.#undone = [];
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /** Take the last step back: the states from before it. */
  undo() {
    const step = this.#done.pop();
    if (step) this.#undone.push(step);
    return step?.changes.map(({ item, before }) => ({ item, state: before })) ?? [];
  }

  /** Do the step that was taken back again: the states from after it. */
  redo() {
    const step = this.#undone.pop();
    if (step) this.#done.push(step);
    return step?.changes.map(({ item, after }) => ({ item, state: after })) ?? [];
  }
}
