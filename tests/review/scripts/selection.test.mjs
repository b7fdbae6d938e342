import assert from "node:assert/strict";
import { test } from "node:test";
import {
  inCommon,
  Selection,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/selection.mjs";

const LIST = ["a", "b", "c", "d", "e"];

test("without a selection the chosen cut is decided on", () => {
  const selection = new Selection();
  assert.deepEqual(selection.of("b"), ["b"]);
  assert.deepEqual(selection.of(null), []);
});

test("the first cut that is taken in brings the chosen one along", () => {
  const selection = new Selection();
  selection.toggle("d", "b");
  assert.deepEqual(selection.of("d"), ["b", "d"]);
  selection.toggle("b", "d");
  assert.deepEqual(selection.of("d"), ["d"]);
  selection.toggle("d", "d");
  assert.deepEqual(selection.of("d"), ["d"], "none is selected: the chosen one");
});

test("a range grows and shrinks about where it began", () => {
  const selection = new Selection();
  selection.extend(LIST, "c", "d");
  selection.extend(LIST, "d", "e");
  assert.deepEqual(selection.of("e"), ["c", "d", "e"]);
  selection.extend(LIST, "e", "b");
  assert.deepEqual(selection.of("b"), ["b", "c"]);
  selection.toggle("e", "b");
  selection.extend(LIST, "b", "d");
  assert.deepEqual(selection.of("d"), ["d", "e"], "it begins at the last that was picked");
});

test("what is not listed any more is not decided on", () => {
  const selection = new Selection();
  selection.all(LIST);
  selection.keep(["d", "b"]);
  assert.deepEqual(selection.of("x"), ["b", "d"]);
  selection.isPicking = true;
  selection.clear();
  assert.ok(!selection.size && !selection.isPicking && !selection.has("b"));
});

test("several states show what they have in common", () => {
  const one = { decision: "approve", note: "soft", tier: "" };
  assert.deepEqual(inCommon([one]), one);
  assert.deepEqual(inCommon([one, { ...one, note: "late" }]), { ...one, note: "" });
});
