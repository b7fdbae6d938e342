import assert from "node:assert/strict";
import { test } from "node:test";
import {
  filtered,
  orders,
  partStart,
  stepped,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/cut_list.mjs";
import { DecisionBook } from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { cutOf } from "./samples.mjs";

const CUTS = [
  cutOf(0, 50, { verdict: "pass", confidence: 0.9, offset: 0, reason: "in_sync", brief: "" }),
  cutOf(50, 20, { verdict: "passthrough", confidence: null, offset: null }),
  cutOf(70, 80, { verdict: "review", confidence: 0.15, offset: -1 }),
  cutOf(150, 50, { verdict: "fail", confidence: 0.3, offset: -9 }),
];

const sorted = (name, book = new DecisionBook()) => {
  const order = orders(["fail", "review", "passthrough", "pass"], (cut) => book.isUndecided(cut));
  return CUTS.slice()
    .sort(order[name])
    .map((cut) => CUTS.indexOf(cut));
};

test("cuts are sorted", () => {
  assert.deepEqual(sorted("queue"), [3, 2, 1, 0]);
  assert.deepEqual(sorted("film"), [0, 1, 2, 3]);
  assert.deepEqual(sorted("confidence"), [2, 3, 0, 1]);
  assert.deepEqual(sorted("offset"), [3, 2, 0, 1]);
  assert.deepEqual(sorted("length"), [2, 0, 3, 1]);
  const book = new DecisionBook();
  book.set(CUTS[3], { ...book.of(CUTS[3]), decision: "approve" });
  assert.deepEqual(sorted("undecided", book), [2, 1, 0, 3]);
});

const found = (filter, book = new DecisionBook()) => {
  const all = { hidden: new Set(), isUndecidedOnly: false, search: "" };
  return filtered(CUTS, { ...all, ...filter }, book).map((cut) => CUTS.indexOf(cut));
};

test("cuts are filtered by verdict, decision and words", () => {
  assert.deepEqual(found({}), [0, 1, 2, 3]);
  assert.deepEqual(found({ hidden: new Set(["pass", "fail"]) }), [1, 2]);
  assert.deepEqual(found({ search: " BEHIND the Voice " }), [0, 1, 2, 3]);
  assert.deepEqual(found({ search: "000070" }), [2]);
  assert.deepEqual(found({ search: "in_sync" }), [0]);
  const book = new DecisionBook();
  const say = (cut, change) => book.set(cut, { ...book.of(cut), ...change });
  say(CUTS[0], { decision: "passthrough" });
  say(CUTS[1], { tier: "final", note: "the <b>jaw</b>" });
  say(CUTS[2], { decision: "retry", preset: "opens_too_little" });
  assert.deepEqual(found({ isUndecidedOnly: true }, book), [1, 3]);
  assert.deepEqual(found({ search: "keep original" }, book), [0]);
  assert.deepEqual(found({ search: "final tier" }, book), [1]);
  assert.deepEqual(found({ search: "<B>jaw" }, book), [1]);
  assert.deepEqual(found({ search: "opens too little" }, book), [2]);
});

test("a place in the list belongs to a part of it", () => {
  assert.deepEqual(
    [0, 99, 100, 250].map((at) => partStart(at, 100)),
    [0, 0, 100, 200],
  );
});

test("steps end at the ends of the list", () => {
  const at = (current, step) => CUTS.indexOf(stepped(CUTS, current, step));
  assert.equal(at(CUTS[1], 1), 2);
  assert.equal(at(CUTS[1], -10), 0);
  assert.equal(at(CUTS[1], Number.POSITIVE_INFINITY), 3);
  assert.equal(stepped([], null, 1), undefined);
});
