// decisions.tsv, as the run's reader takes it.

import { remarkOf } from "./decisions.mjs";
import { REFUSAL } from "./refusals.mjs";
import { draftOf } from "./versions.mjs";

const OWN = ["decision", "draft", "preset", "tier", "note"];

const COLUMNS = ["video", "language", "cut", ...OWN, ...Object.keys(remarkOf(null))];

/** A text as a cell: on one line, without tabs, in quotes where it holds one. */
export const cell = (text) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a cell may not hold
  const flat = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  return flat.includes('"') ? `"${flat.replaceAll('"', '""')}"` : flat;
};

/** Rows of cells as the text of a table. */
export const tableText = (rows) => `${rows.map((cells) => cells.join("\t")).join("\n")}\n`;

const remarkCells = (row) => Object.values(remarkOf(row)).map(cell);

/**
 * The decisions on a film as a table.
 *
 * @param {{video: string, language: string}} film
 * @param {object[]} cuts in the order of the film
 * @param {import("./decisions.mjs").DecisionBook} book
 * @param {{cut: string, note: string, remark: object}[]} strays refusals of frames that the film does not have
 */
export const decisionsTable = (film, cuts, book, strays) => {
  const lines = [COLUMNS];
  for (const cut of cuts) {
    const state = book.of(cut);
    const { decision, preset, tier, severity, reason } = state;
    const cells = [
      decision,
      draftOf(cut, state),
      preset,
      tier,
      cell(state.note),
      ...remarkCells(state),
    ];
    if (decision || preset || tier || cell(state.note) || severity || reason) {
      lines.push([film.video, film.language, cut.cut, ...cells]);
    }
  }
  for (const { cut, note, remark } of strays) {
    const cells = [REFUSAL, "", "", "", cell(note), ...remarkCells(remark)];
    lines.push([film.video, film.language, cut, ...cells]);
  }
  return tableText(lines);
};
