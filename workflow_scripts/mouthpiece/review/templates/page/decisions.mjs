// The decisions on a film's cuts: those the run knew, and this reviewer's since.

import { Book } from "./book.mjs";
import { REFUSAL } from "./refusals.mjs";
import { draftOf, RESTORE } from "./versions.mjs";

/** What a reviewer may set on a cut. */
export const FIELDS = ["decision", "preset", "tier", "note", "severity", "reason", "frame"];

/** The columns that comment on a cut; its frame is that of their beginning. */
export const REMARK = ["note", "severity", "reason"];

/** What only the table and the page know of a decision; the run does nothing with it. */
const NO_REMARK = { severity: "", reason: "", frame: "", noted_by: "", reviewer: "", time: "" };

/** The cells of a row that are remarks; those that it lacks are empty. */
export const remarkOf = (row) =>
  Object.fromEntries(Object.keys(NO_REMARK).map((name) => [name, row?.[name] ?? ""]));

const OBEYED = ["approve", REFUSAL, "retry", RESTORE];

const NOTHING = { decision: "", preset: "", tier: "", note: "", ...NO_REMARK, carried_from: "" };

/** Whether two decisions say the same. */
export const isSame = (one, other) =>
  FIELDS.every((key) => one[key] === other[key]) &&
  (one.decision !== RESTORE || one.draft === other.draft);

/** The decision on a cut as far as it was in force in the run that wrote the page. */
export const ofRun = (cut) => {
  const isInForce = !cut.decision_state || cut.decision_state === "carried";
  return {
    decision: OBEYED.includes(cut.decision) && isInForce ? cut.decision : "",
    draft: cut.draft,
    preset: cut.preset,
    tier: cut.tier,
    note: cut.note,
    ...remarkOf(cut.remark),
    carried_from: cut.carried_from,
  };
};

/** A decision on a cut that may have another draft since: what was decided on that one is gone. */
export const heldFor = (cut, state) =>
  ["approve", "retry"].includes(state.decision) && !isOf(cut, state.draft)
    ? { ...state, decision: "", draft: cut.draft }
    : state;

/** Whether what is decided on a draft holds for that of a cut: its final stands for it. */
const isOf = (cut, draft) => draft === cut.draft || cut.stands_for.includes(draft);

/** Whether the decision of a row of the table still holds for the cut that the page shows. */
const holds = (cut, row) => {
  if (row.decision === REFUSAL) return true; // it binds to the frames
  if (row.decision === RESTORE) return cut.decision_state !== "stale"; // it names another draft
  if (row.decision !== "retry") return !row.draft || isOf(cut, row.draft);
  const isDone = cut.decision === "retry" && cut.decision_state && cut.preset === row.preset;
  return row.draft === cut.draft && !isDone;
};

/** What the table says of a cut now, as far as it holds; `row`: null where it says nothing. */
export const ofTable = (cut, row) => {
  if (!row) return { ...NOTHING, draft: cut.draft };
  return {
    decision: holds(cut, row) ? row.decision : "",
    draft: draftOf(cut, row),
    preset: row.preset,
    tier: row.tier,
    note: row.note,
    ...remarkOf(row),
    carried_from: row.carried_from ?? "",
  };
};

/**
 * A decision after a change: who made it, when, and the frame on which a remark began.
 *
 * @param {object} state the decision before
 * @param {object} change
 * @param {{reviewer: string, time: Date, frame: number}} now
 */
export const changed = (state, change, { reviewer, time, frame }) => {
  const after = { ...state, carried_from: "", ...change, reviewer, time: stampOf(time) };
  const isRemarked = (some) => REMARK.some((name) => some[name]);
  after.noted_by = isRemarked(after) ? notedBy(state, after) : "";
  if (!isRemarked(after)) after.frame = "";
  else if (!isRemarked(state) || !after.frame) after.frame = String(frame);
  return after;
};

/** Who remarked on a cut, where it was not the reviewer: whose remark it was before, if that stays. */
const notedBy = (before, { note, severity, reason, reviewer }) => {
  const isTheirs = note
    ? note === before.note
    : severity === before.severity && reason === before.reason;
  const author = isTheirs ? before.noted_by || before.reviewer : reviewer;
  return author === reviewer ? "" : author;
};

/** A time as the table has it, in UTC. */
export const stampOf = (time) => time.toISOString().replace(/\.\d+Z$/, "Z");

/** The decisions on all cuts of the page. */
export class DecisionBook extends Book {
  constructor() {
    super("cut");
  }

  ofRun(cut) {
    return ofRun(cut);
  }

  ofTable(cut, row) {
    return ofTable(cut, row);
  }

  held(cut, state) {
    return heldFor(cut, state);
  }

  isSame(one, other) {
    return isSame(one, other);
  }

  /** A table has a note on one line. */
  isKeptSame(one, other) {
    const flat = (state) => ({ ...state, note: state.note.trim().split(/\s+/).join(" ") });
    return isSame(flat(one), flat(other));
  }

  /** Whether a value may be a decision: what a browser stored may be damaged. */
  isState(value) {
    return ["draft", ...Object.keys(NOTHING)].every((name) => typeof value?.[name] === "string");
  }

  /** The columns that the server is sent. */
  sent(cut) {
    const { time, carried_from, ...values } = this.of(cut);
    return { ...values, draft: draftOf(cut, values) };
  }

  isUndecided(cut) {
    return !this.of(cut).decision;
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
