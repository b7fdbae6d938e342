import assert from "node:assert/strict";
import { test } from "node:test";
import {
  firstChoice,
  isStale,
  outcomeOf,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/outcome.mjs";
import { cutOf, rowOf } from "./samples.mjs";

const DELIVERED = ["pass", "review"];

const outcome = (cut, decision, changed = "") =>
  outcomeOf(cut, rowOf({ decision }), changed, DELIVERED);

test("what will be delivered of a cut", () => {
  const failed = cutOf(0, 50);
  assert.equal(outcome(failed, ""), "original");
  assert.equal(outcome(failed, "approve"), "draft");
  assert.equal(outcome(failed, "retry"), "again");
  assert.equal(outcome(failed, "", "again"), "again");
  const passed = cutOf(0, 50, { verdict: "pass" });
  assert.equal(outcome(passed, ""), "draft");
  assert.equal(outcome(passed, "approve", "original"), "original", "its face is not the speaker's");
  const refused = outcome(passed, "passthrough", "again");
  assert.equal(refused, "original", "a refusal holds for every draft");
  assert.equal(outcome(cutOf(0, 50, { verdict: "pass", draft_clip: "" }), ""), "original");
});

test("what the gate refused is not offered to be approved first", () => {
  const first = (about) => firstChoice(cutOf(0, 50, about));
  assert.deepEqual(
    ["pass", "review", "unjudged", "fail"].map((verdict) => first({ verdict })),
    ["approve", "approve", "approve", "passthrough"],
  );
  assert.equal(first({ verdict: "pass", draft_clip: "" }), "passthrough");
});

test("a decision on another draft is stale until there is a new one", () => {
  const cut = cutOf(0, 50, { decision: "approve", decision_state: "stale" });
  assert.ok(isStale(cut, rowOf()));
  assert.ok(!isStale(cut, rowOf({ decision: "approve" })));
  assert.ok(!isStale(cutOf(0, 50), rowOf()));
});
