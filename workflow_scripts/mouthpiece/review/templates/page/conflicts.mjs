// Cuts that two reviewers decided on: what is said of them, and how a conflict is settled.

import { conflictText, describe } from "./wording.mjs";

export class Conflicts {
  #sync;
  #book;
  #page;

  /**
   * @param {import("./table_sync.mjs").TableSync} sync
   * @param {import("./decisions.mjs").DecisionBook} book
   * @param {object} page
   * @param {() => object | null} page.current the chosen cut
   * @param {(cut: object) => void} page.find choose a cut
   * @param {(cut: object, news: string) => void} page.onSettled a conflict is settled
   */
  constructor(sync, book, page) {
    this.#sync = sync;
    this.#book = book;
    this.#page = page;
  }

  has(cut) {
    return this.#sync.isInConflict(cut);
  }

  /** What two people decided on a cut, and what settles it; "": there is no conflict. */
  textOn(cut) {
    return this.has(cut) ? conflictText(this.#book.of(cut), this.#sync.theirs(cut)) : "";
  }

  /** Settle the conflict on the chosen cut: keep this reviewer's decision, or take the other one. */
  settle(isMine) {
    const cut = this.#page.current();
    if (!cut || !this.has(cut)) return;
    this.#sync.settle(cut, isMine);
    const whose = isMine ? "yours" : "theirs";
    const news = `Cut ${cut.cut}: ${whose} stands: ${describe(this.#book.of(cut))}`;
    this.#page.onSettled(cut, news);
  }

  /** Choose the next cut that is in conflict. */
  showNext() {
    const found = this.#sync.inConflict;
    if (found.length)
      this.#page.find(found[(found.indexOf(this.#page.current()) + 1) % found.length]);
  }
}
