// edits.tsv, as the run's reader takes it.

import { FIELDS, STAMP } from "./script_edits.mjs";
import { cell, tableText } from "./tsv.mjs";

const COLUMNS = ["video", "language", "line", "source", ...FIELDS, ...STAMP];

/**
 * The edits of a film as a table.
 *
 * @param {{video: string, language: string}} film
 * @param {object[]} lines in the order of the film
 * @param {import("./script_edits.mjs").EditBook} book
 * @param {object[]} strays rows of edits on lines that the film does not have
 */
export const editsTable = (film, lines, book, strays) => {
  const rows = [COLUMNS];
  const put = (id, source, state) => {
    const [wanted, stamp] = [FIELDS, STAMP].map((names) =>
      names.map((name) => cell(state[name] ?? "")),
    );
    const key = [film.video, film.language, id, cell(source)];
    if (wanted.some(Boolean)) rows.push([...key, ...wanted, ...stamp]);
  };
  for (const line of lines) {
    const isKept = line.stale && !book.isChanged(line);
    if (isKept) put(line.line, line.stale.source, line.stale);
    else put(line.line, line.source, book.of(line));
  }
  for (const stray of strays) put(stray.line, stray.source ?? "", stray);
  return tableText(rows);
};
