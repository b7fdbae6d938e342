// Decisions in the browser's own storage, for a page that is opened from disk.

import { ofRun } from "./decisions.mjs";
import { carriedTo, REFUSAL } from "./refusals.mjs";

/**
 * Keeps a key a cut, so that tabs that write at once do not take away each other's decisions. Where
 * the browser has no storage, decisions last as long as the page.
 */
export class BrowserStore {
  #storage;
  #prefix;

  /**
   * @param {() => Storage} storage may throw
   * @param {{video: string, language: string}} film
   */
  constructor(storage, film) {
    this.#storage = storage;
    this.#prefix = `mouthpiece.decisions.${film.video}.${film.language}.`;
  }

  /** Whether a key of the storage holds a decision on this film; null: all keys changed. */
  owns(key) {
    return key === null || key.startsWith(this.#prefix);
  }

  /** Put what is stored into a book. */
  load(book, cuts) {
    for (const cut of cuts) {
      const stored = this.#read(cut.cut);
      if (stored === undefined) continue;
      // An approval is of one draft; a refusal holds for the frames, whatever the draft.
      if (stored?.draft === cut.draft) book.set(cut, { ...ofRun(cut), ...stored });
      else if (stored?.decision === REFUSAL) book.set(cut, refused(cut, stored));
      else book.reset(cut);
    }
    this.#carry(book, cuts);
  }

  /** Store the decisions of some cuts, as far as they differ from what the run knew. */
  save(book, cuts) {
    for (const cut of cuts) {
      if (book.isChanged(cut)) this.#write(cut.cut, book.of(cut));
      else this.#remove(cut.cut);
    }
  }

  /** Carry the refusals of cuts that are gone to the cuts that show their frames now. */
  #carry(book, cuts) {
    const byId = new Map(cuts.map((cut) => [cut.cut, cut]));
    for (const id of this.#ids()) {
      const stored = byId.has(id) ? null : this.#read(id);
      if (stored?.decision !== REFUSAL) continue;
      const found = carriedTo(id, [...byId.keys()]).map((other) => byId.get(other));
      for (const cut of found) book.set(cut, refused(cut, stored));
      this.save(book, found);
      if (found.length) this.#remove(id);
    }
  }

  #ids() {
    try {
      const storage = this.#storage();
      return Array.from({ length: storage.length }, (_, index) => storage.key(index))
        .filter((key) => key.startsWith(this.#prefix))
        .map((key) => key.slice(this.#prefix.length));
    } catch {
      return [];
    }
  }

  /** What is stored of a cut; null: nothing, undefined: there is no storage. */
  #read(id) {
    try {
      return JSON.parse(this.#storage().getItem(this.#prefix + id) ?? "null");
    } catch {
      return undefined;
    }
  }

  #write(id, state) {
    try {
      this.#storage().setItem(this.#prefix + id, JSON.stringify(state));
    } catch {
      // no storage
    }
  }

  #remove(id) {
    try {
      this.#storage().removeItem(this.#prefix + id);
    } catch {
      // no storage
    }
  }
}

const refused = (cut, stored) => ({
  ...ofRun(cut),
  decision: REFUSAL,
  note: stored.note || cut.note,
});
