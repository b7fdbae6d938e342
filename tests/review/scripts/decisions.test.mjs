import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changed,
  DecisionBook,
  isPossible,
  isSame,
  ofRun,
  ofTable,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { describe } from "../../../workflow_scripts/mouthpiece/review/templates/page/wording.mjs";
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
  const final = cutOf(0, 50, { draft: "f", stands_for: ["0123456789ab"] });
  assert.equal(ofTable(final, rowOf({ decision: "approve" })).decision, "approve", "of the draft");
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
  assert.ok(isSame(rowOf(), rowOf({ reviewer: "Ben", time: "2026-11-27T22:13:05Z" })));
  for (const key of ["decision", "preset", "tier", "note", "severity", "reason", "frame"]) {
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

test("a change is stamped with who, when, and the frame on which its remark began", () => {
  const now = { reviewer: "Anna", time: new Date("2026-11-27T22:13:05.250Z"), frame: 12 };
  const approved = changed(ofRun(cutOf(0, 50)), { decision: "approve" }, now);
  assert.equal(approved.reviewer, "Anna");
  assert.equal(approved.time, "2026-11-27T22:13:05Z");
  assert.equal(approved.frame, "");
  const noted = changed(approved, { note: "s" }, now);
  assert.equal(noted.frame, "12");
  const later = { ...now, reviewer: "Ben", frame: 30 };
  const typed = changed(noted, { note: "so" }, later);
  assert.deepEqual([typed.frame, typed.reviewer], ["12", "Ben"]);
  const severe = changed(typed, { severity: "Blocker" }, later);
  assert.equal(changed(severe, { note: "" }, later).frame, "12");
  const blank = changed(changed(severe, { note: "" }, later), { severity: "" }, later);
  assert.equal(blank.frame, "");
});

test("a note stays its author's, whoever decides since", () => {
  const by = (reviewer) => ({ reviewer, time: new Date("2026-11-27T22:13:05Z"), frame: 12 });
  const noted = changed(ofRun(cutOf(0, 50)), { note: "soft" }, by("Anna"));
  assert.equal(noted.noted_by, "", "she signs the row");
  const approved = changed(noted, { decision: "approve" }, by("Ben"));
  assert.deepEqual([approved.noted_by, approved.reviewer], ["Anna", "Ben"]);
  assert.equal(changed(approved, { severity: "FYI" }, by("Ben")).noted_by, "Anna");
  assert.equal(changed(approved, { tier: "final" }, by("Cleo")).noted_by, "Anna");
  assert.equal(changed(approved, { tier: "final" }, by("Anna")).noted_by, "");
  assert.equal(changed(approved, { note: "soft?" }, by("Ben")).noted_by, "", "it is his now");
  assert.equal(changed(approved, { note: "" }, by("Ben")).noted_by, "");
  const severe = changed(ofRun(cutOf(0, 50)), { severity: "FYI" }, by("Anna"));
  assert.equal(changed(severe, { decision: "approve" }, by("Ben")).noted_by, "Anna");
  assert.equal(describe(approved), "approve; “soft” by Anna");
});

test("what the run knew of a remark is kept, and so is what the server is sent", () => {
  const book = new DecisionBook();
  const remark = { severity: "FYI", reviewer: "Anna", time: "2026-11-27T22:13:05Z" };
  const cut = cutOf(0, 50, { decision: "approve", remark });
  assert.equal(book.of(cut).severity, "FYI");
  const sent = book.sent(cut);
  assert.deepEqual([sent.reviewer, sent.reason, sent.frame], ["Anna", "", ""]);
  assert.ok(!("time" in sent) && !("carried_from" in sent), "the server knows when");
});
