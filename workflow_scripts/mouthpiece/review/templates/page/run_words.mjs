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

/** What the next run will do of what is wanted on this page. */
export const wantedText = (decisions, remedies, edits) => {
  const parts = [
    decisions && counted(decisions, "decision", "decisions"),
    remedies && `remedies on ${counted(remedies, "cut", "cuts")}`,
    edits && `edits of ${counted(edits, "line", "lines")}`,
  ].filter(Boolean);
  const last = parts.splice(-2).join(" and ");
  return last
    ? `New since the last run, on this page: ${[...parts, last].join(", ")}.`
    : "Nothing is new on this page since the last run.";
};

const SHOWN = 3;

/**
 * What changed of a film that was made again.
 *
 * @param {{cut: string, before: string, now: string}[]} changes the names of the verdicts
 */
export const newsText = (changes) => {
  if (!changes.length) return "The film was made again; no cut changed.";
  const named = changes
    .slice(0, SHOWN)
    .map(({ cut, before, now }) => `${cut} ${now}${before === now ? "" : ` (was ${before})`}`);
  const more = changes.length > SHOWN ? `, and ${changes.length - SHOWN} more` : "";
  const count = counted(changes.length, "cut", "cuts");
  return `The film was made again: ${count} changed: ${named.join(", ")}${more}.`;
};
