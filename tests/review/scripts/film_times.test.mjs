import assert from "node:assert/strict";
import { test } from "node:test";
import {
  contextOf,
  isShowable,
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

test("an earlier draft in the original's place lies over the film, which has the original", () => {
  const cut = cutOf(100, 50, { action: "passthrough", original_clip: "o.mp4" });
  assert.equal(overlayOf(cut, "original", 120, true), "original");
  assert.equal(overlayOf(cut, "draft", 120, true), "draft");
});

test("a cut without a draft has the original alone to show, and one without clips what is delivered", () => {
  const cut = cutOf(100, 50, { action: "passthrough", draft_clip: "", original_clip: "" });
  const shown = (one) => ["draft", "original"].filter((side) => isShowable(one, side));
  assert.deepEqual(shown(cut), ["original"]);
  assert.deepEqual(shown({ ...cut, action: "lipsync" }), ["draft"]);
  assert.deepEqual(shown({ ...cut, draft_clip: "d.mp4" }), ["draft", "original"]);
});
