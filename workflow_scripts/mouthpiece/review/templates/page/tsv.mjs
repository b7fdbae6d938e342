// decisions.tsv, as the run's reader takes it.

import { REFUSAL } from "./refusals.mjs";

const COLUMNS = ["video", "language", "cut", "decision", "draft", "preset", "tier", "note"];

/** A text as a cell: on one line, without tabs, in quotes where it holds one. */
export const cell = (text) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a cell may not hold
  const flat = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  return flat.includes('"') ? `"${flat.replaceAll('"', '""')}"` : flat;
};

/** Rows of cells as the text of a table. */
export const tableText = (rows) => `${rows.map((cells) => cells.join("\t")).join("\n")}\n`;

/**
 * The decisions on a film as a table.
 *
 * @param {{video: string, language: string}} film
 * @param {object[]} cuts in the order of the film
 * @param {import("./decisions.mjs").DecisionBook} book
 * @param {{cut: string, note: string}[]} strays refusals of frames that the film does not have
 */
export const decisionsTable = (film, cuts, book, strays) => {
  const lines = [COLUMNS];
  for (const cut of cuts) {
    const { decision, preset, tier, note } = book.of(cut);
    const cells = [decision, cut.draft, preset, tier, cell(note)];
    if (decision || preset || tier || cell(note)) {
      lines.push([film.video, film.language, cut.cut, ...cells]);
    }
  }
  for (const { cut, note } of strays) {
    lines.push([film.video, film.language, cut, REFUSAL, "", "", "", cell(note)]);
  }
  return tableText(lines);
};
