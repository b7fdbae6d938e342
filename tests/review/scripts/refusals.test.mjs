import assert from "node:assert/strict";
import { test } from "node:test";
import {
  carriedTo,
  framesOf,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/refusals.mjs";

const OLD = "000120-000219";

// The same cases as in tests/review/test_refusals.py.
const CASES = [
  [["000000-000119", OLD, "000220-000300"], [OLD]],
  [
    ["000120-000169", "000170-000219"],
    ["000120-000169", "000170-000219"],
  ],
  [
    ["000120-000214", "000215-000219"],
    ["000120-000214", "000215-000219"],
  ],
  [["000000-000124", "000125-000219"], ["000125-000219"]],
  [["000000-000999"], ["000000-000999"]],
  [["000000-000160", "000161-000999"], ["000161-000999"]],
  [
    ["000000-000169", "000170-000999"],
    ["000000-000169", "000170-000999"],
  ],
  [["000300-000400"], []],
  [[], []],
];

test("a refusal is carried to the cuts that show its frames", () => {
  for (const [cuts, refused] of CASES) assert.deepEqual(carriedTo(OLD, cuts), refused);
});

test("an id that runs backwards has no frames", () => {
  assert.deepEqual(framesOf("000009-000003"), [9, 9]);
  assert.deepEqual(carriedTo("000009-000003", [OLD]), []);
});
