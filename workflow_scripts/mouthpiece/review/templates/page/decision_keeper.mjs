// Keeps what is decided: in the table of the review server, or in this browser; with its history.

import { changed } from "./decisions.mjs";
import { History } from "./history.mjs";

/** How long after the last letter a note is saved. */
const NOTE_MS = 400;

export class DecisionKeeper {
  #book;
  #store;
  #sync;
  #history = new History();
  /** Whether the review server serves the page. */
  isServed = false;

  /**
   * @param {import("./decisions.mjs").DecisionBook} book
   * @param {import("./browser_store.mjs").BrowserStore} store
   * @param {import("./table_sync.mjs").TableSync} sync
   */
  constructor(book, store, sync) {
    this.#book = book;
    this.#store = store;
    this.#sync = sync;
  }

  get canUndo() {
    return this.#history.canUndo;
  }

  get canRedo() {
    return this.#history.canRedo;
  }

  /** Change the decisions on some cuts, as one step; `now`: as for `changed`. */
  change(cuts, change, now) {
    const isTyped = "note" in change;
    const changes = cuts.map((cut) => {
      const before = this.#book.of(cut);
      this.#book.set(cut, { ...changed(before, change, now), draft: cut.draft });
      return { item: cut, before, after: this.#book.of(cut) };
    });
    this.#history.push({ changes, typed: isTyped ? cuts[0] : null });
    this.#keep(cuts, isTyped ? NOTE_MS : 0);
  }

  /** Take the last step back, or do it again; returns the cuts that it was about. */
  travel(isBack) {
    const states = isBack ? this.#history.undo() : this.#history.redo();
    for (const { item, state } of states) this.#book.set(item, state);
    const cuts = states.map(({ item }) => item);
    this.#keep(cuts, 0);
    return cuts;
  }

  #keep(cuts, wait) {
    if (this.isServed) for (const cut of cuts) this.#sync.save(cut, wait);
    else this.#store.save(this.#book, cuts);
  }
}
