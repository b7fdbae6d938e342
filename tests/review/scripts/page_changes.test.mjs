import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DecisionBook,
  heldFor,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { History } from "../../../workflow_scripts/mouthpiece/review/templates/page/history.mjs";
import { Keeper } from "../../../workflow_scripts/mouthpiece/review/templates/page/keeper.mjs";
import {
  changesOf,
  remembered,
  renewed,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/page_changes.mjs";
import { worst } from "../../../workflow_scripts/mouthpiece/review/templates/page/ribbon_parts.mjs";
import { cutOf } from "./samples.mjs";

const pageOf = (...cuts) => ({
  film: { frames: 100 },
  presets: {},
  verdicts: {},
  order: [],
  part: 100,
  cuts,
});

test("the cuts that differ are found, in whatever order a page has them", () => {
  const seen = remembered(pageOf(cutOf(0, 50), cutOf(50, 50)));
  const better = cutOf(0, 50, { verdict: "pass" });
  const { isOther, cuts } = changesOf(seen, pageOf(cutOf(50, 50), better));
  assert.deepEqual([isOther, cuts], [false, [better]]);
  assert.deepEqual(changesOf(seen, pageOf(cutOf(0, 50), cutOf(50, 50))).cuts, []);
});

test("a film with other cuts, or other presets, is another page", () => {
  const seen = remembered(pageOf(cutOf(0, 50), cutOf(50, 50)));
  assert.equal(changesOf(seen, pageOf(cutOf(0, 100))).isOther, true);
  assert.equal(changesOf(seen, pageOf(cutOf(0, 40), cutOf(40, 60))).isOther, true);
  const presets = { ...pageOf(cutOf(0, 50), cutOf(50, 50)), presets: { preview: ["new"] } };
  assert.equal(changesOf(seen, presets).isOther, true);
  const guard = { ...pageOf(cutOf(0, 50), cutOf(50, 50)), guard: { min_frames: 8 } };
  assert.equal(changesOf(seen, guard).isOther, true);
  const remedies = { dials: { preview: [] }, in_force: { a: {} } };
  const offers = { ...pageOf(cutOf(0, 50), cutOf(50, 50)), remedies };
  assert.equal(changesOf(seen, offers).isOther, true);
  const others = { ...offers, remedies: { ...remedies, in_force: {} } };
  assert.equal(changesOf(remembered(offers), others).isOther, false);
});

test("an address is other for other content, and none stays none", () => {
  assert.equal(renewed("clips/a.mp4", "r2"), "clips/a.mp4?r2");
  assert.equal(renewed("", "r2"), "");
});

test("an approval holds for its own draft, and a note for any", () => {
  const cut = cutOf(0, 50, { draft: "new" });
  const said = { decision: "approve", draft: "old", note: "jaw" };
  assert.deepEqual(heldFor(cut, said), { decision: "", draft: "new", note: "jaw" });
  assert.equal(heldFor(cut, { ...said, draft: "new" }).decision, "approve");
  assert.equal(heldFor(cut, { ...said, decision: "passthrough" }).decision, "passthrough");
});

test("a step that is done again approves no draft that nobody saw", () => {
  const cut = cutOf(0, 50);
  const book = new DecisionBook();
  const history = new History();
  const keeper = new Keeper(book, { save: () => {} }, { save: () => {} }, history);
  keeper.change([cut], (state) => ({ ...state, decision: "approve" }));
  history.travel(true);
  cut.draft = "another";
  history.travel(false);
  assert.equal(book.of(cut).decision, "");
});

test("the worst verdict of some cuts", () => {
  const cuts = [cutOf(0, 50, { verdict: "pass" }), cutOf(50, 50, { verdict: "review" })];
  assert.equal(worst(cuts, ["fail", "review", "pass"]), "review");
});
