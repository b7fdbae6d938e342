// Several cuts that are decided on at once.

export class Selection {
  #cuts = new Set();
  /** Where a range begins; null: at the chosen cut. */
  #anchor = null;
  /** Whether a cut is taken in or out by choosing it, as on a screen without keys. */
  isPicking = false;

  get size() {
    return this.#cuts.size;
  }

  has(cut) {
    return this.#cuts.has(cut);
  }

  /** The cuts that a decision is made on: those selected, else the chosen one. */
  of(current) {
    if (this.#cuts.size) return [...this.#cuts];
    return current ? [current] : [];
  }

  /** Take a cut in, or out; the first one brings the chosen cut along. */
  toggle(cut, current = null) {
    if (!this.#cuts.size && current && current !== cut) this.#cuts.add(current);
    if (!this.#cuts.delete(cut)) this.#cuts.add(cut);
    this.#anchor = cut;
  }

  /** Select from where the range began to a cut, in the order of a list. */
  extend(list, current, cut) {
    if (!list.includes(this.#anchor)) this.#anchor = current;
    const [first, last] = [list.indexOf(this.#anchor), list.indexOf(cut)].sort((a, b) => a - b);
    this.#cuts = new Set(list.slice(Math.max(0, first), last + 1));
  }

  /** Select all cuts of a list. */
  all(list) {
    this.#cuts = new Set(list);
    this.#anchor = null;
  }

  /** Keep only cuts of a list: what is not listed is not decided on. */
  keep(list) {
    const listed = new Set(list);
    this.#cuts = new Set([...this.#cuts].filter((cut) => listed.has(cut)));
  }

  clear() {
    this.#cuts.clear();
    this.#anchor = null;
    this.isPicking = false;
  }
}

/** What several states have in common: a field in which they differ is empty. */
export const inCommon = (states) => {
  const [first, ...others] = states;
  return Object.fromEntries(
    Object.entries(first).map(([name, value]) => [
      name,
      others.every((other) => other[name] === value) ? value : "",
    ]),
  );
};
