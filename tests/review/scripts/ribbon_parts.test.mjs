import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cutAt,
  partState,
  ribbonParts,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/ribbon_parts.mjs";
import { cutOf } from "./samples.mjs";

const WORST_FIRST = ["fault", "fail", "review", "pass"];

test("each cut of a short film is a part", () => {
  const cuts = [cutOf(0, 50), cutOf(50, 100, { verdict: "pass" })];
  const parts = ribbonParts(cuts, WORST_FIRST);
  assert.deepEqual(
    parts.map(({ verdict, frames }) => [verdict, frames]),
    [
      ["fail", 50],
      ["pass", 100],
    ],
  );
  assert.deepEqual(ribbonParts([], WORST_FIRST), []);
});

test("neighbours of a long film share a part, which has the worst verdict", () => {
  const cuts = Array.from({ length: 1500 }, (_, index) =>
    cutOf(50 * index, 50, { verdict: index % 50 ? "pass" : "fail" }),
  );
  const parts = ribbonParts(cuts, WORST_FIRST);
  assert.ok(parts.length > 200 && parts.length <= 400, String(parts.length));
  assert.equal(
    parts.reduce((sum, part) => sum + part.frames, 0),
    75_000,
  );
  assert.equal(parts.filter((part) => part.verdict === "fail").length, 30);
});

test("a part shows what most of it will be, and is decided when all of it is", () => {
  const cuts = [cutOf(0, 50), cutOf(50, 100)];
  const of = (changed) => ({
    outcome: (cut) => (cut === cuts[0] ? "draft" : "original"),
    isStale: () => false,
    isDecided: (cut) => cut === cuts[0],
    ...changed,
  });
  assert.deepEqual(partState({ cuts }, of()), { outcome: "original", isDecided: false });
  const stale = of({ isStale: (cut) => cut === cuts[0], isDecided: () => true });
  assert.deepEqual(partState({ cuts }, stale), { outcome: "stale", isDecided: true });
});

test("the cut of a frame", () => {
  const cuts = [cutOf(0, 50), cutOf(50, 100)];
  assert.equal(cutAt(cuts, 49), cuts[0]);
  assert.equal(cutAt(cuts, 50), cuts[1]);
  assert.equal(cutAt(cuts, 150), undefined);
});
