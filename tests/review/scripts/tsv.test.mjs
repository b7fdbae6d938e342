import assert from "node:assert/strict";
import { test } from "node:test";
import { DecisionBook } from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import {
  cell,
  decisionsTable,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/tsv.mjs";
import { cutOf } from "./samples.mjs";

test("a cell is on one line, and in quotes where it holds one", () => {
  assert.equal(cell("plain"), "plain");
  assert.equal(cell(" a\tb\r\nc\u2028d "), "a b c d");
  assert.equal(cell('she said "no"'), '"she said ""no"""');
  assert.equal(cell("\u0000"), "");
});

test("the table has the cuts on which something is decided, and refusals of other frames", () => {
  const cuts = [cutOf(0, 50), cutOf(50, 50), cutOf(100, 50)];
  const book = new DecisionBook();
  book.set(cuts[0], { ...book.of(cuts[0]), decision: "approve", note: 'a "b"' });
  const remark = {
    severity: "Issue",
    frame: "120",
    noted_by: "Cleo",
    reviewer: "Anna",
    time: "2026-11-27T22:13:05Z",
  };
  book.set(cuts[2], { ...book.of(cuts[2]), tier: "final", ...remark });
  const film = { video: "film", language: "pt-BR" };
  const strays = [{ cut: "000900-000949", note: "consent", remark: { reviewer: "Ben" } }];
  assert.equal(
    decisionsTable(film, cuts, book, strays),
    [
      "video\tlanguage\tcut\tdecision\tdraft\tpreset\ttier\tnote\tseverity\treason\tframe\tnoted_by\treviewer\ttime",
      'film\tpt-BR\t000000-000049\tapprove\t0123456789ab\t\t\t"a ""b"""\t\t\t\t\t\t',
      "film\tpt-BR\t000100-000149\t\t0123456789ab\t\tfinal\t\tIssue\t\t120\tCleo\tAnna\t2026-11-27T22:13:05Z",
      "film\tpt-BR\t000900-000949\tpassthrough\t\t\t\tconsent\t\t\t\t\tBen\t",
      "",
    ].join("\n"),
  );
});

test("a refusal that is carried over goes out as the cut's own", () => {
  const cut = cutOf(0, 50, {
    decision: "passthrough",
    decision_state: "carried",
    carried_from: "000000-000099",
  });
  const text = decisionsTable({ video: "f", language: "de" }, [cut], new DecisionBook(), []);
  assert.ok(text.includes("000000-000049\tpassthrough\t"));
  assert.ok(!text.includes("000000-000099"));
});
