import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DecisionBook,
  isPossible,
  isSame,
  ofRun,
  ofTable,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { cutOf, rowOf } from "./samples.mjs";

test("a decision of the run counts only while it is in force", () => {
  const decisionIn = (decision, state) =>
    ofRun(cutOf(0, 50, { decision, decision_state: state })).decision;
  assert.equal(decisionIn("approve", ""), "approve");
  assert.equal(decisionIn("passthrough", "carried"), "passthrough");
  for (const state of ["stale", "done", "moot"]) assert.equal(decisionIn("approve", state), "");
  assert.equal(decisionIn("unheard_of", ""), "");
});

test("an approval of the table holds for its draft, a refusal for the frames", () => {
  const cut = cutOf(0, 50);
  const decisionIn = (row) => ofTable(cut, rowOf(row)).decision;
  assert.equal(decisionIn({ decision: "approve" }), "approve");
  assert.equal(decisionIn({ decision: "approve", draft: "" }), "approve");
  assert.equal(decisionIn({ decision: "approve", draft: "ffffffffffff" }), "");
  assert.equal(decisionIn({ decision: "passthrough", draft: "ffffffffffff" }), "passthrough");
  assert.equal(decisionIn({ decision: "retry", preset: "jaw_seam" }), "retry");
  assert.equal(decisionIn({ decision: "retry", preset: "jaw_seam", draft: "" }), "");
  assert.equal(ofTable(cut, null).decision, "");
});

test("a retry that was obeyed is open again", () => {
  const cut = cutOf(0, 50, { decision: "retry", decision_state: "done", preset: "jaw_seam" });
  assert.equal(ofTable(cut, rowOf({ decision: "retry", preset: "jaw_seam" })).decision, "");
  assert.equal(ofTable(cut, rowOf({ decision: "retry", preset: "standard" })).decision, "retry");
});

test("a refusal that is carried over says from where", () => {
  const row = rowOf({ decision: "passthrough", carried_from: "000000-000099" });
  assert.equal(ofTable(cutOf(0, 50), row).carried_from, "000000-000099");
});

test("a book knows what differs from the run", () => {
  const book = new DecisionBook();
  const cut = cutOf(0, 50, { decision: "approve" });
  assert.ok(!book.isUndecided(cut) && !book.isChanged(cut));
  book.set(cut, { ...book.of(cut), decision: "passthrough" });
  assert.ok(book.isChanged(cut) && book.size === 1);
  assert.equal(book.of(cut).decision, "passthrough");
  book.set(cut, { ...book.of(cut), decision: "" });
  assert.ok(book.isUndecided(cut));
  book.set(cut, ofRun(cut));
  assert.equal(book.size, 0);
  book.set(cut, { ...ofRun(cut), note: "soft" });
  book.reset(cut);
  assert.equal(book.of(cut).note, "");
  book.set(cut, { ...ofRun(cut), tier: "final" });
  book.clear();
  assert.equal(book.size, 0);
});

test("two decisions are the same if all that a reviewer may set is", () => {
  assert.ok(isSame(rowOf(), rowOf({ revision: "r2", draft: "ffffffffffff" })));
  for (const key of ["decision", "preset", "tier", "note"]) {
    assert.ok(!isSame(rowOf(), rowOf({ [key]: "x" })), key);
  }
});

test("what was not drafted can be refused, and nothing else", () => {
  const undrafted = cutOf(0, 50, { draft: "", draft_clip: "" });
  assert.ok(isPossible(undrafted, "passthrough", ["standard"]));
  assert.ok(!isPossible(undrafted, "approve", ["standard"]));
  assert.ok(!isPossible(undrafted, "retry", ["standard"]));
  assert.ok(isPossible(undrafted, "", []));
  const drafted = cutOf(0, 50);
  assert.ok(isPossible(drafted, "approve", []) && !isPossible(drafted, "retry", []));
  assert.ok(isPossible(drafted, "retry", ["standard"]));
});
