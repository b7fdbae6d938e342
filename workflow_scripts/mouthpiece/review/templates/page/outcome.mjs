// What will be delivered of a cut once the next run has obeyed its reviewers.

import { REFUSAL } from "./refusals.mjs";
import { RESTORE } from "./versions.mjs";

/** Outcome -> what it is called. */
export const OUTCOMES = { draft: "Draft", original: "Original", again: "Drawn again" };

/**
 * The outcome of a cut: "draft", "original", or "again" where it is drawn again first.
 *
 * @param {object} cut
 * @param {{decision: string}} state see `DecisionBook.of`
 * @param {string} changed the outcome of a remedy, "again" or "original"; "": there is none
 * @param {string[]} delivered the verdicts of which the gate delivers the draft
 */
export const outcomeOf = (cut, { decision }, changed, delivered) => {
  if (decision === REFUSAL) return "original";
  if (changed) return changed;
  if (decision === "retry") return "again";
  if (decision === "approve" || decision === RESTORE) return "draft";
  return cut.draft_clip && delivered.includes(cut.verdict) ? "draft" : "original";
};

/** The decision that is offered first on a cut: to keep the original, where the gate has refused the draft. */
export const firstChoice = ({ draft_clip, verdict }) =>
  draft_clip && verdict !== "fail" ? "approve" : REFUSAL;

/** Whether a decision on a cut is not obeyed, as it was made on another draft. */
export const isStale = (cut, { decision }) => !decision && cut.decision_state === "stale";
