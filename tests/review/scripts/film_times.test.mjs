import assert from "node:assert/strict";
import { test } from "node:test";
import {
  contextOf,
  overlayOf,
  subtitleAt,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/film_times.mjs";
import { cutOf } from "./samples.mjs";

test("a subtitle is shown from its first frame to its last", () => {
  const track = [
    [5, 10, "one"],
    [10, 20, "two"],
  ];
  const shown = [4, 5, 9, 10, 20].map((frame) => subtitleAt(track, frame));
  assert.deepEqual(shown, ["", "one", "one", "two", ""]);
});

test("a cut in context has two seconds before and after, as far as there are", () => {
  assert.deepEqual(contextOf(cutOf(100, 50), { frames: 1000 }, 25), [50, 200]);
  assert.deepEqual(contextOf(cutOf(20, 50), { frames: 90 }, 25), [0, 90]);
  assert.deepEqual(contextOf(cutOf(100, 50), { frames: 1000 }, 30000 / 1001), [40, 210]);
});

test("the clip that is not delivered lies over the film, in the cut alone", () => {
  const cut = cutOf(100, 50, { action: "passthrough", original_clip: "o.mp4" });
  const at = (frame, wanted) => overlayOf(cut, wanted, frame);
  assert.deepEqual(
    [99, 100, 149, 150].map((frame) => at(frame, "draft")),
    ["", "draft", "draft", ""],
  );
  assert.equal(at(100, "original"), "", "the film shows it");
  assert.equal(overlayOf({ ...cut, action: "lipsync" }, "original", 120), "original");
  assert.equal(overlayOf({ ...cut, draft_clip: "" }, "draft", 120), "");
});
