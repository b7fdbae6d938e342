import assert from "node:assert/strict";
import { test } from "node:test";
import { Book } from "../../../workflow_scripts/mouthpiece/review/templates/page/book.mjs";
import { actionOf } from "../../../workflow_scripts/mouthpiece/review/templates/page/keys.mjs";
import {
  EditBook,
  loadEdits,
  SILENT,
  saveEdits,
  shifted,
  targetOf,
  textOf,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/script_edits.mjs";
import { LINE_ACTIONS } from "../../../workflow_scripts/mouthpiece/review/templates/page/script_keys.mjs";
import {
  characters,
  estimate,
  lengthText,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/script_length.mjs";
import {
  filteredLines,
  isToReview,
  lineOrders,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/script_list.mjs";
import { editsTable } from "../../../workflow_scripts/mouthpiece/review/templates/page/script_table.mjs";
import {
  voiceGroups,
  voiceText,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/script_voices.mjs";
import {
  describeEdit,
  lineConflictText,
  lineHint,
  linesProgress,
  listedEdit,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/script_wording.mjs";
import { StoredRows } from "../../../workflow_scripts/mouthpiece/review/templates/page/stored_rows.mjs";
import { TableSync } from "../../../workflow_scripts/mouthpiece/review/templates/page/table_sync.mjs";

const NOTHING = { target: "", voice: "", shift_frames: "", status: "", note: "" };

const lineOf = (first, changed = {}) => ({
  line: `${String(first).padStart(6, "0")}-${String(first + 49).padStart(6, "0")}`,
  speaker: "S1",
  start_frame: first,
  frames: 50,
  start: "00:00:00:00",
  slot_s: 2,
  pause_s: 0.5,
  source: "Good morning.",
  target: "Bom dia.",
  base: "Bom dia.",
  edit: NOTHING,
  stale: null,
  voice: "kokoro:pf_dora",
  take_s: [0, 1],
  speed: 1,
  verdict: "pass",
  severity: "",
  doubts: 0,
  sentences: [],
  brief: "",
  ...changed,
});

test("a text that is the translation is no edit, and an empty one says nothing", () => {
  const line = lineOf(0);
  assert.equal(targetOf(line, " Bom dia. "), "");
  assert.equal(targetOf(line, "Olá. "), "Olá. ");
  assert.equal(targetOf(line, "  "), SILENT);
  assert.equal(textOf(line, { target: SILENT }), "");
  assert.equal(textOf(line, { target: "" }), "Bom dia.");
});

test("changes are taken back one by one, and what is typed in one go at once", () => {
  const [book, one, other] = [new EditBook(), lineOf(0), lineOf(50)];
  for (const text of ["O", "Ol", "Olá"]) book.change(one, { target: text }, true);
  book.change(other, { voice: "kokoro:pm_alex" });
  book.endTyping();
  book.change(one, { target: "Olá!" }, true);
  assert.equal(book.undo(), one);
  assert.equal(book.of(one).target, "Olá");
  assert.equal(book.undo(), other);
  assert.equal(book.of(other).voice, "");
  assert.equal(book.undo(), one);
  assert.ok(!book.isChanged(one) && !book.canUndo);
});

test("what was taken back is done again, unless the table says something else by now", () => {
  const [book, one, other] = [new EditBook(), lineOf(0), lineOf(50)];
  book.change(one, { status: "approved" });
  book.change(one, { note: "soft" });
  book.change(other, { voice: "kokoro:pm_alex" });
  assert.ok(!book.canRedo && book.redo() === undefined);
  assert.deepEqual([book.undo(), book.undo()], [other, one]);
  assert.equal(book.redo(), one);
  assert.deepEqual(book.of(one), { ...NOTHING, status: "approved", note: "soft" });
  book.forgetPast(other);
  assert.ok(!book.canRedo && book.canUndo);
  book.forgetPast(one);
  assert.ok(!book.canUndo && book.undo() === undefined);
});

test("another text, voice or start takes an approval back; a note does not", () => {
  const [book, line] = [new EditBook(), lineOf(0)];
  for (const change of [{ target: "Olá." }, { voice: "kokoro:pm_alex" }, { shift_frames: "2" }]) {
    book.change(line, { status: "approved" });
    book.change(line, { note: "fine" });
    assert.ok(book.isApproved(line));
    book.change(line, change);
    assert.ok(!book.isApproved(line), JSON.stringify(change));
  }
});

test("only another text, voice or start has a line spoken again", () => {
  const [book, line] = [new EditBook(), lineOf(0, { edit: { ...NOTHING, target: "Oi." } })];
  book.change(line, { status: "approved", note: "x" });
  assert.ok(!book.isSpokenAgain(line));
  book.change(line, { target: "" });
  assert.ok(book.isSpokenAgain(line));
});

test("a start is moved within what the table takes", () => {
  assert.deepEqual(shifted({ shift_frames: "1" }, -1), { shift_frames: "" });
  assert.deepEqual(shifted({ shift_frames: "" }, -5), { shift_frames: "-5" });
  assert.deepEqual(shifted({ shift_frames: "9998" }, 5), { shift_frames: "9999" });
});

test("an edit of another source text does not hold", () => {
  const [book, line] = [new EditBook(), lineOf(0)];
  const row = { ...NOTHING, source: "Good evening.", target: "Boa noite.", revision: "r" };
  assert.deepEqual(book.ofTable(line, row), NOTHING);
  assert.equal(book.ofTable(line, { ...row, source: line.source }).target, "Boa noite.");
  assert.equal(book.ofTable(line, { ...row, source: "" }).target, "Boa noite.");
  assert.deepEqual(book.ofTable(line, null), NOTHING);
});

test("an edit is the same whoever made it, and a conflict names who made the other one", () => {
  const [book, line] = [new EditBook(), lineOf(0, { edit: { ...NOTHING, note: "soft" } })];
  book.change(line, { note: "soft", reviewer: "Anna" });
  assert.ok(!book.isChanged(line));
  const row = { ...NOTHING, source: "", note: "loud", reviewer: "Ben", time: "", revision: "r" };
  const theirs = book.ofTable(line, row);
  assert.match(lineConflictText(book.of(line), theirs), /^Ben edited it meanwhile/);
  assert.match(lineConflictText(book.of(line), NOTHING), /^somebody else edited it/);
});

test("edits outlive the page, but not their source text", () => {
  const kept = new Map();
  const storage = {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index],
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  const stored = new StoredRows(() => storage, "edits", { video: "f", language: "de" });
  const [book, line] = [new EditBook(), lineOf(0)];
  book.change(line, { target: "Olá." });
  saveEdits(stored, book, [line, lineOf(50)]);
  assert.deepEqual([...kept.keys()], [`mouthpiece.edits.f.de.${line.line}`]);
  const opened = new EditBook();
  loadEdits(stored, opened, [line]);
  assert.equal(opened.of(line).target, "Olá.");
  const other = lineOf(0, { source: "Good evening." });
  loadEdits(stored, opened, [other]);
  assert.ok(!opened.isChanged(other));
});

test("a length is estimated from the line's own take, or else the film's", () => {
  const voices = { pace_s: 0.1, fastest: 1.25 };
  const line = lineOf(0);
  assert.equal(characters("Olá 👩‍👩‍👧"), 5);
  const own = estimate(line, "Bom dia.", voices);
  assert.deepEqual([own.seconds, own.kind], [1, "fits"]);
  const faster = estimate(lineOf(0, { speed: 2 }), "Bom dia.", voices);
  assert.equal(faster.seconds, 2);
  const none = lineOf(0, { take_s: null });
  assert.equal(estimate(none, "x".repeat(20), voices).kind, "fits");
  assert.equal(estimate(none, "x".repeat(30), voices).kind, "fast");
  const long = estimate(none, "x".repeat(40), voices);
  assert.deepEqual([long.kind, long.over], ["long", 9]);
  assert.match(lengthText(none, long), /40 characters, about 4\.0 s of 2\.0 s: about 9 too many/);
  assert.equal(lengthText(none, estimate(none, "", voices)), "nothing is spoken");
});

const SEVERITIES = ["Blocker", "Issue", "FYI"];

test("doubtful lines come first, the worst of them at the top, then by time", () => {
  const lines = [
    lineOf(0),
    lineOf(50, { doubts: 1 }),
    lineOf(100, { severity: "FYI", doubts: 1 }),
    lineOf(150, { verdict: "review", severity: "Issue", doubts: 1 }),
    lineOf(200, { verdict: "fail", severity: "Blocker", doubts: 2 }),
    lineOf(250, { verdict: "review", doubts: 1 }),
  ];
  const order = lineOrders(SEVERITIES, new EditBook()).flags;
  const starts = lines.sort(order).map((line) => line.start_frame);
  assert.deepEqual(starts, [200, 150, 100, 250, 50, 0]);
  assert.deepEqual(lines.map(isToReview), [true, true, false, true, false, false]);
  assert.ok(isToReview(lineOf(0, { verdict: "unjudged", doubts: 1 })));
});

test("lines are found by their texts as they are now, and by what is open", () => {
  const book = new EditBook();
  const [one, other] = [lineOf(0), lineOf(50, { verdict: "fail", speaker: "S2" })];
  book.change(one, { target: "Olá mundo" });
  const find = (filter) =>
    filteredLines(
      [one, other],
      { hidden: new Set(), isOpenOnly: false, search: "", ...filter },
      book,
    );
  assert.deepEqual(find({ search: "mundo" }), [one]);
  assert.deepEqual(find({ search: "s2" }), [other]);
  assert.deepEqual(find({ hidden: new Set(["fail"]) }), [one]);
  book.change(one, { status: "approved" });
  assert.deepEqual(find({ isOpenOnly: true }), [other]);
});

test("edits are written as the run reads them", () => {
  const book = new EditBook();
  const stale = { ...NOTHING, source: "Old.", target: "Velho." };
  const lines = [lineOf(0), lineOf(50), lineOf(100, { stale })];
  book.change(lines[0], { target: 'Ele disse "oi"\tagora', reviewer: "Anna" });
  const ben = { reviewer: "Ben", time: "2026-11-28T10:00:00Z" };
  const strays = [{ line: "000900-000949", source: "", note: "lost", ...ben }];
  const rows = editsTable({ video: "f", language: "de" }, lines, book, strays).split("\n");
  assert.deepEqual(rows, [
    "video\tlanguage\tline\tsource\ttarget\tvoice\tshift_frames\tstatus\tnote\treviewer\ttime",
    'f\tde\t000000-000049\tGood morning.\t"Ele disse ""oi"" agora"\t\t\t\t\tAnna\t',
    "f\tde\t000100-000149\tOld.\tVelho.\t\t\t\t\t\t",
    "f\tde\t000900-000949\t\t\t\t\t\tlost\tBen\t2026-11-28T10:00:00Z",
    "",
  ]);
});

test("edits are saved as decisions are, with the source text that they were made on", async () => {
  const [book, line] = [new EditBook(), lineOf(0)];
  const sent = [];
  const server = {
    read: async () => ({ table: "edits.tsv", rows: {} }),
    save: async (rows) => {
      sent.push(...rows);
      return rows.map((row) => ({ saved: { ...row, revision: "r1" } }));
    },
  };
  const nothing = () => {};
  const events = { onRead: nothing, onNews: nothing, onConflict: nothing, onStatus: nothing };
  const sync = new TableSync([line], book, server, events);
  book.change(line, { target: "Olá.", reviewer: "Anna", time: "2026-11-28T10:00:00Z" });
  sync.save([line], 0);
  await sync.flush();
  const own = { target: "Olá.", reviewer: "Anna" };
  assert.deepEqual(sent, [
    { ...NOTHING, line: line.line, revision: "", source: "Good morning.", ...own },
  ]);
  assert.equal(sync.status.text, "Saved to edits.tsv");
  assert.ok(sync.isSaved(line) && book instanceof Book);
});

test("voices are offered by synthesizer, those with an accent apart", () => {
  const voices = [
    { voice: "kokoro:pf_dora", sex: "f", is_guest: false },
    { voice: "kokoro:af_heart", sex: "f", is_guest: true },
  ];
  const titles = voiceGroups(voices, "piper:gone").map(([title]) => title);
  assert.deepEqual(titles, ["kokoro", "kokoro, with an accent", "not offered"]);
  assert.equal(voiceText(voices[0]), "pf_dora (female)");
  assert.equal(voiceGroups(voices, "kokoro:pf_dora").length, 2);
});

test("edits are named in words", () => {
  const state = { ...NOTHING, target: SILENT, shift_frames: "-1", note: "soft" };
  assert.equal(describeEdit(state), "nothing is spoken; 1 frame earlier; note “soft”");
  assert.equal(describeEdit(NOTHING), "nothing");
  assert.equal(
    listedEdit({ ...state, status: "approved" }, true),
    "approved, edited, note, in conflict",
  );
  assert.equal(linesProgress(1, 2, 3), "1 of 2 lines to review approved; 3 to be spoken again");
  const saving = { isServed: true, isChanged: true, isSpokenAgain: true, isSaved: true };
  const anna = { ...NOTHING, note: "soft", reviewer: "Anna", time: "" };
  assert.match(lineHint(saving, NOTHING), /next run speaks the line again\. Saved\.$/);
  assert.match(lineHint(saving, anna), /Saved\. Anna\.$/);
  assert.match(lineHint({ ...saving, isServed: false }, anna), /Kept in this browser/);
  assert.match(lineHint({ ...saving, refusal: "no" }, anna), /Not saved: no/);
});

test("keys act on the chosen line", () => {
  const where = { field: "", isInRows: true, takesSpace: false, hasLetters: true, hasCut: true };
  const act = (key, changed = {}) => actionOf({ key }, { ...where, ...changed }, LINE_ACTIONS);
  assert.equal(act("s"), "playSource");
  assert.equal(act(","), "earlier");
  assert.equal(act("e", { field: "target" }), "");
  assert.equal(act("Escape", { field: "target" }), "leave");
  assert.equal(act("PageDown"), "tenOn");
  assert.equal(act("a", { hasLetters: false }), "");
});
