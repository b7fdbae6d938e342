import assert from "node:assert/strict";
import { test } from "node:test";
import * as remedies from "../../../workflow_scripts/mouthpiece/review/templates/page/remedies.mjs";
import { cutOf } from "./samples.mjs";

const TIMING = {
  kind: "timing",
  setting: "engines.preview.lip_offset_frames",
  step: 1,
  usual: 0,
  least: -50,
  most: 50,
};
const OPENING = {
  kind: "opening",
  setting: "engines.preview.strength",
  step: 0.15,
  usual: 1,
  least: 0,
  most: 2,
};

const drawn = (settings, changed = {}) =>
  cutOf(0, 50, { row: { engine: "preview", settings: JSON.stringify(settings), ...changed } });

test("a dial is turned from what the draft was drawn with, within what the engine takes", () => {
  const cut = drawn({ lip_offset_frames: 10, strength: 1.9 });
  assert.equal(remedies.dialValue(cut, TIMING, {}), 10);
  const once = remedies.turned(cut, TIMING, {}, -1);
  assert.deepEqual(once, { [TIMING.setting]: "9" });
  assert.deepEqual(remedies.turned(cut, TIMING, once, -1), { [TIMING.setting]: "8" });
  assert.deepEqual(remedies.turned(cut, OPENING, {}, 0.15), { [OPENING.setting]: "2" });
  assert.equal(remedies.dialValue(drawn(undefined), OPENING, {}), 1, "the usual one");
});

test("an offset is corrected in frames of the film", () => {
  const gate = { offset: 1 };
  assert.equal(remedies.correction({ offset: 10 }, gate, 25), -10);
  assert.equal(remedies.correction({ offset: -4 }, gate, 50), 8);
  assert.equal(remedies.correction({ offset: 1 }, gate, 25), 0, "within the limit");
  assert.equal(remedies.correction({ offset: null }, gate, 25), 0);
});

test("what is offered is what the run can obey", () => {
  const known = { dials: { preview: [TIMING, OPENING] }, cuts: ["000000-000049"] };
  const offered = (cut, settings = {}) => remedies.offeredFor(cut, settings, known);
  assert.equal(offered(drawn({})).dials.length, 2);
  assert.deepEqual(offered(drawn({}, { engine: "other" })).dials, []);
  const two = { ...drawn({}, { guard_reasons: "small_face=3;two_faces=1" }), draft_clip: "" };
  assert.deepEqual(offered(two), { dials: [], hasFaces: true, hasSpeaker: false });
  const silent = drawn({}, { guard_reasons: "not_speaking=0.1" });
  assert.ok(offered(silent).hasSpeaker);
  assert.ok(offered(drawn({}), { "speaker.mode": "off" }).hasSpeaker, "so that it is taken back");
  const looped = remedies.offeredFor(cutOf(50, 50), {}, known);
  assert.deepEqual(looped, { dials: [], hasFaces: false, hasSpeaker: false });
});

test("the book keeps what is wanted apart from what the run knew", () => {
  const cut = cutOf(0, 50);
  const book = new remedies.RemedyBook({ [cut.cut]: { b: "1", a: "2" } });
  book.set(cut, { settings: { a: "2", b: "1" } });
  assert.ok(!book.isChanged(cut), "the order says nothing");
  book.set(cut, book.ofTable(cut, null));
  assert.ok(book.isChanged(cut));
  assert.deepEqual(book.sent(cut), { settings: "{}" });
  assert.deepEqual(book.ofTable(cut, { settings: '{"a": "3"}' }), { settings: { a: "3" } });
});

test("rows and words", () => {
  const settings = { [TIMING.setting]: "-3", "guard.face": "left", "speaker.mode": "off" };
  assert.deepEqual(remedies.overrideRows(cutOf(0, 50), settings, "de"), [
    ["de", "000000-000049", TIMING.setting, "-3"],
    ["*", "000000-000049", "guard.face", "left"],
    ["*", "000000-000049", "speaker.mode", "off"],
  ]);
  assert.equal(
    remedies.settingsText(settings),
    "lip_offset_frames -3, face left, this face speaks",
  );
  const texts = [0, 1, -2].map((value) => remedies.dialText(TIMING, value));
  assert.deepEqual(texts, ["0 frames", "+1 frame", "−2 frames"]);
  assert.equal(remedies.dialText(OPENING, 1.15), "1.15");
});
