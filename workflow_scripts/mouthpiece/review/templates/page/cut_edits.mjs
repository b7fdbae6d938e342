// Cuts that a reviewer splits and merges: what the table of cuts says, and the steps so far.

import { changedText, insteadOf } from "./boundaries.mjs";
import { cutAt } from "./ribbon_parts.mjs";

/** Changes boundaries in the table of the review server. */
export class CutEdits {
  #server;
  #history;
  #page;
  /** What the table says; null: it is not known. */
  #state = null;

  /**
   * @param {{cuts: () => Promise<object>, changeCuts: (change: object) => Promise<object>}} server
   * @param {import("./history.mjs").History} history
   * @param {object} page
   * @param {(request: () => Promise<void>) => Promise<void>} page.during makes the request of a
   *   change, which moves rows of other tables, too
   * @param {() => string} page.reviewer who changes the cuts
   * @param {(news: string) => void} page.onChange the table says something else
   */
  constructor(server, history, page) {
    this.#server = server;
    this.#history = history;
    this.#page = page;
  }

  /** The ids of the cuts in the table; null: they are not known. */
  get cuts() {
    return this.#state?.cuts ?? null;
  }

  /** The name of the table. */
  get table() {
    return this.#state?.table ?? "";
  }

  /** What the table has in place of a cut of the page; []: the cut itself. */
  instead(cut) {
    return this.#state ? insteadOf(cut.cut, this.#state.cuts) : [];
  }

  /** Read the table; returns whether somebody else changed it since it was read last. */
  async read() {
    const state = await this.#server.cuts();
    if (state.why) throw new Error(state.why);
    const before = this.#state;
    this.#state = state;
    const isNew = before !== null && before.revision !== state.revision;
    if (isNew || !before) this.#page.onChange(isNew ? changedText(state, before) : "");
    return isNew;
  }

  /** What a change would do. */
  plan(change) {
    return this.#server.changeCuts({ ...change, is_plan: "yes" });
  }

  /** Change the table, as a step that is taken back; `cut`: the cut that was looked at. */
  async apply(change, cut) {
    const step = { change, taken: "" };
    await this.#page.during(() => this.#change(step));
    this.#history.push({
      by: this,
      changes: [{ item: cut, before: { step, isDone: false }, after: { step, isDone: true } }],
      typed: null,
    });
  }

  /** The server refuses to take back what somebody changed since. */
  holds() {
    return true;
  }

  /**
   * A change as it was kept while the page was loaded again, of the cut that shows its frame now;
   * null: it is damaged.
   *
   * @param {{item: string, before: object, after: object}} kept
   * @param {Map<string, object>} cuts by id
   */
  revive({ item, before: { step } }, cuts) {
    const { change, taken } = step;
    const { action, frame } = change;
    const texts = [action, frame, taken];
    if (!texts.every((text) => typeof text === "string")) return null;
    const own = { change: { action, frame }, taken };
    const at = cuts.get(item) ?? cutAt([...cuts.values()], Number(frame));
    const [before, after] = [false, true].map((isDone) => ({ step: own, isDone }));
    return at ? { item: at, before, after } : null;
  }

  /** Take a step back, or do it again. */
  async put([{ state }]) {
    const { step, isDone } = state;
    try {
      await this.#page.during(() => (isDone ? this.#change(step) : this.#takeBack(step)));
    } catch (error) {
      this.#page.onChange(`The table of cuts is not changed: ${error.message}`);
    }
  }

  async #takeBack({ taken }) {
    this.#state = await this.#server.changeCuts({ action: "undo", step: taken });
    this.#page.onChange("The table of cuts is as it was");
  }

  async #change(step) {
    try {
      const asked = { revision: this.#state.revision, reviewer: this.#page.reviewer() };
      const { step: taken, ...done } = await this.#server.changeCuts({ ...step.change, ...asked });
      step.taken = taken;
      this.#state = done;
      this.#page.onChange(`Now ${done.new.join(", ")}`);
    } catch (error) {
      if (error.conflict) {
        const { now } = error.conflict;
        error.message = changedText(now, this.#state);
        this.#state = now;
      }
      throw error;
    }
  }
}
