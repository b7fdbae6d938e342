// Decisions in the browser's own storage, for a page that is opened from disk.

import { ofRun, remarkOf } from "./decisions.mjs";
import { carriedTo, REFUSAL } from "./refusals.mjs";
import { StoredRows } from "./stored_rows.mjs";

export class BrowserStore extends StoredRows {
  /**
   * @param {() => Storage} storage may throw
   * @param {{video: string, language: string}} film
   */
  constructor(storage, film) {
    super(storage, "decisions", film);
  }

  /** Put what is stored into a book. */
  load(book, cuts) {
    for (const cut of cuts) {
      const stored = this.read(cut.cut);
      if (stored === undefined) continue;
      // An approval is of one draft; a refusal holds for the frames, whatever the draft.
      if (stored?.draft === cut.draft) book.set(cut, { ...ofRun(cut), ...stored });
      else if (stored?.decision === REFUSAL) book.set(cut, refused(cut, stored));
      else book.reset(cut);
    }
    this.#carry(book, cuts);
  }

  /** Carry the refusals of cuts that are gone to the cuts that show their frames now. */
  #carry(book, cuts) {
    const byId = new Map(cuts.map((cut) => [cut.cut, cut]));
    for (const id of this.ids()) {
      const stored = byId.has(id) ? null : this.read(id);
      if (stored?.decision !== REFUSAL) continue;
      const found = carriedTo(id, [...byId.keys()]).map((other) => byId.get(other));
      for (const cut of found) book.set(cut, refused(cut, stored));
      this.save(book, found);
      if (found.length) this.remove(id);
    }
  }
}

const refused = (cut, stored) => ({
  ...ofRun(cut),
  decision: REFUSAL,
  note: stored.note || cut.note,
  ...remarkOf(stored),
});
