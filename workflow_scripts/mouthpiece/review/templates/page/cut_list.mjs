// Which cuts the list shows, and in which order.

import { NAMES, plain } from "./wording.mjs";

const byFrame = (one, other) => one.first_frame - other.first_frame;

/**
 * Orders of the list by name.
 *
 * @param {string[]} verdicts in the order in which a reviewer wants to see the cuts
 * @param {(cut: object) => boolean} isUndecided
 */
export const orders = (verdicts, isUndecided) => {
  const queue = (a, b) =>
    verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) || byFrame(a, b);
  const confidence = (cut) => cut.confidence ?? Number.POSITIVE_INFINITY;
  return {
    queue,
    film: byFrame,
    confidence: (a, b) => confidence(a) - confidence(b) || byFrame(a, b),
    offset: (a, b) => Math.abs(b.offset ?? 0) - Math.abs(a.offset ?? 0) || byFrame(a, b),
    length: (a, b) => b.frames - a.frames || byFrame(a, b),
    undecided: (a, b) => isUndecided(b) - isUndecided(a) || queue(a, b),
  };
};

/** What a search finds a cut by. */
const searched = (cut, { decision, preset, tier, note, severity, reason, noted_by, reviewer }) =>
  [
    cut.cut,
    ...cut.sentences,
    cut.brief,
    cut.reason,
    note,
    severity,
    reason,
    noted_by,
    reviewer,
    NAMES[decision] ?? "",
    plain(preset),
    tier ? "final tier" : "",
  ]
    .join(" ")
    .toLowerCase();

/**
 * The cuts that fit a filter.
 *
 * @param {object[]} cuts
 * @param {{hidden: Set<string>, isUndecidedOnly: boolean, search: string}} filter `hidden`: the
 *   verdicts that are left out
 * @param {import("./decisions.mjs").DecisionBook} book
 */
export const filtered = (cuts, { hidden, isUndecidedOnly, search }, book) => {
  const words = search.trim().toLowerCase();
  return cuts.filter(
    (cut) =>
      !hidden.has(cut.verdict) &&
      (!isUndecidedOnly || book.isUndecided(cut)) &&
      (!words || searched(cut, book.of(cut)).includes(words)),
  );
};

/** Where the part of a list begins that a place in it belongs to. */
export const partStart = (at, size) => at - (at % size);

/** The cut so many steps from another one, or the last one on the way. */
export const stepped = (list, current, step) =>
  list[Math.min(list.length - 1, Math.max(0, list.indexOf(current) + step))];
