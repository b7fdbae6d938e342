import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DecisionBook,
  isSame,
  ofTable,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { outcomeOf } from "../../../workflow_scripts/mouthpiece/review/templates/page/outcome.mjs";
import { decisionsTable } from "../../../workflow_scripts/mouthpiece/review/templates/page/tsv.mjs";
import {
  asked,
  draftOf,
  Versions,
  versionName,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/versions.mjs";
import { past } from "../../../workflow_scripts/mouthpiece/review/templates/page/wording.mjs";
import { cutOf, rowOf } from "./samples.mjs";

const OLD = "aaaaaaaaaaaa";

const version = (draft = OLD, changed = {}) => ({
  draft,
  seen_s: 0,
  engine: "preview",
  settings: { preset: "standard", lip_offset_frames: 10 },
  confidence: 0.314,
  offset: 10,
  clip: `versions/000000-000049/${draft}.mp4`,
  ...changed,
});

const cut = cutOf(0, 50, { row: { settings: '{"preset": "standard", "lip_offset_frames": 0}' } });

test("an earlier draft is called by its time, its score, and what differs", () => {
  const name = versionName(version(), cut, { offset: 1 });
  assert.match(name, /^Draft of .+ · 0\.31 · lips 10 frames late · lip offset frames 10$/);
  const same = version(OLD, { settings: {}, offset: 1, confidence: null });
  assert.match(versionName(same, cut, { offset: 1 }), /^Draft of [^·]+$/);
  assert.match(versionName(version(), cutOf(0, 50, { row: {} }), { offset: 1 }), /preset standard/);
});

test("one after the other is compared, and then the original", () => {
  const versions = new Versions();
  assert.deepEqual(versions.of(cut), []);
  const [newer, older] = [version("bbbbbbbbbbbb"), version()];
  versions.take({ [cut.cut]: [newer, older] });
  assert.equal(versions.after(cut, null), newer);
  assert.equal(versions.after(cut, newer), older);
  assert.equal(versions.after(cut, older), null);
});

test("a row that restores a draft names it, and not the present one", () => {
  const book = new DecisionBook();
  book.set(cut, { ...book.of(cut), decision: "restore", draft: OLD });
  assert.equal(book.sent(cut).draft, OLD);
  assert.equal(outcomeOf(cut, book.of(cut), "", []), "draft");
  const film = { video: "v", language: "de" };
  const [, line] = decisionsTable(film, [cut], book, []).split("\n");
  assert.deepEqual(line.split("\t").slice(2, 5), [cut.cut, "restore", OLD]);
  const state = ofTable(cut, rowOf({ decision: "restore", draft: OLD }));
  assert.deepEqual([state.decision, state.draft], ["restore", OLD]);
  assert.equal(isSame(state, { ...state, draft: "cccccccccccc" }), false);
});

test("once the run has restored it, the row was in force", () => {
  const restored = { ...cut, draft: OLD, decision: "restore" };
  const book = new DecisionBook();
  book.set(restored, book.ofTable(restored, rowOf({ decision: "restore", draft: OLD })));
  assert.equal(book.isChanged(restored), false);
  const gone = { ...cut, decision: "restore", decision_state: "stale" };
  assert.equal(ofTable(gone, rowOf({ decision: "restore", draft: OLD })).decision, "");
  assert.match(past(gone), /not kept any more/);
});

test("to approve a draft that was restored is to keep it so", () => {
  const restored = { ...cut, draft: OLD, decision: "restore" };
  assert.deepEqual(asked(restored, "approve"), { decision: "restore", draft: OLD });
  assert.deepEqual(asked(restored, "passthrough"), { decision: "passthrough" });
  const stale = { ...restored, decision_state: "stale" };
  assert.deepEqual(asked(stale, "approve"), { decision: "approve" });
  assert.deepEqual(asked(cut, "approve"), { decision: "approve" });
});

test("a note leaves the draft that is to be restored", () => {
  assert.equal(draftOf(cut, { decision: "restore", draft: OLD }), OLD);
  assert.equal(draftOf(cut, { decision: "approve", draft: OLD }), cut.draft);
});
