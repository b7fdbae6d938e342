// What a reviewer did, to be taken back and done again.

/** The most steps that are kept. */
const MOST = 500;

export class History {
  #done = [];
  #undone = [];

  /**
   * Remember a step.
   *
   * @param {object} step
   * @param {{put: (states: {item: object, state: object}[]) => void}} step.by who puts states
   * @param {{item: object, before: object, after: object}[]} step.changes what was wanted of some
   *   items before, and since
   * @param {string | null} step.typed what a text is typed into: its letters are one step
   */
  push(step) {
    const last = this.#done.at(-1);
    if (step.typed && last?.typed === step.typed && last.by === step.by) {
      step.changes.forEach(({ after }, index) => {
        last.changes[index].after = after;
      });
    } else this.#done.push(step);
    if (this.#done.length > MOST) this.#done.shift();
    this.#undone = [];
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /** Forget the steps that changed an item. */
  forget(item) {
    const isOther = ({ changes }) => changes.every((change) => change.item !== item);
    this.#done = this.#done.filter(isOther);
    this.#undone = this.#undone.filter(isOther);
  }

  /** Take the last step back, or do the one that was taken back again; returns its items. */
  travel(isBack) {
    const [from, to] = isBack ? [this.#done, this.#undone] : [this.#undone, this.#done];
    const step = from.pop();
    if (!step) return [];
    to.push(step);
    step.by.put(
      step.changes.map(({ item, before, after }) => ({ item, state: isBack ? before : after })),
    );
    return step.changes.map(({ item }) => item);
  }
}
