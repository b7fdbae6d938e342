import assert from "node:assert/strict";
import { test } from "node:test";
import { DecisionBook } from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { History } from "../../../workflow_scripts/mouthpiece/review/templates/page/history.mjs";
import { Keeper } from "../../../workflow_scripts/mouthpiece/review/templates/page/keeper.mjs";
import { RemedyBook } from "../../../workflow_scripts/mouthpiece/review/templates/page/remedies.mjs";
import { cutOf } from "./samples.mjs";

const setUp = () => {
  const cuts = [cutOf(0, 50), cutOf(50, 50)];
  const book = new DecisionBook();
  const kept = [];
  const store = { save: (_book, some) => kept.push(some.length) };
  const sync = { save: (some, wait) => kept.push([some.length, wait]) };
  const history = new History();
  return { cuts, book, kept, history, keeper: new Keeper(book, store, sync, history) };
};

const wanting = (change) => (state) => ({ ...state, ...change });

test("steps are taken back and done again, the last one first", () => {
  const { cuts, book, keeper, history, kept } = setUp();
  keeper.change([cuts[0]], wanting({ decision: "approve" }));
  keeper.change(cuts, wanting({ decision: "passthrough" }));
  assert.deepEqual(history.travel(true), cuts);
  assert.deepEqual(
    cuts.map((cut) => book.of(cut).decision),
    ["approve", ""],
  );
  assert.deepEqual(history.travel(true), [cuts[0]]);
  assert.equal(book.of(cuts[0]).decision, "");
  assert.ok(!history.canUndo && history.canRedo);
  assert.deepEqual(history.travel(true), []);
  history.travel(false);
  history.travel(false);
  assert.equal(book.of(cuts[1]).decision, "passthrough");
  history.travel(true);
  keeper.change([cuts[1]], wanting({ decision: "approve" }));
  assert.ok(!history.canRedo, "another way was taken");
  assert.ok(kept.every((count) => count <= 2));
});

test("decisions and remedies are taken back in one order", () => {
  const { cuts, book, keeper, history, kept } = setUp();
  const settings = new RemedyBook({});
  const sync = { save: (cut) => kept.push(cut.cut) };
  const remedies = new Keeper(settings, null, sync, history);
  remedies.isServed = true;
  remedies.change(cuts, () => ({ settings: { strength: "2" } }));
  keeper.change([cuts[0]], wanting({ decision: "approve" }));
  remedies.change([cuts[0]], () => ({ settings: {} }));
  assert.deepEqual(history.travel(true), [cuts[0]]);
  assert.deepEqual(settings.of(cuts[0]).settings, { strength: "2" });
  history.travel(true);
  assert.equal(book.of(cuts[0]).decision, "");
  assert.deepEqual(history.travel(true), cuts, "a remedy of several cuts is one step");
  assert.ok(cuts.every((cut) => !settings.isChanged(cut)));
  history.travel(false);
  assert.deepEqual(settings.of(cuts[1]).settings, { strength: "2" });
});

test("what is typed into a note is one step, of several cuts, too", () => {
  const { cuts, book, keeper, history, kept } = setUp();
  keeper.isServed = true;
  const typed = { isTyped: true, wait: 400 };
  for (const note of ["s", "so", "soft"]) keeper.change(cuts, wanting({ note }), typed);
  keeper.change([cuts[0]], wanting({ decision: "approve" }));
  history.travel(true);
  assert.deepEqual(
    cuts.map((cut) => book.of(cut).note),
    ["soft", "soft"],
  );
  history.travel(true);
  assert.deepEqual(
    cuts.map((cut) => book.of(cut).note),
    ["", ""],
  );
  assert.ok(kept.slice(0, 3).every(([, wait]) => wait > 0));
  assert.deepEqual(kept[3], [1, 0]);
  keeper.change([cuts[0]], wanting({ note: "a" }), typed);
  keeper.change([cuts[1]], wanting({ note: "b" }), typed);
  assert.deepEqual(history.travel(true), [cuts[1]], "another note is another step");
});

test("a history forgets what is long ago", () => {
  const history = new History();
  const by = { put: () => {} };
  for (let step = 0; step < 600; step += 1) {
    history.push({ by, changes: [{ item: step, before: step, after: step + 1 }], typed: null });
  }
  let steps = 0;
  while (history.travel(true).length) steps += 1;
  assert.equal(steps, 500);
});
