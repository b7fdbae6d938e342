// The dialog in which a cut is split or merged: what it does is shown before it is done.

import { choicesAt, cutsAfter, cutsTable, lacking, planText } from "./boundaries.mjs";
import { byId, element } from "./dom.mjs";
import { download } from "./export_dialog.mjs";

export class CutDialog {
  #edits;
  #film;
  #cut = null;
  #frame = 0;
  #choices = [];
  /** The cuts of a page from disk, which has no table. */
  #known;
  #leastFrames;

  /**
   * @param {import("./cut_edits.mjs").CutEdits} edits
   * @param {{video: string}} film
   * @param {string[]} known the ids of the video's cuts, as the run knew them
   * @param {number} leastFrames how long a cut must be to be drawn
   */
  constructor(edits, film, known, leastFrames) {
    this.#edits = edits;
    this.#film = film;
    this.#known = known.slice().sort();
    this.#leastFrames = leastFrames;
    byId("cut-choices").addEventListener("change", () => this.#show());
    byId("cut-apply").addEventListener("click", () => this.#apply());
  }

  /** Ask what is to be done with the cut that shows a frame. */
  async open(cut, frame, isServed) {
    this.#cut = cut;
    this.isServed = isServed;
    this.#say([], "");
    byId("cut-choices").replaceChildren();
    byId("cut-apply").textContent = isServed ? "Apply" : "Download the table of cuts";
    byId("cut-apply").disabled = true;
    byId("cutting").showModal();
    if (isServed && !this.#edits.cuts) {
      try {
        await this.#edits.read();
      } catch (error) {
        this.#say([], error.message);
        return;
      }
    }
    this.#frame = frame;
    this.#offer();
  }

  /** Offer what can be done now; `problem`: why it is offered again. */
  #offer(problem = "") {
    this.#choices = choicesAt(this.#cuts, this.#frame);
    byId("cut-choices").replaceChildren(...this.#choices.map((one, index) => choice(one, index)));
    byId("cut-choices").querySelector("input")?.focus();
    if (this.#choices.length) this.#show(problem);
    else this.#say([], "This film has one cut of one frame.");
  }

  get #cuts() {
    return this.isServed ? this.#edits.cuts : this.#known;
  }

  get #chosen() {
    const at = byId("cut-choices").querySelector("input:checked")?.value;
    return this.#choices[at];
  }

  async #show(problem = "") {
    const chosen = this.#chosen;
    try {
      const plan = await this.#plan(chosen);
      if (chosen !== this.#chosen) return; // another one was chosen meanwhile
      this.#say(planText(plan, this.#leastFrames), problem);
      byId("cut-apply").disabled = false;
    } catch (error) {
      this.#say([], error.message);
    }
  }

  #plan({ action, frame }) {
    if (this.isServed) return this.#edits.plan({ action, frame: String(frame) });
    const after = cutsAfter(this.#cuts, { action, frame });
    return {
      old: lacking(this.#cuts, after),
      new: lacking(after, this.#cuts),
      table: `${this.#film.video}.cuts.tsv`,
    };
  }

  async #apply() {
    const { action, frame } = this.#chosen;
    if (!this.isServed) {
      const table = cutsTable(cutsAfter(this.#cuts, { action, frame }));
      download(table, `${this.#film.video}.cuts.tsv`);
      this.#say(
        ["Put it beside videos.tsv, or in place of the table that videos.tsv names there."],
        "",
      );
      return;
    }
    byId("cut-apply").disabled = true;
    try {
      await this.#edits.apply({ action, frame: String(frame) }, this.#cut);
      byId("cutting").close();
    } catch (error) {
      const problem = `Not done: ${error.message}`;
      if (error.conflict) this.#offer(`${problem}. What it does now is shown: apply it, or close.`);
      else this.#say([], problem);
    }
  }

  #say(sentences, problem) {
    byId("cut-plan").replaceChildren(...sentences.map((text) => element("li", text)));
    byId("cut-problem").textContent = problem;
  }
}

const choice = ({ text }, index) => {
  const label = element("label");
  const input = element("input");
  Object.assign(input, { type: "radio", name: "cut-choice", value: index, checked: index === 0 });
  label.append(input, text);
  return label;
};
