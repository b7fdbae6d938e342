// Keeps what is wanted of cuts: in a table of the review server, or in this browser; each change is
// a step of the history.

export class Keeper {
  #book;
  #store;
  #sync;
  #history;
  /** Whether the review server serves the page. */
  isServed = false;

  /**
   * @param {import("./book.mjs").Book} book
   * @param {{save: (book: object, cuts: object[]) => void}} store in this browser
   * @param {import("./table_sync.mjs").TableSync} sync
   * @param {import("./history.mjs").History} history
   */
  constructor(book, store, sync, history) {
    this.#book = book;
    this.#store = store;
    this.#sync = sync;
    this.#history = history;
  }

  /**
   * Change what is wanted of some cuts, as one step.
   *
   * @param {object[]} cuts
   * @param {(state: object, cut: object) => object} after what is wanted since
   * @param {{isTyped?: boolean, wait?: number}} how `isTyped`: a letter of a text, which is one step
   *   with those before it; `wait`: after how many milliseconds it is saved
   */
  change(cuts, after, { isTyped = false, wait = 0 } = {}) {
    const changes = cuts.map((cut) => {
      const before = this.#book.of(cut);
      this.#book.set(cut, after(before, cut));
      return { item: cut, before, after: this.#book.of(cut) };
    });
    const typed = isTyped ? cuts.map((cut) => cut.cut).join() : null;
    this.#history.push({ by: this, changes, typed });
    this.#keep(cuts, wait);
  }

  /** Whether a cut is as a step left it; a decision on a draft that is gone since counts for none. */
  holds(cut, state) {
    return this.#book.isKeptSame(this.#book.of(cut), this.#book.held(cut, state));
  }

  /**
   * A change as it was kept while the page was loaded again; null: it is damaged, or its cut is gone.
   *
   * @param {{item: string, before: object, after: object}} change
   * @param {Map<string, object>} cuts by id
   */
  revive({ item, before, after }, cuts) {
    const isWhole = cuts.has(item) && [before, after].every((one) => this.#book.isState(one));
    return isWhole ? { item: cuts.get(item), before, after } : null;
  }

  /** Put what was wanted before or since a step. */
  put(states) {
    for (const { item, state } of states) this.#book.set(item, this.#book.held(item, state));
    this.#keep(
      states.map(({ item }) => item),
      0,
    );
  }

  #keep(cuts, wait) {
    if (this.isServed) this.#sync.save(cuts, wait);
    else this.#store.save(this.#book, cuts);
  }
}
