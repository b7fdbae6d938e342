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
   * @param {object} step.by who puts states: `put(states)`, a list of {item, state}, and
   *   `holds(item, state)`, whether nobody changed since what is wanted of an item
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

  /** What was done, and what was taken back, the last step at the end of each. */
  get steps() {
    return { done: [...this.#done], undone: [...this.#undone] };
  }

  /** Put steps from before the page was loaded again in front of those since. */
  restore({ done, undone }) {
    if (!this.canUndo && !this.canRedo) this.#undone = undone;
    this.#done = [...done, ...this.#done].slice(-MOST);
  }

  /**
   * Take the last step back, or do the one that was taken back again. What somebody changed since
   * is left as it is, and forgotten.
   *
   * @returns {{some: object[], left: object[]}} the items of the step, and those that are left
   */
  travel(isBack) {
    const [from, to] = isBack ? [this.#done, this.#undone] : [this.#undone, this.#done];
    const step = from.pop();
    if (!step) return { some: [], left: [] };
    const isOurs = ({ item, before, after }) => step.by.holds(item, isBack ? after : before);
    const changes = step.changes.filter(isOurs);
    const left = step.changes.filter((change) => !changes.includes(change));
    if (changes.length) {
      to.push({ ...step, changes });
      step.by.put(
        changes.map(({ item, before, after }) => ({ item, state: isBack ? before : after })),
      );
    }
    return { some: changes.map(({ item }) => item), left: left.map(({ item }) => item) };
  }
}
