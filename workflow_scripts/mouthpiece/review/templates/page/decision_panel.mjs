// The decision on the chosen cut: buttons, note, hint, and the conflict where there is one.

import { hasLetters } from "../templating/preferences.mjs";
import { isPossible } from "./decisions.mjs";
import { byId, newsToSee, setPressed } from "./dom.mjs";
import { firstChoice } from "./outcome.mjs";
import { page } from "./page_data.mjs";
import { REFUSAL } from "./refusals.mjs";
import { describe, past, plain, signed, whatIsFull } from "./wording.mjs";

/** The presets of a cut's engine. */
export const presetsOf = (cut) => page.presets[cut.row.engine] ?? [];

/** Whether a decision can be made on a cut. */
export const canDecide = (cut, decision) => isPossible(cut, decision, presetsOf(cut));

const buttons = () => document.querySelectorAll("[data-decision]");

/**
 * @param {object} events
 * @param {(decision: string) => void} events.onChoose
 * @param {() => void} events.onTier
 * @param {() => void} events.onClear
 * @param {(text: string) => void} events.onNote
 * @param {() => void} events.onNoteLeft
 * @param {(change: object) => void} events.onRemark a severity or a reason is chosen
 * @param {() => void} events.onFrame the frame of the remark is asked for
 * @param {(isMine: boolean) => void} events.onSettle
 */
export const wirePanel = (events) => {
  for (const button of buttons()) {
    button.addEventListener("click", () => events.onChoose(button.dataset.decision));
  }
  byId("tier").addEventListener("click", events.onTier);
  byId("undo").addEventListener("click", events.onClear);
  byId("keep-mine").addEventListener("click", () => events.onSettle(true));
  byId("take-theirs").addEventListener("click", () => events.onSettle(false));
  for (const name of ["severity", "reason"]) {
    byId(name).addEventListener("change", () => events.onRemark({ [name]: byId(name).value }));
  }
  byId("note-frame").addEventListener("click", events.onFrame);
  const note = byId("note");
  note.addEventListener("change", events.onNoteLeft);
  note.addEventListener("input", () => {
    fitNote(note);
    events.onNote(note.value);
  });
};

/** Show all lines of a note, where style sheets alone do not. */
const fitNote = (note) => {
  if (CSS.supports("field-sizing", "content")) return;
  note.style.height = "auto";
  note.style.height = `${note.scrollHeight + 2}px`;
};

/** Name the key of the note beside it, where letters are keys. */
export const drawNoteKey = () => {
  byId("note").placeholder = hasLetters() ? "Note (n)" : "Note";
};

/** What the next run does with a row; `next`: what becomes of its cut before that, if anything. */
const obeyed = (state, next) => {
  const { decision, tier } = state;
  const isApproval = decision === "approve";
  if (decision === REFUSAL) return "the next run obeys it.";
  if (next === "moved") return "but the next run makes other cuts here, and does not obey it.";
  if (!decision && !tier) {
    return describe(state) === "nothing"
      ? "nothing is decided."
      : "remarks are for people, and nothing is decided.";
  }
  if (next === "original") return "but the next run passes the cut through.";
  if (next && isApproval) return "but the next run draws it again, and approves no other draft.";
  return "the next run obeys it.";
};

/** What becomes of a decision that was changed here. */
const fate = (cut, state, { isServed, isConflict, refusal, isSaved, next }) => {
  if (isServed) {
    if (isConflict) return "Not saved yet: choose above.";
    if (refusal) return `Not saved: ${refusal}`;
    return isSaved ? `Saved; ${obeyed(state, next)}` : "";
  }
  const kept = "Kept in this browser; export to hand it to the next run.";
  const refused = cut.carried_from && state.decision !== "passthrough";
  return refused ? `${kept} Take the row of ${cut.carried_from} out of decisions.tsv, too.` : kept;
};

/** Whether nothing is left of a decision, as there will be other cuts in place of its cut. */
const isCarriedOver = (state, { next, isConflict, refusal }) =>
  next === "moved" && describe(state) === "nothing" && !isConflict && !refusal;

/** What the panel says of the decision. */
const hint = (cut, state, saving) => {
  const { chosen } = saving;
  if (!chosen.includes(cut)) return "The cut that is shown is not selected: others are decided on.";
  if (chosen.length > 1) return "What you decide, write or turn holds for all selected cuts.";
  if (isCarriedOver(state, saving)) {
    return "What still holds of its decision was carried over to the new cuts.";
  }
  if (saving.isChanged || saving.isConflict) {
    return (saving.isChanged ? "" : past(cut)) + fate(cut, state, saving);
  }
  if (state.carried_from) {
    return `Refused as frames of ${state.carried_from}; the refusal follows its frames.`;
  }
  if (state.decision) return `${past(cut)}This decision was in force in this run.`;
  if (cut.draft) return past(cut);
  return `${past(cut)}No draft was made. “Keep original” keeps a later one out, too.`;
};

const drawRemark = ({ severity, reason, frame }) => {
  byId("severity").value = severity;
  byId("reason").value = reason;
  byId("note-frame").hidden = !frame;
  byId("note-frame").textContent = `Frame ${frame}`;
};

/**
 * Show the decision on a cut.
 *
 * @param {object} cut
 * @param {object} state the decision; see `DecisionBook.of`
 * @param {object} saving
 * @param {object[]} saving.chosen the cuts that are decided on: this one, or those selected
 * @param {boolean} saving.isServed whether the review server serves the page
 * @param {boolean} saving.isChanged whether it differs from what the run knew
 * @param {boolean} saving.isConflict whether somebody else decided, too
 * @param {object} saving.theirs what somebody else decided
 * @param {string | undefined} saving.refusal why the server did not save it
 * @param {boolean} saving.isSaved whether the table has it
 * @param {string} saving.next what the next run does to the cut before: "moved": makes other cuts
 *   of it; "again", "original": see `RemedySession.outcome`; "": nothing
 * @param {boolean} saving.isCorrectedFirst whether its offset is to be corrected before all else
 */
export const drawPanel = (cut, state, saving) => {
  const isOpen = !state.decision && !saving.next && !saving.isCorrectedFirst;
  const first = isOpen ? firstChoice(cut) : "";
  for (const button of buttons()) {
    setPressed(button, button.dataset.decision === state.decision);
    button.disabled = !saving.chosen.some((one) => canDecide(one, button.dataset.decision));
    button.classList.toggle("primary", button.dataset.decision === first);
  }
  const isRetry = state.decision === "retry";
  byId("retry-name").textContent = isRetry ? `Retry: ${plain(state.preset)}` : "Retry…";
  setPressed(byId("tier"), Boolean(state.tier));
  byId("tier").disabled = !saving.chosen.some((one) => one.draft_clip);
  if (byId("note").value !== state.note) byId("note").value = state.note;
  fitNote(byId("note"));
  byId("conflict").hidden = !saving.isConflict;
  if (saving.isConflict) {
    const by = signed(saving.theirs);
    byId("conflict-mine").textContent = describe(state);
    byId("conflict-theirs").textContent = describe(saving.theirs) + (by && ` (${by})`);
    byId("conflict-who").textContent = saving.theirs.reviewer || "Somebody else";
  }
  drawRemark(state);
  const isSigned = saving.chosen.length === 1 && describe(state) !== "nothing";
  const by = isSigned ? signed(state) : "";
  const author = isSigned && state.noted_by ? ` Noted by ${state.noted_by}.` : "";
  const news = newsToSee() && `${newsToSee()}. `;
  const text = news + hint(cut, state, saving) + (by && ` ${by}.`) + author;
  byId("hint").textContent = text + whatIsFull(byId("note"), "A note");
};
