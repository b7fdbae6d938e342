import assert from "node:assert/strict";
import { test } from "node:test";
import { focusOf } from "../../../workflow_scripts/mouthpiece/review/templates/page/focus.mjs";

globalThis.document = { documentElement: { dataset: {} } };

/** An element that stands in what these parts of selectors name. */
const inside = (names, about = {}) => {
  const target = { ...about };
  target.closest = (selector) =>
    selector.split(", ").some((part) => names.includes(part)) ? target : null;
  return { target };
};

const slider = (id) => inside(["input", "input:not([type=checkbox])"], { id, type: "range" });

test("a slider is a field in all parts of the page, with a name or without one", () => {
  assert.equal(focusOf(slider("volume")).field, "volume");
  assert.equal(focusOf(slider("")).field, "range");
  assert.equal(focusOf(inside(["select"], { id: "film-speed" })).field, "film-speed");
  assert.equal(focusOf(inside(["input"], { id: "onward", type: "checkbox" })).field, "");
});

test("a button takes space, but not one of a list", () => {
  const shown = ({ takesSpace, isInRows }) => [takesSpace, isInRows];
  assert.deepEqual(shown(focusOf(inside(["button:not(.pick)"]))), [true, false]);
  assert.deepEqual(shown(focusOf(inside(["#line-rows"]), "#line-rows")), [false, true]);
  assert.deepEqual(shown(focusOf(inside([]))), [false, false]);
});
