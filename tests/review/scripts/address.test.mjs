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
  assert.deepEqual(targetOf("#000050-000149", cuts), { cut: cuts[1], frame: 50, news: "" });
  assert.deepEqual(targetOf("#000050-000149@60", cuts), { cut: cuts[1], frame: 60, news: "" });
  assert.equal(targetOf("#000050-000149@9999", cuts).frame, 149, "the last one of the cut");
});

test("other addresses lead nowhere", () => {
  for (const hash of ["", "#film", "#000050-000149@", "#<img>", "#1-2"]) {
    assert.equal(targetOf(hash, cuts), null);
  }
});

test("an address of a cut that is gone leads to the one that shows its frame", () => {
  const news = "This film has no cut 000000-000099: 000050-000149 shows its frame 70.";
  assert.deepEqual(targetOf("#000000-000099@70", cuts), { cut: cuts[1], frame: 70, news });
  assert.equal(targetOf("#000051-000149", cuts).frame, 51);
  const { cut, news: lost } = targetOf("#000900-000999", cuts);
  assert.equal(cut, undefined);
  assert.equal(lost, "This film has no cut 000900-000999, nor its frame.");
});
