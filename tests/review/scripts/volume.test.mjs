import assert from "node:assert/strict";
import { test } from "node:test";
import { wireVolume } from "../../../workflow_scripts/mouthpiece/review/templates/page/volume.mjs";

const slider = () => {
  const made = new EventTarget();
  made.value = "1";
  return made;
};

test("all sliders and players have one volume", () => {
  const sliders = [slider(), slider()];
  const heard = [];
  const player = (at) => ({
    setVolume: (volume) => {
      heard[at] = volume;
    },
  });
  wireVolume(sliders, [player(0), player(1)]);
  assert.deepEqual(heard, [1, 1], "nothing is remembered here");
  sliders[1].value = "0.4";
  sliders[1].dispatchEvent(new Event("input"));
  assert.deepEqual(heard, [0.4, 0.4]);
  assert.equal(sliders[0].value, "0.4");
});
