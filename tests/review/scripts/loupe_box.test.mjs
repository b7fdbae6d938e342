import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cropOf,
  mouthAt,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/loupe_box.mjs";

test("the mouth is found between the frames that are known", () => {
  const mouth = [500, 400, 200, 600, 500, 300];
  assert.deepEqual(mouthAt(mouth, 0), { x: 0.5, y: 0.4, height: 0.2 });
  const { x, y, height } = mouthAt(mouth, 2.5);
  assert.deepEqual(
    [x, y, height].map((n) => n.toFixed(3)),
    ["0.550", "0.450", "0.250"],
  );
  assert.deepEqual(mouthAt(mouth, 99), { x: 0.6, y: 0.5, height: 0.3 });
  assert.equal(mouthAt([], 0), null);
});

test("the loupe is as wide as its place and stays in the picture", () => {
  const crop = (mouth, aspect) => cropOf(mouth, [200, 100], aspect);
  assert.deepEqual(crop({ x: 0.5, y: 0.5, height: 0.4 }, 2), [60, 30, 80, 40]);
  assert.deepEqual(crop({ x: 0.05, y: 0.95, height: 0.4 }, 2), [0, 60, 80, 40]);
  assert.deepEqual(crop({ x: 0.5, y: 0.5, height: 1 }, 4), [0, 25, 200, 50], "the picture's width");
});
