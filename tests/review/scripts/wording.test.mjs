import assert from "node:assert/strict";
import { test } from "node:test";
import * as wording from "../../../workflow_scripts/mouthpiece/review/templates/page/wording.mjs";
import { cutOf, rowOf } from "./samples.mjs";

test("a decision in full", () => {
  assert.equal(wording.describe(rowOf()), "nothing");
  const row = rowOf({ decision: "retry", preset: "opens_too_little", tier: "final", note: "<b>" });
  assert.equal(wording.describe(row), "retry: opens too little; final tier; “<b>”");
  assert.equal(wording.describe(rowOf({ decision: "passthrough" })), "keep original");
});

test("a remark in full, and who made it", () => {
  const row = rowOf({ severity: "Blocker", reason: "Best Possible", note: "soft" });
  assert.equal(wording.describe(row), "Blocker; Best Possible; “soft”");
  assert.equal(wording.listed(cutOf(0, 50), row, false), "Blocker");
  assert.equal(wording.signed(rowOf()), "");
  assert.match(
    wording.signed({ reviewer: "Anna", time: "2026-11-27T22:13:05Z" }),
    /^Anna, .*2026|^Anna, .*26/,
  );
  assert.match(wording.conflictText(rowOf(), rowOf({ reviewer: "Ben" })), /^Ben decided/);
});

test("what the list says of a decision", () => {
  const cut = cutOf(0, 50);
  assert.equal(wording.listed(cut, rowOf(), false), "");
  assert.equal(
    wording.listed(cut, rowOf({ decision: "approve", tier: "final" }), true),
    "approve, final tier, in conflict",
  );
  const carried = rowOf({ decision: "passthrough", carried_from: "000000-000099" });
  assert.equal(wording.listed(cut, carried, false), "keep original (carried over)");
  const stale = cutOf(0, 50, { decision: "passthrough", decision_state: "stale" });
  assert.equal(wording.listed(stale, rowOf(), false), "stale: keep original");
});

test("what became of a decision that is not in force", () => {
  assert.equal(wording.past(cutOf(0, 50)), "");
  const done = cutOf(0, 50, { decision: "retry", decision_state: "done", preset: "jaw_seam" });
  assert.match(wording.past(done), /made with “jaw seam”/);
  const stale = cutOf(0, 50, { decision: "approve", decision_state: "stale" });
  assert.match(wording.past(stale), /“approve” on this cut is stale/);
});

test("offsets and confidences in words", () => {
  assert.equal(wording.offsetText(0), "none");
  assert.equal(wording.offsetText(1), "lips 1 frame late");
  assert.equal(wording.offsetText(-4), "lips 4 frames early");
  const gate = { fail: 0.1 };
  const cuts = [0.05, 0.1, 0.2].map((confidence) => ({ confidence, passes_from: 0.2 }));
  const found = cuts.map((cut) => wording.confidenceText(cut, gate));
  assert.deepEqual(found, ["too low", "in doubt", "high enough"]);
  const apart = [0, 1, -10].map((value) => wording.offsetVerdict(value, { offset: 1 }));
  assert.deepEqual(apart, [
    "none, within the limit",
    "lips 1 frame late, within the limit",
    "lips 10 frames early, too far",
  ]);
});

test("what an enhancement did", () => {
  const scores = { drafted_confidence: "0.5000", enhanced_confidence: "0.3000" };
  assert.equal(
    wording.enhancement({ enhanced: "smoothed+restored", ...scores }),
    "smoothed, restored; confidence 0.5000 before, 0.3000 after",
  );
  assert.match(
    wording.enhancement({ enhanced: "reverted restored", ...scores }),
    /^restored, and taken back;/,
  );
  const figures = { drafted_warp_error: "1.200", enhanced_warp_error: "1.500" };
  assert.equal(
    wording.enhancement({ enhanced: "restored", ...scores, ...figures }),
    "restored; confidence 0.5000 before, 0.3000 after; warp error 1.200 before, 1.500 after",
  );
});

test("how far the review is", () => {
  assert.equal(wording.progressText(0, 0), "No cuts to review");
  assert.equal(wording.progressText(1, 1), "1 of 1 cut to review decided");
  assert.equal(wording.progressText(1, 2), "1 of 2 cuts to review decided");
});

test("two decisions on one cut", () => {
  const text = wording.conflictText(rowOf({ decision: "approve" }), rowOf());
  assert.match(text, /Yours: approve; 1 keeps it. Theirs: nothing; 2 takes it./);
});

test("which of the selected cuts are drafted again", () => {
  assert.equal(wording.draftedAgain(1, 1), "this cut");
  assert.equal(wording.draftedAgain(7, 7), "these 7 cuts");
  assert.equal(wording.draftedAgain(5, 7), "5 of these 7 cuts");
});

test("a field that is full says so", () => {
  assert.equal(wording.whatIsFull({ value: "ab", maxLength: 3 }, "A note"), "");
  const text = " A note has 3 characters at most; what goes beyond is left out.";
  assert.equal(wording.whatIsFull({ value: "abc", maxLength: 3 }, "A note"), text);
});

test("what became of a step that is taken back", () => {
  const [one, other] = [{ cut: "a" }, { cut: "b" }];
  assert.equal(wording.travelText(true, [one, other], []), "Taken back: a, b");
  assert.equal(wording.travelText(true, [], [one]), "Left as it is, changed since: a");
  assert.equal(
    wording.travelText(false, [one], [other]),
    "Done again: a. Left as it is, changed since: b",
  );
});
