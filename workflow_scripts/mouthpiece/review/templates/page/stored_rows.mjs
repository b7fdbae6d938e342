// Rows in the browser's own storage, for a page that is opened from disk.

/**
 * Keeps a key a row, so that tabs that write at once do not take away each other's. Where the
 * browser has no storage, rows last as long as the page.
 */
export class StoredRows {
  #storage;
  #prefix;

  /**
   * @param {() => Storage} storage may throw
   * @param {string} kind what the rows are
   * @param {{video: string, language: string}} film
   */
  constructor(storage, kind, film) {
    this.#storage = storage;
    this.#prefix = `mouthpiece.${kind}.${film.video}.${film.language}.`;
  }

  /** Whether a key of the storage holds a row of this film; null: all keys changed. */
  owns(key) {
    return key === null || key.startsWith(this.#prefix);
  }

  /** The ids of all rows. */
  ids() {
    try {
      const storage = this.#storage();
      return Array.from({ length: storage.length }, (_, index) => storage.key(index))
        .filter((key) => key.startsWith(this.#prefix))
        .map((key) => key.slice(this.#prefix.length));
    } catch {
      return [];
    }
  }

  /** What is stored under an id; null: nothing, undefined: there is no storage. */
  read(id) {
    try {
      return JSON.parse(this.#storage().getItem(this.#prefix + id) ?? "null");
    } catch {
      return undefined;
    }
  }

  write(id, state) {
    try {
      this.#storage().setItem(this.#prefix + id, JSON.stringify(state));
    } catch {
      // no storage
    }
  }

  /** Store what is wanted of some cuts, as far as it differs from what the run knew. */
  save(book, cuts) {
    for (const cut of cuts) {
      if (book.isChanged(cut)) this.write(cut.cut, { ...book.of(cut), draft: cut.draft });
      else this.remove(cut.cut);
    }
  }

  remove(id) {
    try {
      this.#storage().removeItem(this.#prefix + id);
    } catch {
      // no storage
    }
  }
}
