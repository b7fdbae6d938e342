// The boundaries of a video's cuts: where they may be split and merged, and what becomes of them.

import { framesOf } from "./refusals.mjs";
import { signed } from "./wording.mjs";

const idOf = (first, end) =>
  [first, end - 1].map((frame) => String(frame).padStart(6, "0")).join("-");

/**
 * What can be done with the cut that shows a frame.
 *
 * @param {string[]} cuts the ids of all cuts, in order
 * @param {number} frame of the film
 * @returns {{action: string, frame: number, text: string}[]}
 */
export const choicesAt = (cuts, frame) => {
  const [first, end] = cuts.map(framesOf).find(([start, stop]) => frame >= start && frame < stop);
  const [, last] = framesOf(cuts.at(-1));
  return [
    frame > first && {
      action: "split",
      frame,
      text: `Split before frame ${frame}, which is shown`,
    },
    first > 0 && {
      action: "merge",
      frame: first,
      text: `Merge with the cut before, at frame ${first}`,
    },
    end < last && {
      action: "merge",
      frame: end,
      text: `Merge with the cut after, at frame ${end}`,
    },
  ].filter(Boolean);
};

/** The cuts after a change. */
export const cutsAfter = (cuts, { action, frame }) => {
  const starts = cuts.map((cut) => framesOf(cut)[0]);
  const [, last] = framesOf(cuts.at(-1));
  const wanted =
    action === "split"
      ? [...starts, frame].sort((a, b) => a - b)
      : starts.filter((start) => start !== frame);
  return wanted.map((first, index) => idOf(first, wanted[index + 1] ?? last));
};

/** The cuts of a list that another one does not have. */
export const lacking = (cuts, others) => cuts.filter((cut) => !others.includes(cut));

/** What a table of cuts has in place of a cut of the page; []: the cut itself. */
export const insteadOf = (cut, cuts) => {
  if (cuts.includes(cut)) return [];
  const [first, end] = framesOf(cut);
  return cuts.filter((other) => {
    const [start, stop] = framesOf(other);
    return start < end && stop > first;
  });
};

/** What is said of a cut that the table has other cuts in place of. */
export const insteadText = (instead, table) => {
  const [they, those] = instead.length > 1 ? ["them", "those"] : ["it", "that"];
  return `${table} has ${instead.join(" and ")} here: the next run makes ${they}, with the rows that were carried over. Decide on ${those} then.`;
};

/** Who changed the cuts meanwhile, and when, as far as their table says it. */
export const changedText = (now, before) => {
  const isNamed = now.reviewer && now.time > (before?.time ?? "");
  return `The cuts were changed meanwhile by ${isNamed ? signed(now) : "somebody else"}`;
};

/** The text of a table of cuts. */
export const cutsTable = (cuts) =>
  `${["first_frame", ...cuts.map((cut) => framesOf(cut)[0])].join("\n")}\n`;

/** That a cut is so short that the guard passes it through. */
const shortText = (cut, leastFrames) => {
  const [first, end] = framesOf(cut);
  const frames = end - first;
  if (frames >= leastFrames) return "";
  return `${cut} has ${frames} ${frames === 1 ? "frame" : "frames"}: cuts of fewer than ${leastFrames} are passed through.`;
};

/** What a change does, in sentences; `leastFrames`: how long a cut must be to be drawn. */
export const planText = (
  { old, new: after, carried = 0, gone = [], table, is_made },
  leastFrames,
) =>
  [
    `${old.join(" and ")} ${old.length > 1 ? "become" : "becomes"} ${after.join(" and ")}.`,
    ...after.map((cut) => shortText(cut, leastFrames)),
    is_made
      ? `The table of cuts, ${table}, is changed.`
      : `A table of cuts, ${table}, is made of the cuts as they were found; from then on it is used, and cuts are no longer looked for.`,
    carried
      ? `${carried} ${carried === 1 ? "row" : "rows"} of decisions.tsv and overrides.tsv ${carried === 1 ? "is" : "are"} carried over.`
      : "",
    gone.length ? `No longer matches: ${gone.join("; ")}.` : "",
    "The next run redoes these cuts and no others.",
  ].filter(Boolean);
