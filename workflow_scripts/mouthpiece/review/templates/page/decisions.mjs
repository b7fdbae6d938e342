// The decisions on a film's cuts: those the run knew, and this reviewer's since.

import { REFUSAL } from "./refusals.mjs";

/** What a reviewer may set on a cut. */
export const FIELDS = ["decision", "preset", "tier", "note"];

const OBEYED = ["approve", REFUSAL, "retry"];

const NOTHING = { decision: "", preset: "", tier: "", note: "", carried_from: "" };

/** Whether two decisions say the same. */
export const isSame = (one, other) => FIELDS.every((key) => one[key] === other[key]);

/** The decision on a cut as far as it was in force in the run that wrote the page. */
export const ofRun = (cut) => {
  const isInForce = !cut.decision_state || cut.decision_state === "carried";
  return {
    decision: OBEYED.includes(cut.decision) && isInForce ? cut.decision : "",
    draft: cut.draft,
    preset: cut.preset,
    tier: cut.tier,
    note: cut.note,
    carried_from: cut.carried_from,
  };
};

/** Whether the decision of a row of the table still holds for the cut that the page shows. */
const holds = (cut, row) => {
  if (row.decision === REFUSAL) return true; // it binds to the frames
  if (row.decision !== "retry") return !row.draft || row.draft === cut.draft;
  const isDone = cut.decision === "retry" && cut.decision_state && cut.preset === row.preset;
  return row.draft === cut.draft && !isDone;
};

/** What the table says of a cut now, as far as it holds; `row`: null where it says nothing. */
export const ofTable = (cut, row) => {
  if (!row) return { ...NOTHING, draft: cut.draft };
  return {
    decision: holds(cut, row) ? row.decision : "",
    draft: cut.draft,
    preset: row.preset,
    tier: row.tier,
    note: row.note,
    carried_from: row.carried_from ?? "",
  };
};

/** The decisions on all cuts of the page. */
export class DecisionBook {
  #changed = new Map();

  /** The decision on a cut as it is now. */
  of(cut) {
    return this.#changed.get(cut.cut) ?? ofRun(cut);
  }

  /** Put a decision; one that says what the run knew is no change. */
  set(cut, state) {
    if (isSame(state, ofRun(cut))) this.#changed.delete(cut.cut);
    else this.#changed.set(cut.cut, state);
  }

  /** Go back to what the run knew of a cut. */
  reset(cut) {
    this.#changed.delete(cut.cut);
  }

  /** Go back to what the run knew of all cuts. */
  clear() {
    this.#changed.clear();
  }

  /** Whether a decision differs from what the run knew. */
  isChanged(cut) {
    return this.#changed.has(cut.cut);
  }

  isUndecided(cut) {
    return !this.of(cut).decision;
  }

  /** How many decisions differ from what the run knew. */
  get size() {
    return this.#changed.size;
  }
}

/**
 * Whether a decision can be made on a cut. Without a draft there is nothing to approve or to draft
 * again, but the cut can be refused: that holds for every later draft of these frames.
 *
 * @param {string[]} presets those of the cut's engine
 */
export const isPossible = (cut, decision, presets) => {
  if (decision === "approve") return Boolean(cut.draft_clip);
  if (decision === "retry") return Boolean(cut.draft_clip && presets?.length);
  return true;
};
