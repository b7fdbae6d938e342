import assert from "node:assert/strict";
import { test } from "node:test";
import {
  newsText,
  runText,
  shareOf,
  wantedText,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/run_words.mjs";

const run = (state, changed = {}) => ({ state, stage: "", done: 0, jobs: 0, ...changed });

test("what is said of a run", () => {
  const drawing = { stage: "drawing", done: 3, jobs: 11 };
  assert.equal(runText(run("none")), "");
  assert.equal(runText(run("working")), "Run: starting");
  assert.equal(runText(run("working", drawing)), "Run: drawing, 3 of 11 jobs");
  assert.equal(runText(run("stopping", drawing)), "Run: stopping, drawing, 3 of 11 jobs");
  assert.match(runText(run("elsewhere", drawing)), /started elsewhere: drawing/);
  assert.equal(runText(run("failed", { message: "no dub" })), "The run failed: no dub");
  assert.match(runText(run("failed", { message: "" })), /see logs\/review\/run.log/);
});

test("the share of a run that is done", () => {
  assert.equal(shareOf(run("working")), null);
  assert.equal(shareOf(run("working", { done: 3, jobs: 12 })), 0.25);
});

test("what is new on the page", () => {
  const wanted = (some) => wantedText({ decisions: 0, remedies: 0, cuts: 0, edits: 0, ...some });
  assert.match(wanted({}), /^Nothing is new/);
  assert.equal(wanted({ decisions: 2 }), "New since the last run, on this page: 2 decisions.");
  assert.match(wanted({ decisions: 1, remedies: 1 }), /1 decision and remedies on 1 cut\.$/);
  assert.match(wanted({ edits: 3 }), /: edits of 3 lines\.$/);
  assert.match(wanted({ cuts: 1 }), /: other boundaries of 1 cut\.$/);
  assert.match(
    wanted({ decisions: 1, remedies: 1, edits: 1 }),
    /1 decision, remedies on 1 cut and edits of 1 line\.$/,
  );
});

test("what changed of a film", () => {
  const cut = (name) => ({ cut: name, before: "Gated out", now: "In sync" });
  assert.equal(newsText([]), "The film was made again; no cut changed.");
  assert.equal(
    newsText([cut("a"), { cut: "b", before: "In sync", now: "In sync" }]),
    "The film was made again: 2 cuts changed: a In sync (was Gated out), b In sync.",
  );
  assert.match(newsText([{ cut: "a", before: "", now: "In sync" }]), /: a In sync \(new\)\.$/);
  assert.match(
    newsText(["a", "b", "c", "d", "e"].map(cut)),
    /c In sync \(was Gated out\), and 2 more\.$/,
  );
});
