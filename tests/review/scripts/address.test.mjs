import assert from "node:assert/strict";
import { test } from "node:test";
import {
  hashOf,
  targetOf,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/address.mjs";
import { cutOf } from "./samples.mjs";

const cuts = [cutOf(0, 50), cutOf(50, 100)];

test("an address leads to a cut and a frame of it, and back", () => {
  assert.equal(hashOf(cuts[1], 50), "#000050-000149");
  assert.equal(hashOf(cuts[1], 60), "#000050-000149@60");
  assert.deepEqual(targetOf("#000050-000149", cuts), { cut: cuts[1], frame: 50 });
  assert.deepEqual(targetOf("#000050-000149@60", cuts), { cut: cuts[1], frame: 60 });
  assert.equal(targetOf("#000050-000149@9999", cuts).frame, 149, "the last one of the cut");
});

test("other addresses lead nowhere", () => {
  for (const hash of ["", "#film", "#000051-000149", "#000050-000149@", "#<img>", "#1-2"]) {
    assert.equal(targetOf(hash, cuts), null);
  }
});
