// What the page says of cuts and decisions.

/** What is said of a field that holds as much as it may; "": there is room. */
export const whatIsFull = ({ value, maxLength }, what) =>
  value.length < maxLength
    ? ""
    : ` ${what} has ${maxLength} characters at most; what goes beyond is left out.`;

/** What a decision is called. */
export const NAMES = {
  approve: "approve",
  passthrough: "keep original",
  retry: "retry",
  restore: "earlier draft",
};

/** A name of a preset as words. */
export const plain = (name) => name.replaceAll("_", " ");

export const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/** A shift in time, in words. */
export const shiftText = (frames) => {
  if (!frames) return "as it is";
  return `${counted(Math.abs(frames), "frame", "frames")} ${frames > 0 ? "later" : "earlier"}`;
};

const nameOf = (decision) => NAMES[decision] ?? decision;

/** Who decided, and when, in the reader's own time: "Anna, 27/11/2026, 22:13"; may be empty. */
export const signed = ({ reviewer, time }) => {
  const when = { dateStyle: "short", timeStyle: "short" };
  return [reviewer, time && new Date(time).toLocaleString(undefined, when)]
    .filter(Boolean)
    .join(", ");
};

/** A decision in full: "retry: opens too little; final tier". */
export const describe = ({ decision, preset, tier, note, severity, reason, noted_by }) =>
  [
    decision === "retry" ? `retry: ${plain(preset)}` : NAMES[decision],
    tier && "final tier",
    severity,
    reason,
    note && `“${note}”${noted_by ? ` by ${noted_by}` : ""}`,
  ]
    .filter(Boolean)
    .join("; ") || "nothing";

/** A cut by its name, several by their number. */
export const named = (cuts) =>
  cuts.length === 1 ? `Cut ${cuts[0].cut}` : counted(cuts.length, "cut", "cuts");

/**
 * What was decided, and of how many of the cuts it could not be.
 *
 * @param {object[]} some those that it was decided on
 * @param {object[]} wanted those that were selected
 */
export const decisionNews = (some, wanted, decision, preset) => {
  const how = decision === "retry" ? ` with ${plain(preset)}` : "";
  const rest = wanted.length - some.length;
  const left = rest ? `; ${counted(rest, "cut has", "cuts have")} no draft to decide on` : "";
  return `${named(some)}: ${NAMES[decision] ?? "decision cleared"}${how}${left}`;
};

/** Which of the selected cuts are drafted again: those that have a draft. */
export const draftedAgain = (count, selected) => {
  if (selected === 1) return "this cut";
  return count === selected ? `these ${count} cuts` : `${count} of these ${selected} cuts`;
};

/** What is said of a step that was taken back or done again; `left`: the cuts that it left alone. */
export const travelText = (isBack, some, left) => {
  const ids = (cuts) => cuts.map((cut) => cut.cut).join(", ");
  const what = isBack ? "Taken back" : "Done again";
  const done = some.length ? `${what}: ${ids(some)}` : "";
  const rest = left.length ? `Left as it is, changed since: ${ids(left)}` : "";
  return [done, rest].filter(Boolean).join(". ");
};

/** What the list says of the decision on a cut. */
export const listed = (cut, state, isConflict) => {
  const { decision, preset, tier, severity } = state;
  let name = decision ? nameOf(decision) : "";
  if (decision === "retry") name += `: ${plain(preset)}`;
  if (decision && state.carried_from) name += " (carried over)";
  if (!decision && cut.decision_state) name = `${cut.decision_state}: ${nameOf(cut.decision)}`;
  return [name, tier && "final tier", severity, isConflict && "in conflict"]
    .filter(Boolean)
    .join(", ");
};

/** What became of a decision that is not in force. */
export const past = (cut) =>
  ({
    stale:
      cut.decision === "restore"
        ? "The earlier draft that was to be restored is not kept any more. "
        : `The decision “${nameOf(cut.decision)}” on this cut is stale: it was made on another draft and is not obeyed. `,
    done: `This is the new draft, made with “${plain(cut.preset)}”. `,
    moot: "There is no draft to deliver. ",
  })[cut.decision_state] ?? "";

/** What an enhancement did, in words, and each figure before and after it. */
export const enhancement = (row) => {
  const [, reverted, steps] = row.enhanced.match(/^(reverted )?(.*)$/);
  const done = `${steps.replaceAll("+", ", ")}${reverted ? ", and taken back" : ""}`;
  const figures = ["confidence", "warp_error", "identity_distance"]
    .filter((name) => row[`enhanced_${name}`])
    .map(
      (name) => `${plain(name)} ${row[`drafted_${name}`]} before, ${row[`enhanced_${name}`]} after`,
    );
  return [done, ...figures].join("; ");
};

/** The shifts of the face box that suit a cut (MuseTalk). */
export const suitableShift = ([least, most]) =>
  `bbox_shift_px from ${least} (the mouth opens less) to ${most} (more) suits this cut`;

/** An offset of lips and voice, in frames of 25 fps. */
export const offsetText = (offset) =>
  offset === 0
    ? "none"
    : `lips ${counted(Math.abs(offset), "frame", "frames")} ${offset > 0 ? "late" : "early"}`;

/** Whether lips and voice are further apart than the gate allows. */
export const isOffLimit = (offset, gate) => Math.abs(offset) > gate.offset;

/** What the gate says of an offset. */
export const offsetVerdict = (offset, gate) =>
  `${offsetText(offset)}, ${isOffLimit(offset, gate) ? "too far" : "within the limit"}`;

/** What the gate says of a cut's confidence: of this measure alone, not of the cut. */
export const confidenceText = (cut, gate) =>
  cut.confidence < gate.fail
    ? "too low"
    : cut.confidence < cut.passes_from
      ? "in doubt"
      : "high enough";

/** How many of the cuts to review are decided. */
export const progressText = (done, all) =>
  all ? `${done} of ${counted(all, "cut", "cuts")} to review decided` : "No cuts to review";

/** What two reviewers decided on a cut, and what settles it. */
export const conflictText = (mine, theirs) =>
  `${theirs.reviewer || "somebody else"} decided on it meanwhile. Yours: ${describe(mine)}; 1 keeps it. Theirs: ${describe(theirs)}; 2 takes it.`;
