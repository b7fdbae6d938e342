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

const HUSH = {
  kind: "hush",
  setting: "engines.preview.hush_pauses",
  step: 1,
  usual: 0,
  least: 0,
  most: 1,
};

const drawn = (settings, changed = {}) =>
  cutOf(0, 50, {
    drawn_by: "preview",
    row: { engine: "preview", settings: JSON.stringify(settings), ...changed },
  });

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

test("a draft is failed by its offset alone", () => {
  const isAlone = (gate_reasons) => remedies.isOffsetAlone(drawn({}, { gate_reasons }));
  assert.ok(isAlone("off_sync=-10"));
  assert.ok(!isAlone("low_confidence=0.100;off_sync=10"), "the offset of such a score is a guess");
  assert.ok(!isAlone("") && !isAlone(undefined));
});

test("what is offered is what the run can obey", () => {
  const known = { dials: { preview: [TIMING, OPENING] }, cuts: new Set(["000000-000049"]) };
  const offered = (cut, settings = {}) => remedies.offeredFor(cut, settings, known);
  assert.equal(offered(drawn({})).dials.length, 2);
  const byOther = { ...drawn({}), drawn_by: "other" };
  assert.deepEqual(offered(byOther).dials, []);
  const two = { ...drawn({}, { guard_reasons: "small_face=3;two_faces=1" }), draft_clip: "" };
  const others = { hasFaces: true, speaker: [], hasFinal: false };
  assert.deepEqual(offered(two), { dials: [], ...others });
  const silent = { ...drawn({}, { guard_reasons: "not_speaking=0.1" }), draft_clip: "" };
  assert.deepEqual(offered(silent).speaker, ["off"]);
  assert.deepEqual(offered(drawn({})).speaker, ["not_speaking"], "a face is drawn");
  const said = { ...silent, row: { guard_reasons: "said_not_speaking=1" } };
  const inForce = offered(said, { "speaker.mode": "not_speaking" });
  assert.deepEqual(inForce.speaker, ["not_speaking"], "so that it is taken back");
  assert.deepEqual(offered(drawn({}), { "speaker.mode": "off" }).speaker, ["off", "not_speaking"]);
  const looped = remedies.offeredFor(cutOf(50, 50), {}, known);
  assert.deepEqual(looped, { dials: [], ...others, hasFaces: false });
});

test("another face is offered wherever a second one was measured", () => {
  const known = { dials: {}, cuts: new Set(["000000-000049"]) };
  const hasFaces = (row, settings = {}) =>
    remedies.offeredFor(drawn({}, row), settings, known).hasFaces;
  assert.ok(hasFaces({ second_face: "0.4200" }), "the sound told which one speaks");
  assert.ok(!hasFaces({ second_face: "" }) && !hasFaces({}));
  assert.ok(hasFaces({}, { "guard.face": "left" }), "so that it is taken back");
});

test("a face is the speaker's, or no face is", () => {
  const offered = { hasFaces: true, speaker: ["off", "not_speaking"] };
  const after = (remedy, settings) => remedy(drawn({}), settings, offered);
  const silenced = after(remedies.speaking("not_speaking"), { "guard.face": "left" });
  assert.deepEqual(silenced, { "speaker.mode": "not_speaking" });
  assert.ok(remedies.isSilenced(silenced));
  assert.deepEqual(after(remedies.facing("right"), silenced), { "guard.face": "right" });
  assert.deepEqual(after(remedies.facing(""), silenced), silenced);
  const left = { "guard.face": "left" };
  assert.deepEqual(after(remedies.speaking("off"), left), { ...left, "speaker.mode": "off" });
  assert.equal(remedies.settingsText(silenced), "not the speaker");
});

test("a cut with a draft may have a final, where there is an engine for it", () => {
  const cuts = new Set(["000000-000049"]);
  const known = { dials: {}, cuts, final_engine: "latentsync" };
  const offered = (cut, changed = {}) => remedies.offeredFor(cut, {}, { ...known, ...changed });
  assert.ok(offered(drawn({})).hasFinal);
  assert.ok(!offered({ ...drawn({}), draft_clip: "" }).hasFinal);
  assert.ok(!offered(drawn({}), { final_engine: "" }).hasFinal);
  const wanted = remedies.finalOf("off")(drawn({}), {}, { hasFinal: true });
  assert.deepEqual(wanted, { "final.of": "off" });
  assert.equal(remedies.settingsText(wanted), "no final");
  assert.deepEqual(remedies.finalOf("")(drawn({}), wanted, { hasFinal: true }), {});
});

test("the book keeps what is wanted apart from what the run knew", () => {
  const cut = cutOf(0, 50);
  const book = new remedies.RemedyBook({ [cut.cut]: { b: "1", a: "2" } });
  book.set(cut, { settings: { a: "2", b: "1" } });
  assert.ok(!book.isChanged(cut), "the order says nothing");
  book.set(cut, book.ofTable(cut, null));
  assert.ok(book.isChanged(cut));
  assert.deepEqual(book.sent(cut), { settings: "{}", reviewer: "" });
  const row = { settings: '{"a": "3"}', reviewer: "Anna", time: "2026-11-27T22:13:05Z" };
  const theirs = { settings: { a: "3" }, reviewer: "Anna", time: "2026-11-27T22:13:05Z" };
  assert.deepEqual(book.ofTable(cut, row), theirs);
  book.set(cut, theirs);
  assert.deepEqual(book.sent(cut), { settings: '{"a":"3"}', reviewer: "Anna" });
});

test("rows and words", () => {
  const settings = { [TIMING.setting]: "-3", "guard.face": "left", "speaker.mode": "off" };
  const state = { settings, reviewer: "Anna\tB", time: "2026-11-27T22:13:05Z" };
  const shared = remedies.sharedOf({ preview: [TIMING, { ...OPENING, shared: true }] });
  assert.deepEqual(shared, ["guard.face", "speaker.mode", OPENING.setting]);
  assert.deepEqual(remedies.overrideRows(cutOf(0, 50), state, "de", shared), [
    ["de", "000000-000049", TIMING.setting, "-3", "Anna B", "2026-11-27T22:13:05Z"],
    ["*", "000000-000049", "guard.face", "left", "Anna B", "2026-11-27T22:13:05Z"],
    ["*", "000000-000049", "speaker.mode", "off", "Anna B", "2026-11-27T22:13:05Z"],
  ]);
  assert.equal(
    remedies.settingsText(settings),
    "lips 3 frames earlier, face left, this face speaks",
  );
  assert.equal(remedies.settingsText({ [HUSH.setting]: "true" }), "closed in silence");
  assert.equal(remedies.settingsText({ [HUSH.setting]: "false" }), "not closed in silence");
  const texts = [0, 1, -2].map((value) => remedies.dialText(TIMING, value));
  assert.deepEqual(texts, ["0 frames", "+1 frame", "−2 frames"]);
  assert.equal(remedies.dialText(OPENING, 1.15), "1.15");
});

test("a remedy is taken by the cuts that have it", () => {
  const late = { ...drawn({ lip_offset_frames: 2 }), offset: 10 };
  const offered = { dials: [TIMING, HUSH], hasFaces: false, speaker: ["off"] };
  const gate = { offset: 1 };
  assert.deepEqual(remedies.turnedBy("timing", -5)(late, {}, offered), { [TIMING.setting]: "-3" });
  assert.equal(remedies.turnedBy("opening", 1)(late, {}, offered), null);
  const turned = { [TIMING.setting]: "7" };
  assert.deepEqual(remedies.corrected(gate, 25)(late, turned, offered), { [TIMING.setting]: "-8" });
  assert.equal(remedies.corrected(gate, 25)({ ...late, offset: 1 }, {}, offered), null);
  assert.equal(remedies.facing("left")(late, {}, offered), null);
  const speaks = remedies.speaking("off")(late, turned, offered);
  assert.deepEqual(speaks, { ...turned, "speaker.mode": "off" });
  assert.deepEqual(remedies.speaking("")(late, speaks, offered), turned);
  assert.equal(remedies.speaking("not_speaking")(late, {}, offered), null, "nothing is drawn");
  assert.equal(remedies.speaking("")(late, {}, offered), null);
});

test("a mouth is closed in silence, or not any more", () => {
  const offered = { dials: [HUSH] };
  const on = remedies.hushed(true)(drawn({}), {}, offered);
  assert.deepEqual(on, { [HUSH.setting]: "true" });
  assert.ok(remedies.isHushed(drawn({}), HUSH, on));
  assert.ok(remedies.isHushed(drawn({ hush_pauses: true }), HUSH, {}), "it was drawn so");
  assert.deepEqual(remedies.hushed(false)(drawn({}), on, offered), {});
  const off = remedies.hushed(false)(drawn({ hush_pauses: true }), on, offered);
  assert.ok(!remedies.isHushed(drawn({ hush_pauses: true }), HUSH, off));
});

const dialsOn = (cut, dials, inForce, set_elsewhere = {}) =>
  remedies.dialsOn(cut, { dials: { preview: dials }, set_elsewhere }, inForce);

test("a turn and its way back leave no row, unless it says something", () => {
  const turner = (cut, inForce = {}, known = [TIMING, OPENING, HUSH]) => {
    const dials = dialsOn(cut, known, inForce);
    return (settings, kind, steps) => {
      const after = remedies.turnedBy(kind, steps)(cut, settings, { dials });
      return remedies.needed({ before: settings, after, inForce }, dials);
    };
  };
  const turn = turner(drawn({ lip_offset_frames: 0, strength: 1 }));
  const once = turn({}, "opening", 1);
  assert.deepEqual(once, { [OPENING.setting]: "1.15" });
  assert.deepEqual(turn(once, "opening", -1), {});
  assert.deepEqual(turn(turn({}, "timing", -1), "timing", 1), {});
  const byHand = { [TIMING.setting]: "0" };
  assert.deepEqual(turn(byHand, "opening", 1), { ...byHand, ...once }, "a row that is not turned");

  const moved = drawn({ lip_offset_frames: -10, strength: 1 });
  const obeyed = { [TIMING.setting]: "-10" };
  assert.deepEqual(
    turner(moved, obeyed)(obeyed, "timing", 10),
    byHand,
    "what it is without the row is not known",
  );
  const known = [{ ...TIMING, unset: 0 }, HUSH];
  const back = turner(moved, obeyed, known);
  assert.deepEqual(back(obeyed, "timing", 10), {});
  assert.deepEqual(back({}, "timing", -10), obeyed, "and on from there");
  assert.deepEqual(
    turner({ ...moved, preset: "soft" }, obeyed, known)(obeyed, "timing", 10),
    byHand,
  );
  const [dial] = dialsOn(moved, known, obeyed, { [moved.cut]: [TIMING.setting] });
  assert.equal(dial.without, undefined, "another row would hold then");
  const dials = dialsOn(moved, known, obeyed);
  assert.equal(remedies.dialValue(moved, dials[0], {}), 0);
  assert.ok(remedies.isDrawnAgain(moved, obeyed, {}, dials));
});

test("a switch that a run obeyed is turned off without a row", () => {
  const inForce = { [HUSH.setting]: "true" };
  const cut = drawn({ hush_pauses: true });
  const dials = dialsOn(cut, [{ ...HUSH, unset: 0 }], inForce);
  const off = remedies.hushed(false)(cut, inForce, { dials });
  assert.deepEqual(off, {});
  assert.ok(!remedies.isHushed(cut, dials[0], off));
});

test("a cut is drawn again only by what differs from what it was drawn with", () => {
  const cut = drawn({ lip_offset_frames: 3, hush_pauses: true });
  const dials = [TIMING, OPENING, HUSH];
  const again = (wanted, inForce = {}, of = cut) =>
    remedies.isDrawnAgain(of, inForce, wanted, dialsOn(of, dials, inForce));
  assert.ok(again({ [TIMING.setting]: "2" }));
  assert.ok(!again({ [TIMING.setting]: "3" }) && !again({ [HUSH.setting]: "true" }));
  assert.ok(again({ [TIMING.setting]: "3", [HUSH.setting]: "false" }));
  assert.ok(again({}, { [TIMING.setting]: "3" }), "what it is without the row is not known");
  assert.ok(again({ "guard.face": "left" }));
  const passed = { ...cut, draft_clip: "" };
  assert.ok(!again({ [TIMING.setting]: "2" }, {}, passed), "nothing is drawn");
  assert.ok(again({ "speaker.mode": "off" }, {}, passed));
  assert.ok(!again({ "speaker.mode": "off" }), "it is drawn as it is");
  const of = (row) => ({ ...cut, row: { ...cut.row, ...row } });
  assert.ok(again({ "speaker.mode": "off" }, {}, of({ second_face: "0.4" })), "another may be");
  assert.ok(again({ "final.of": "all" }));
  assert.ok(!again({ "final.of": "all" }, {}, of({ final: "latentsync" })), "it has one");
  assert.ok(!again({ "final.of": "off" }, {}, of({ final: "latentsync" })), "the draft is there");
});
