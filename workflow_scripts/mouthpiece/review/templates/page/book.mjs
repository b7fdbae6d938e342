// What reviewers want of a film's cuts or lines: what the run knew, and this reviewer's since.

/** The base of both books. Subclasses add `ofRun`, `ofTable`, `isSame` and `sent`. */
export class Book {
  #changed = new Map();

  /** @param {string} key the name of an item's id: "cut" or "line" */
  constructor(key) {
    this.key = key;
  }

  /** What is wanted of an item now. */
  of(item) {
    return this.#changed.get(item[this.key]) ?? this.ofRun(item);
  }

  /** What holds of what was wanted before, should the item be another one since. */
  held(_item, state) {
    return state;
  }

  /** Put what is wanted; what the run knew is no change. */
  set(item, state) {
    if (this.isSame(state, this.ofRun(item))) this.#changed.delete(item[this.key]);
    else this.#changed.set(item[this.key], state);
  }

  /** Whether a table keeps two states as the same. */
  isKeptSame(one, other) {
    return this.isSame(one, other);
  }

  /** Go back to what the run knew of an item. */
  reset(item) {
    this.#changed.delete(item[this.key]);
  }

  /** Go back to what the run knew of all items. */
  clear() {
    this.#changed.clear();
  }

  /** Whether what is wanted differs from what the run knew. */
  isChanged(item) {
    return this.#changed.has(item[this.key]);
  }

  /** Of how many items it differs. */
  get size() {
    return this.#changed.size;
  }
}
