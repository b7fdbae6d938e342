import assert from "node:assert/strict";
import { test } from "node:test";
import * as boundaries from "../../../workflow_scripts/mouthpiece/review/templates/page/boundaries.mjs";
import { CutEdits } from "../../../workflow_scripts/mouthpiece/review/templates/page/cut_edits.mjs";
import { History } from "../../../workflow_scripts/mouthpiece/review/templates/page/history.mjs";

const CUTS = ["000000-000049", "000050-000099", "000100-000149"];

const told = (cuts, frame) =>
  boundaries.choicesAt(cuts, frame).map(({ action, frame: at }) => `${action} ${at}`);

test("a cut is split at the shown frame, or merged with a neighbour", () => {
  assert.deepEqual(told(CUTS, 70), ["split 70", "merge 50", "merge 100"]);
  assert.deepEqual(told(CUTS, 0), ["merge 50"], "nothing lies before the film");
  assert.deepEqual(told(CUTS, 149), ["split 149", "merge 100"]);
  assert.deepEqual(told(["000000-000000"], 0), []);
});

test("the cuts after a change, and those in place of another", () => {
  const split = boundaries.cutsAfter(CUTS, { action: "split", frame: 70 });
  assert.deepEqual(split, [CUTS[0], "000050-000069", "000070-000099", CUTS[2]]);
  assert.deepEqual(boundaries.insteadOf(CUTS[1], split), ["000050-000069", "000070-000099"]);
  assert.deepEqual(boundaries.insteadOf(CUTS[0], split), []);
  const merged = boundaries.cutsAfter(split, { action: "merge", frame: 100 });
  assert.deepEqual(boundaries.lacking(merged, split), ["000070-000149"]);
  assert.deepEqual(boundaries.lacking(split, merged), ["000070-000099", CUTS[2]]);
  assert.equal(boundaries.cutsTable(merged), "first_frame\n0\n50\n70\n");
  const said = boundaries.insteadText(["000070-000149"], "v.cuts.tsv");
  assert.match(said, /^v.cuts.tsv has 000070-000149 here: the next run makes it/);
});

test("what a change does is in sentences", () => {
  const plan = { old: CUTS.slice(0, 2), new: ["000000-000099"], table: "v.cuts.tsv" };
  const found = boundaries.planText(
    { ...plan, is_made: true, carried: 1, gone: ["de: approve"] },
    12,
  );
  assert.deepEqual(found.slice(0, 4), [
    "000000-000049 and 000050-000099 become 000000-000099.",
    "The table of cuts, v.cuts.tsv, is changed.",
    "1 row of decisions.tsv and overrides.tsv is carried over.",
    "No longer matches: de: approve.",
  ]);
  assert.equal(boundaries.planText(plan, 12).length, 3);
  assert.match(boundaries.planText(plan, 12)[1], /^A table of cuts, v.cuts.tsv, is made/);
});

test("a cut that is too short to be drawn is said to be passed through", () => {
  const after = ["000050-000050", "000051-000099"];
  const told = boundaries.planText({ old: [CUTS[1]], new: after, table: "v.cuts.tsv" }, 12);
  assert.equal(told[1], "000050-000050 has 1 frame: cuts of fewer than 12 are passed through.");
  assert.match(told[2], /^A table of cuts/, "the other one is long enough");
});

const setUp = (change) => {
  const sent = [];
  const news = [];
  const server = {
    cuts: async () => ({ table: "v.cuts.tsv", cuts: CUTS, revision: "r1" }),
    changeCuts: async (what) => {
      sent.push(what);
      return change(what);
    },
  };
  const history = new History();
  const page = {
    during: (request) => request(),
    reviewer: () => "Anna",
    onChange: (one) => news.push(one),
  };
  return {
    sent,
    news,
    history,
    edits: new CutEdits(server, history, page),
  };
};

const SPLIT = ["000050-000069", "000070-000099"];
const DONE = {
  table: "v.cuts.tsv",
  cuts: [CUTS[0], ...SPLIT, CUTS[2]],
  new: SPLIT,
  revision: "r2",
};

test("a change is a step, which is taken back and done again", async () => {
  let step = 0;
  const { edits, history, sent, news } = setUp(({ action }) => {
    step += 1;
    return action === "undo" ? { cuts: CUTS, revision: "r1" } : { ...DONE, step: `s${step}` };
  });
  await edits.read();
  const cut = { cut: CUTS[1] };
  await edits.apply({ action: "split", frame: "70" }, cut);
  assert.deepEqual(edits.instead(cut), SPLIT);
  assert.deepEqual(history.travel(true).some, [cut]);
  await new Promise(setImmediate);
  assert.deepEqual(edits.instead(cut), []);
  history.travel(false);
  await new Promise(setImmediate);
  history.travel(true);
  await new Promise(setImmediate);
  assert.deepEqual(sent, [
    { action: "split", frame: "70", revision: "r1", reviewer: "Anna" },
    { action: "undo", step: "s1" },
    { action: "split", frame: "70", revision: "r1", reviewer: "Anna" },
    { action: "undo", step: "s3" },
  ]);
  assert.equal(news[1], "Now 000050-000069, 000070-000099");
});

test("what somebody else changed is taken over, and what fails is said", async () => {
  const { edits, history, news } = setUp(({ action }) => {
    if (action !== "undo") return { ...DONE, step: "s1" };
    throw new Error("it was changed since");
  });
  await edits.read();
  await edits.apply({ action: "split", frame: "70" }, { cut: CUTS[1] });
  history.travel(true);
  await new Promise(setImmediate);
  assert.equal(news.at(-1), "The table of cuts is not changed: it was changed since");
  assert.ok(await edits.read());
  assert.equal(news.at(-1), "The cuts were changed meanwhile by somebody else");
  const now = { ...DONE, reviewer: "Ben", time: "2026-11-27T22:13:05Z" };
  const other = setUp(() => {
    throw Object.assign(new Error("decided meanwhile"), { conflict: { now } });
  });
  await other.edits.read();
  await assert.rejects(
    other.edits.apply({ action: "split", frame: "80" }, { cut: CUTS[1] }),
    /meanwhile by Ben, /,
  );
  assert.deepEqual(other.edits.cuts, DONE.cuts);
  assert.ok(!other.history.canUndo);
});

test("only who changed the cuts since is named", () => {
  const stamped = (time) => ({ reviewer: "Ben", time });
  const [first, second] = ["2026-11-27T22:13:05Z", "2026-11-27T22:14:05Z"].map(stamped);
  assert.match(boundaries.changedText(second, first), /by Ben, /);
  assert.match(boundaries.changedText(first, first), /by somebody else$/, "edited by hand");
  assert.match(boundaries.changedText({ reviewer: "", time: "" }, first), /by somebody else$/);
});
