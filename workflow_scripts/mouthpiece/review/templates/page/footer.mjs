// The foot of the page: how far the review is.

import { byId, setText } from "./dom.mjs";
import { page } from "./page_data.mjs";
import { progressText } from "./wording.mjs";

/** Show how many of the cuts to review are decided. */
export const drawProgress = (book) => {
  const toReview = page.cuts.filter((cut) => page.reviewed.includes(cut.verdict));
  const done = toReview.filter((cut) => !book.isUndecided(cut)).length;
  byId("progress").max = Math.max(1, toReview.length);
  byId("progress").value = toReview.length ? done : 1;
  byId("progress-text").textContent = progressText(done, toReview.length);
  byId("forget").disabled = !book.size;
};

/** Show which steps may be taken back or done again, and how many listed drafts may be approved. */
export const drawSteps = ({ canUndo, canRedo }, inSync) => {
  byId("undo-step").disabled = !canUndo;
  byId("redo-step").disabled = !canRedo;
  byId("approve-all").hidden = !inSync;
  setText(byId("approve-all"), `Approve listed in sync (${inSync})`);
};

/** Show the buttons of a page that the review server serves, or of one from disk. */
export const drawMode = (isServed) => {
  byId("forget").hidden = isServed;
  byId("films").hidden = !isServed;
};
