import assert from "node:assert/strict";
import { test } from "node:test";
import { DecisionKeeper } from "../../../workflow_scripts/mouthpiece/review/templates/page/decision_keeper.mjs";
import { DecisionBook } from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { History } from "../../../workflow_scripts/mouthpiece/review/templates/page/history.mjs";
import { cutOf } from "./samples.mjs";

const NOW = { reviewer: "Anna", time: new Date(0), frame: 3 };

const setUp = () => {
  const cuts = [cutOf(0, 50), cutOf(50, 50)];
  const book = new DecisionBook();
  const kept = [];
  const store = { save: (_book, some) => kept.push(some.length) };
  const sync = { save: (cut, wait) => kept.push([cut.cut, wait]) };
  return { cuts, book, kept, keeper: new DecisionKeeper(book, store, sync) };
};

test("steps are taken back and done again, the last one first", () => {
  const { cuts, book, keeper, kept } = setUp();
  keeper.change([cuts[0]], { decision: "approve" }, NOW);
  keeper.change(cuts, { decision: "passthrough" }, NOW);
  assert.deepEqual(keeper.travel(true), cuts);
  assert.deepEqual(
    cuts.map((cut) => book.of(cut).decision),
    ["approve", ""],
  );
  assert.deepEqual(keeper.travel(true), [cuts[0]]);
  assert.equal(book.of(cuts[0]).decision, "");
  assert.ok(!keeper.canUndo && keeper.canRedo);
  assert.deepEqual(keeper.travel(true), []);
  keeper.travel(false);
  keeper.travel(false);
  assert.equal(book.of(cuts[1]).decision, "passthrough");
  keeper.travel(true);
  keeper.change([cuts[1]], { decision: "approve" }, NOW);
  assert.ok(!keeper.canRedo, "another way was taken");
  assert.ok(kept.every((count) => count <= 2));
});

test("what is typed into a note is one step", () => {
  const { cuts, book, keeper, kept } = setUp();
  keeper.isServed = true;
  for (const note of ["s", "so", "soft"]) keeper.change([cuts[0]], { note }, NOW);
  keeper.change([cuts[0]], { decision: "approve" }, NOW);
  keeper.travel(true);
  assert.equal(book.of(cuts[0]).note, "soft");
  keeper.travel(true);
  assert.equal(book.of(cuts[0]).note, "");
  assert.deepEqual(
    kept.slice(0, 4).map(([, wait]) => wait > 0),
    [true, true, true, false],
  );
});

test("a history forgets what is long ago", () => {
  const history = new History();
  for (let step = 0; step < 600; step += 1) {
    history.push({ changes: [{ item: step, before: step, after: step + 1 }], typed: null });
  }
  let steps = 0;
  while (history.undo().length) steps += 1;
  assert.equal(steps, 500);
});
