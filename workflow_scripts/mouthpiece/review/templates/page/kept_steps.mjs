// A reviewer's steps, kept by the tab of the browser while the page is loaded again.

/** The most characters that are stored: a browser has room for about five million. */
const MOST_CHARACTERS = 2_000_000;

export class KeptSteps {
  #storage;
  #key;
  #cuts;
  #keepers;

  /**
   * @param {() => Storage} storage may throw
   * @param {{video: string, language: string}} film
   * @param {object[]} cuts
   * @param {Record<string, object>} keepers by name, those who put states; see `History.push`.
   *   Each has `revive(change, cuts)`, too
   */
  constructor(storage, film, cuts, keepers) {
    this.#storage = storage;
    this.#key = `mouthpiece.steps.${film.video}.${film.language}`;
    this.#cuts = new Map(cuts.map((cut) => [cut.cut, cut]));
    this.#keepers = keepers;
  }

  /** Store the steps of a history, the last ones where there is no room for all. */
  write({ steps: { done, undone } }) {
    let room = MOST_CHARACTERS;
    const stored = (steps) => {
      const texts = [];
      for (const step of steps.toReversed()) {
        const text = JSON.stringify(this.#named(step));
        room -= text.length;
        if (room < 0) break;
        texts.unshift(text);
      }
      return `[${texts.join(",")}]`;
    };
    const text = `{"done":${stored(done)},"undone":${stored(undone)}}`;
    try {
      this.#storage().setItem(this.#key, text);
    } catch {
      // no storage: steps end with the page
    }
  }

  /** The steps that are stored: {done, undone}; those that are damaged or of cuts that are gone are
      left out. */
  read() {
    try {
      const { done, undone } = JSON.parse(this.#storage().getItem(this.#key));
      return { done: this.#revived(done), undone: this.#revived(undone) };
    } catch {
      return { done: [], undone: [] };
    }
  }

  #named({ by, changes, typed }) {
    const [name] = Object.entries(this.#keepers).find(([, keeper]) => keeper === by);
    return { by: name, changes: changes.map((one) => ({ ...one, item: one.item.cut })), typed };
  }

  #revived(steps) {
    return steps
      .map(({ by: name, changes, typed }) => {
        const by = Object.hasOwn(this.#keepers, name) ? this.#keepers[name] : null;
        const found = by ? changes.map((one) => by.revive(one, this.#cuts)).filter(Boolean) : [];
        return { by, changes: found, typed: typeof typed === "string" ? typed : null };
      })
      .filter(({ changes }) => changes.length);
  }
}
