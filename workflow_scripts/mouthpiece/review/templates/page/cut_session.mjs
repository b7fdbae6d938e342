// A reviewer's changes of boundaries: asked for in a dialog, shown at the chosen cut.

import { insteadText } from "./boundaries.mjs";
import { CutDialog } from "./cut_dialog.mjs";
import { CutEdits } from "./cut_edits.mjs";
import { announce, byId, setText } from "./dom.mjs";
import { page } from "./page_data.mjs";
import { Server } from "./server.mjs";
import { nameOf } from "./who.mjs";

export class CutSession {
  edits;
  #dialog;
  #current = null;
  #onChange;
  #rows;
  /** The change of boundaries that goes on, until its rows are read: a promise; null: none does. */
  #going = null;
  isServed = false;

  /**
   * @param {import("./history.mjs").History} history
   * @param {() => void} onChange the table says something else
   * @param {{save: () => Promise<void>, read: () => Promise<void>}} rows of decisions and overrides,
   *   which are carried over where boundaries change
   */
  constructor(history, onChange, rows) {
    this.#onChange = onChange;
    this.#rows = rows;
    const server = new Server((...request) => fetch(...request), "cuts");
    this.edits = new CutEdits(server, history, {
      during: (request) => this.#during(request),
      reviewer: nameOf,
      onChange: (news) => this.#changed(news),
    });
    this.#dialog = new CutDialog(this.edits, page.film, page.remedies.cuts, page.guard.min_frames);
  }

  /** Read the table of cuts, where the server has one. */
  async refresh() {
    if (!page.remedies.cuts.length) return;
    try {
      if (await this.edits.read()) this.#rows.read();
    } catch {
      // there is none: the dialog says why
    }
  }

  /** Do something in its turn: after a change of boundaries that goes on, once its rows are known. */
  inTurn(act) {
    if (this.#going) this.#going.then(() => this.inTurn(act));
    else act();
  }

  /** Whether the table has other cuts in place of one. */
  isMoved(cut) {
    return this.edits.instead(cut).length > 0;
  }

  /** Those of some cuts that the table has other cuts in place of. */
  moved(cuts) {
    return cuts.filter((cut) => this.isMoved(cut));
  }

  /** Show whether the chosen cut may be changed, and what the table has in its place. */
  show(cut) {
    this.#current = cut;
    byId("cut-here").hidden = !this.#isOwn(cut);
    const instead = this.edits.instead(cut);
    byId("cut-instead").hidden = !instead.length;
    if (instead.length) setText(byId("cut-instead"), insteadText(instead, this.edits.table));
  }

  /** Ask whether a cut is split at a frame of the film, or merged. */
  ask(cut, frame) {
    if (this.#isOwn(cut)) this.#dialog.open(cut, frame, this.isServed);
  }

  /** A looped film's boundaries are its video's. */
  #isOwn(cut) {
    return page.remedies.cuts.includes(cut.cut);
  }

  /** Make a request between what was decided before it and what is decided on the rows after it. */
  #during(request) {
    const done = this.#rows
      .save()
      .then(request)
      .finally(() => this.#rows.read());
    const going = done
      .catch(() => {}) // who asked for it says why
      .then(() => {
        if (this.#going === going) this.#going = null;
        this.#onChange(); // it is a step
      });
    this.#going = going;
    return done;
  }

  #changed(news) {
    if (this.#current) this.show(this.#current);
    if (news) announce(news, { isSeen: true });
    this.#onChange();
  }
}
