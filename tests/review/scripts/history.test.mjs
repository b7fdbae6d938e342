import assert from "node:assert/strict";
import { test } from "node:test";
import { CutEdits } from "../../../workflow_scripts/mouthpiece/review/templates/page/cut_edits.mjs";
import { DecisionBook } from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { History } from "../../../workflow_scripts/mouthpiece/review/templates/page/history.mjs";
import { Keeper } from "../../../workflow_scripts/mouthpiece/review/templates/page/keeper.mjs";
import { KeptSteps } from "../../../workflow_scripts/mouthpiece/review/templates/page/kept_steps.mjs";
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
  assert.deepEqual(history.travel(true).some, cuts);
  assert.deepEqual(
    cuts.map((cut) => book.of(cut).decision),
    ["approve", ""],
  );
  assert.deepEqual(history.travel(true).some, [cuts[0]]);
  assert.equal(book.of(cuts[0]).decision, "");
  assert.ok(!history.canUndo && history.canRedo);
  assert.deepEqual(history.travel(true).some, []);
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
  assert.deepEqual(history.travel(true).some, [cuts[0]]);
  assert.deepEqual(settings.of(cuts[0]).settings, { strength: "2" });
  history.travel(true);
  assert.equal(book.of(cuts[0]).decision, "");
  assert.deepEqual(history.travel(true).some, cuts, "a remedy of several cuts is one step");
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
  assert.deepEqual(history.travel(true).some, [cuts[1]], "another note is another step");
});

test("a history forgets what is long ago", () => {
  const history = new History();
  const by = { put: () => {}, holds: () => true };
  for (let step = 0; step < 600; step += 1) {
    history.push({ by, changes: [{ item: step, before: step, after: step + 1 }], typed: null });
  }
  let steps = 0;
  while (history.travel(true).some.length) steps += 1;
  assert.equal(steps, 500);
});

test("what somebody changed since is left as it is", () => {
  const { cuts, book, keeper, history } = setUp();
  keeper.change(cuts, wanting({ decision: "approve" }));
  book.set(cuts[0], { ...book.of(cuts[0]), decision: "passthrough" });
  assert.deepEqual(history.travel(true), { some: [cuts[1]], left: [cuts[0]] });
  assert.deepEqual(
    cuts.map((cut) => book.of(cut).decision),
    ["passthrough", ""],
  );
  history.travel(false);
  book.set(cuts[1], { ...book.of(cuts[1]), note: "theirs" });
  assert.deepEqual(history.travel(true), { some: [], left: [cuts[1]] });
  assert.ok(!history.canUndo && !history.canRedo);
});

const kept = (values = new Map()) => ({
  getItem: (key) => values.get(key) ?? null,
  setItem: (key, value) => values.set(key, value),
  values,
});

const PAGE = { during: (request) => request(), reviewer: () => "", onChange: () => {} };

const FILM = { video: "film", language: "de" };
const KEY = "mouthpiece.steps.film.de";

test("steps outlive the page, those on cuts that are there", () => {
  const storage = kept();
  const { cuts, keeper, history } = setUp();
  const edits = new CutEdits({}, history, PAGE);
  keeper.change([cuts[0]], wanting({ decision: "approve" }));
  keeper.change(cuts, wanting({ note: "soft  " }));
  const change = { action: "split", frame: "60" };
  const step = { change, taken: "s1" };
  const [before, after] = [false, true].map((isDone) => ({ step, isDone }));
  history.push({ by: edits, changes: [{ item: cuts[1], before, after }], typed: null });
  const keepers = { decisions: keeper, cuts: edits };
  new KeptSteps(() => storage, FILM, cuts, keepers).write(history);

  const later = setUp();
  const some = [later.cuts[0], cutOf(50, 10), cutOf(60, 40)];
  const sent = [];
  const server = { changeCuts: async (what) => sent.push(what) && { cuts: [] } };
  const theirs = new CutEdits(server, later.history, PAGE);
  const again = { decisions: later.keeper, cuts: theirs };
  later.history.restore(new KeptSteps(() => storage, FILM, some, again).read());
  later.book.set(some[0], { ...later.book.of(some[0]), decision: "approve", note: "soft" });
  assert.deepEqual(later.history.travel(true).some, [some[2]], "the cut that shows the frame");
  assert.deepEqual(sent, [{ action: "undo", step: "s1" }]);
  assert.deepEqual(later.history.travel(true), { some: [some[0]], left: [] });
  assert.equal(later.book.of(some[0]).note, "");
  assert.deepEqual(later.history.travel(true).some, [some[0]]);
  assert.equal(later.book.of(some[0]).decision, "");
  assert.ok(later.history.canRedo);
});

test("what is damaged is left out, and what has no room", () => {
  const { cuts, keeper, history } = setUp();
  const storage = kept();
  const steps = new KeptSteps(() => storage, FILM, cuts, { decisions: keeper });
  const none = { done: [], undone: [] };
  assert.deepEqual(steps.read(), none);
  const change = { item: cuts[0].cut, before: {}, after: { decision: 1 } };
  const damaged = { by: "decisions", changes: [change] };
  const texts = ["{", "null", "[]", '{"done":1}', JSON.stringify({ done: [damaged], undone: [] })];
  const unknown = { by: "constructor", changes: [change] };
  for (const text of [...texts, JSON.stringify({ done: [unknown], undone: [] })]) {
    storage.values.set(KEY, text);
    assert.deepEqual(steps.read(), none, text);
  }
  const throwing = () => {
    throw new Error("no storage");
  };
  assert.deepEqual(new KeptSteps(throwing, FILM, cuts, {}).read(), none);
  new KeptSteps(throwing, FILM, cuts, {}).write(history);
  for (let step = 0; step < 400; step += 1) {
    const note = String(step).padEnd(9000, "x");
    keeper.change([cuts[step % 2]], wanting({ note }));
  }
  steps.write(history);
  assert.ok(storage.values.get(KEY).length <= 2_000_100);
  const { done } = steps.read();
  assert.ok(done.length > 50 && done.length < 400);
  assert.match(done.at(-1).changes[0].after.note, /^399x/, "the last ones");
});

test("steps from before stand in front of those since", () => {
  const { cuts, keeper, history } = setUp();
  keeper.change([cuts[0]], wanting({ decision: "approve" }));
  const earlier = history.steps.done;
  keeper.change([cuts[1]], wanting({ decision: "approve" }));
  const { keeper: other, history: fresh, cuts: same } = setUp();
  other.change([same[1]], wanting({ decision: "passthrough" }));
  fresh.restore({ done: earlier, undone: earlier });
  assert.equal(fresh.steps.done.length, 2);
  assert.ok(!fresh.canRedo, "another way was taken");
});
