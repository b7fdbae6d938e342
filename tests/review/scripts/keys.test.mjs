import assert from "node:assert/strict";
import { test } from "node:test";
import {
  actionOf,
  choiceOf,
  choiceStep,
  FILM_ACTIONS,
  selectionOf,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/keys.mjs";

const WHERE = { field: "", isInRows: false, takesSpace: false, hasLetters: true, hasCut: true };

const act = (key, where = {}, modifiers = {}) =>
  actionOf({ key, ...modifiers }, { ...WHERE, ...where });

test("keys act on the chosen cut", () => {
  const pairs = { j: "next", ArrowUp: "previous", " ": "play", F: "frameBack", a: "approve" };
  for (const [key, action] of Object.entries(pairs)) assert.equal(act(key), action);
  assert.equal(act("q"), "");
});

test("keys of the browser and of the system are left alone", () => {
  for (const name of ["ctrlKey", "metaKey", "altKey"])
    assert.equal(act("a", {}, { [name]: true }), "");
});

test("while something is typed, only keys that leave the field act", () => {
  for (const field of ["note", "search", "sort"]) {
    assert.equal(act("a", { field }), "");
    assert.equal(act("Escape", { field }), "leave");
  }
  assert.equal(act("Enter", { field: "search" }), "leave");
  assert.equal(act("Enter", { field: "note" }), "");
});

test("letters may be switched off; arrows and space stay", () => {
  for (const key of ["j", "a", "?", "2"]) assert.equal(act(key, { hasLetters: false }), "");
  assert.equal(act("ArrowDown", { hasLetters: false }), "next");
  assert.equal(act(" ", { hasLetters: false }), "play");
});

test("without a chosen cut only help and conflicts are there", () => {
  for (const key of ["j", "a", " ", "n"]) assert.equal(act(key, { hasCut: false }), "");
  assert.equal(act("?", { hasCut: false }), "help");
  assert.equal(act("c", { hasCut: false }), "showConflict");
});

test("a button keeps its own space and Enter", () => {
  const enter = (where) => actionOf({ key: "Enter" }, { ...WHERE, ...where }, FILM_ACTIONS);
  assert.equal(enter({}), "review");
  assert.equal(enter({ takesSpace: true }), "");
  assert.equal(act(" ", { takesSpace: true }), "");
  assert.equal(act("p", { takesSpace: true }), "passthrough");
});

test("leaps are the list's", () => {
  assert.equal(act("End", { isInRows: true }), "last");
  assert.equal(act("PageUp", { isInRows: true }), "tenBack");
  assert.equal(act("End"), "");
});

test("a preset is chosen by its number or with arrows", () => {
  assert.equal(choiceOf("3", true), 2);
  assert.equal(choiceOf("0", true), null);
  assert.equal(choiceOf("3", false), null);
  assert.deepEqual(
    ["ArrowDown", "k", "x"].map((key) => choiceStep(key, true)),
    [1, -1, 0],
  );
  assert.equal(choiceStep("j", false), 0);
});

test("cuts are selected with Shift, Ctrl and Escape, in the list", () => {
  const pressed = (key, modifiers = {}, isInRows = true) =>
    selectionOf({ key, ...modifiers }, isInRows);
  assert.equal(pressed("ArrowDown", { shiftKey: true }), "extend");
  assert.equal(pressed("ArrowUp", { shiftKey: true }, false), "extendBack");
  assert.equal(pressed("a", { ctrlKey: true }), "selectAll");
  assert.equal(pressed("a", { ctrlKey: true }, false), "", "the browser's own");
  assert.equal(pressed("Escape"), "unselect");
  assert.equal(pressed("Escape", {}, false), "");
  assert.equal(pressed("ArrowDown"), "");
  assert.equal(pressed("ArrowDown", { shiftKey: true, altKey: true }), "");
});
