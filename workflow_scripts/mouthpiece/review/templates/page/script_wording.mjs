// What the tab "Script" says of lines and edits.

import { SILENT, shiftOf } from "./script_edits.mjs";
import { counted, shiftText, signed } from "./wording.mjs";

/** An edit in full. */
export const describeEdit = (state) => {
  const { target, voice, note, status } = state;
  const shift = shiftOf(state);
  return (
    [
      target && (target === SILENT ? "nothing is spoken" : `“${target.trim()}”`),
      voice && `voice ${voice}`,
      shift && shiftText(shift),
      status,
      note && `note “${note.trim()}”`,
    ]
      .filter(Boolean)
      .join("; ") || "nothing"
  );
};

/** What the list says of the edit of a line. */
export const listedEdit = (state, isConflict) => {
  const { target, voice, note, status } = state;
  const edited = target || voice || shiftOf(state);
  return [status, edited && "edited", note && "note", isConflict && "in conflict"]
    .filter(Boolean)
    .join(", ");
};

/** What two reviewers want of a line, and what settles it. */
export const lineConflictText = (mine, theirs) =>
  `${theirs.reviewer || "somebody else"} edited it meanwhile. Yours: ${describeEdit(mine)}; 1 keeps it. Theirs: ${describeEdit(theirs)}; 2 takes it.`;

/** How far the review of the lines is. */
export const linesProgress = (done, all, again) => {
  const approved = all
    ? `${done} of ${counted(all, "line", "lines")} to review approved`
    : "No lines to review";
  return again ? `${approved}; ${again} to be spoken again` : approved;
};

/** What becomes of an edit, and whose it is. */
export const lineHint = (saving, state) => {
  const { isServed, isChanged, isSpokenAgain, isConflict, refusal, isSaved } = saving;
  if (isConflict) return "Not saved yet: choose above.";
  if (refusal) return `Not saved: ${refusal}`;
  const by = describeEdit(state) !== "nothing" && signed(state);
  const again = isSpokenAgain && "The take is the old one: the next run speaks the line again.";
  const kept = isServed
    ? isSaved && "Saved."
    : "Kept in this browser; export to hand it to the next run.";
  return [again, isChanged && kept, by && `${by}.`].filter(Boolean).join(" ");
};
