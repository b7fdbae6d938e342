// What the page says of a run, and of a film that was made again.

import { counted } from "./wording.mjs";

const jobs = ({ stage, done, jobs: all }) =>
  all ? `${stage ? `${stage}, ` : ""}${done} of ${counted(all, "job", "jobs")}` : "starting";

/** What is said of a run; "": nothing. */
export const runText = (run) =>
  ({
    working: () => `Run: ${jobs(run)}`,
    stopping: () => `Run: stopping, ${jobs(run)}`,
    elsewhere: () => `A run that was started elsewhere: ${jobs(run)}`,
    done: () => "The run is done.",
    failed: () => `The run failed: ${run.message || "see logs/review/run.log"}`,
    stopped: () => "The run was stopped; the next one goes on from there.",
  })[run.state]?.() ?? "";

/** Which share of a run is done, from 0 to 1; null: it is not known yet. */
export const shareOf = ({ done, jobs: all }) => (all ? done / all : null);

/**
 * What the next run will do of what is wanted on this page.
 *
 * @param {object} wanted how many there are
 * @param {number} wanted.decisions
 * @param {number} wanted.remedies cuts with remedies
 * @param {number} wanted.cuts cuts that are split or merged
 * @param {number} wanted.edits lines that are edited
 */
export const wantedText = ({ decisions, remedies, cuts, edits }) => {
  const parts = [
    decisions && counted(decisions, "decision", "decisions"),
    remedies && `remedies on ${counted(remedies, "cut", "cuts")}`,
    cuts && `other boundaries of ${counted(cuts, "cut", "cuts")}`,
    edits && `edits of ${counted(edits, "line", "lines")}`,
  ].filter(Boolean);
  const last = parts.splice(-2).join(" and ");
  return last
    ? `New since the last run, on this page: ${[...parts, last].join(", ")}.`
    : "Nothing is new on this page since the last run.";
};

const SHOWN = 3;

const since = (before, now) => {
  if (!before) return " (new)";
  return before === now ? "" : ` (was ${before})`;
};

/**
 * What changed of a film that was made again.
 *
 * @param {{cut: string, before: string, now: string}[]} changes the names of the verdicts; before
 *   is empty where the film did not have the cut
 */
export const newsText = (changes) => {
  if (!changes.length) return "The film was made again; no cut changed.";
  const named = changes
    .slice(0, SHOWN)
    .map(({ cut, before, now }) => `${cut} ${now}${since(before, now)}`);
  const more = changes.length > SHOWN ? `, and ${changes.length - SHOWN} more` : "";
  const count = counted(changes.length, "cut", "cuts");
  return `The film was made again: ${count} changed: ${named.join(", ")}${more}.`;
};
