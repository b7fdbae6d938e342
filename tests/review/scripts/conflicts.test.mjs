import assert from "node:assert/strict";
import { test } from "node:test";
import { Conflicts } from "../../../workflow_scripts/mouthpiece/review/templates/page/conflicts.mjs";
import { DecisionBook } from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { cutOf, rowOf } from "./samples.mjs";

const setUp = () => {
  const cuts = [cutOf(0, 50), cutOf(50, 50), cutOf(100, 50)];
  const book = new DecisionBook();
  const inConflict = [cuts[0], cuts[2]];
  const sync = {
    inConflict,
    isInConflict: (cut) => inConflict.includes(cut),
    theirs: (cut) => book.ofTable(cut, rowOf({ decision: "approve", reviewer: "Ben" })),
    settle: (cut, isMine) => {
      inConflict.splice(inConflict.indexOf(cut), 1);
      if (!isMine) book.set(cut, book.ofTable(cut, rowOf({ decision: "approve" })));
    },
  };
  const page = { at: cuts[1], news: [] };
  const conflicts = new Conflicts(sync, book, {
    current: () => page.at,
    find: (cut) => {
      page.at = cut;
    },
    onSettled: (_, news) => page.news.push(news),
  });
  return { cuts, book, page, conflicts };
};

test("cuts in conflict are shown one after the other, and around", () => {
  const { cuts, page, conflicts } = setUp();
  const shown = [1, 2, 3].map(() => {
    conflicts.showNext();
    return cuts.indexOf(page.at);
  });
  assert.deepEqual(shown, [0, 2, 0]);
});

test("a conflict is told with its people, and settled either way", () => {
  const { cuts, book, page, conflicts } = setUp();
  book.set(cuts[0], { ...book.of(cuts[0]), decision: "passthrough" });
  assert.match(conflicts.textOn(cuts[0]), /^Ben decided.*Yours: keep original.*Theirs: approve/);
  assert.equal(conflicts.textOn(cuts[1]), "");
  conflicts.settle(true);
  assert.deepEqual(page.news, [], "the chosen cut is in none");
  page.at = cuts[0];
  conflicts.settle(true);
  page.at = cuts[2];
  conflicts.settle(false);
  assert.deepEqual(page.news, [
    `Cut ${cuts[0].cut}: yours stands: keep original`,
    `Cut ${cuts[2].cut}: theirs stands: approve`,
  ]);
});
