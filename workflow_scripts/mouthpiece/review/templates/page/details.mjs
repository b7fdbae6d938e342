// What is known of the chosen cut, in words and tables.

import { byId, element, fillTable } from "./dom.mjs";
import { page } from "./page_data.mjs";
import { enhancement, suitableShift } from "./wording.mjs";

const facts = (cut) => {
  const { row } = cut;
  return [
    ["Guard", row.guard],
    ["Engine", row.engine || "none"],
    ["Draft", cut.draft || "none"],
    ["Attempts", cut.attempts],
    ["Heard by", cut.hearing],
    ["Box shift", cut.shift_range_px && suitableShift(cut.shift_range_px)],
    ["Final tier", cut.final],
    ["Paid", row.price_usd && `${row.price_usd} USD`],
    ["Enhanced", row.enhanced && enhancement(row)],
    ["Memory ran out", cut.halved && `drawn in smaller batches (${cut.halved})`],
    ["Gate", row.gate],
    ["Delivered", `${cut.action} (${cut.reason})`],
  ].filter(([, value]) => value);
};

/** Fill the table of all columns, which is long, where it is open. */
export const drawEverything = (cut) => {
  if (byId("everything").open) fillTable(byId("all"), Object.entries(cut.row));
};

/**
 * Show a cut's title, its verdict with its sign, why, and what is known of it.
 *
 * @param {object} cut
 * @param {Node} mark the sign of the verdict
 */
export const drawDetails = (cut, mark) => {
  byId("cut-title").textContent = cut.start;
  byId("cut-verdict").className = `verdict v-${cut.verdict}`;
  byId("cut-verdict").replaceChildren(mark, page.verdicts[cut.verdict][0]);
  byId("cut-place").textContent = `frames ${cut.cut} · ${cut.length_s} s`;
  const what = cut.action === "lipsync" ? "the draft" : "the original picture";
  const delivered = element("li", `Delivered: ${what}.`, "delivered");
  byId("cut-why").replaceChildren(...cut.sentences.map((text) => element("li", text)), delivered);
  fillTable(byId("brief"), facts(cut));
  fillTable(byId("picture"), cut.picture);
  drawEverything(cut);
};
