import assert from "node:assert/strict";
import { test } from "node:test";
import { timecode } from "../../../workflow_scripts/mouthpiece/review/templates/page/timecode.mjs";

test("frames are counted at the nearest whole rate, without drops", () => {
  assert.equal(timecode(90061, 25), "01:00:02:11");
  assert.equal(timecode(30, 30000 / 1001), "00:00:01:00");
  assert.equal(timecode(0, 0.3), "00:00:00:00");
});
