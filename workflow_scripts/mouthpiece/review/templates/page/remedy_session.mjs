// A reviewer's remedies: what is wanted of each cut, and where it is kept.

import { announce, byId } from "./dom.mjs";
import { page } from "./page_data.mjs";
import { overrideRows, RemedyBook, settingsText } from "./remedies.mjs";
import { RemedyPanel } from "./remedy_panel.mjs";
import { Server } from "./server.mjs";
import { StoredRows } from "./stored_rows.mjs";
import { TableSync } from "./table_sync.mjs";
import { tableText } from "./tsv.mjs";

const { cuts } = page;

const COLUMNS = ["video", "language", "cut", "setting", "value"];

/** Several turns of a dial are saved as one. */
const TURN_MS = 400;

export class RemedySession {
  book = new RemedyBook(page.remedies.in_force);
  #stored = new StoredRows(() => localStorage, "overrides", page.film);
  #panel = new RemedyPanel((settings) => this.#change(settings));
  #current = null;
  #onChange;
  #news = new Map();
  isServed = false;

  /** @param {(some: object[]) => void} onChange other settings are wanted of some cuts */
  constructor(onChange) {
    this.#onChange = onChange;
    for (const cut of cuts) {
      const stored = this.#stored.read(cut.cut);
      if (stored?.draft === cut.draft) this.book.set(cut, { settings: stored.settings });
    }
    const server = new Server((...request) => fetch(...request), "overrides");
    this.sync = new TableSync(cuts, this.book, server, {
      onRead: (some) => this.#onChange(some),
      onNews: (some) => this.#onChange(some),
      onConflict: (cut) => this.#takeTheirs(cut),
      onSaved: () => {},
      onOtherServer: () => {},
      onStatus: () => this.#draw(),
    });
  }

  /** Keep what is wanted in the table of the review server, or in this browser. */
  serve(isServed) {
    this.isServed = isServed;
    if (isServed) this.sync.refresh();
    else this.sync.stop();
  }

  /** Show the remedies of a cut. */
  show(cut) {
    this.#current = cut;
    this.#draw();
  }

  /** Whether other settings are asked for than those that a cut was made with. */
  isRedrawn(cut) {
    return this.book.isChanged(cut);
  }

  turn(kind, steps) {
    this.#panel.turn(kind, steps);
  }

  correct() {
    this.#panel.correct();
  }

  /** Go back to what the run knew. */
  reset() {
    this.#change(this.book.ofRun(this.#current).settings);
  }

  /** The rows that are wanted, as the text of overrides.tsv; empty: there are none. */
  table() {
    const rows = cuts.flatMap((cut) =>
      overrideRows(cut, this.book.of(cut).settings, page.film.language),
    );
    return rows.length ? tableText([COLUMNS, ...rows.map((row) => [page.film.video, ...row])]) : "";
  }

  #change(settings) {
    const cut = this.#current;
    this.#news.delete(cut);
    this.book.set(cut, { settings });
    if (this.isServed) this.sync.save(cut, TURN_MS);
    else if (this.book.isChanged(cut)) this.#stored.write(cut.cut, { draft: cut.draft, settings });
    else this.#stored.remove(cut.cut);
    this.#draw();
    this.#onChange([cut]);
    announce(`Cut ${cut.cut}: ${settingsText(settings) || "no remedy"}. ${this.#hint()}`);
  }

  #takeTheirs(cut) {
    this.sync.settle(cut, false);
    this.#news.set(cut, "Somebody else changed it meanwhile: theirs is shown. ");
    this.#onChange([cut]);
  }

  #hint() {
    const cut = this.#current;
    const news = this.#news.get(cut) ?? "";
    const refusal = this.sync.refusal(cut);
    if (refusal) return `Not saved: ${refusal}`;
    if (!this.book.isChanged(cut)) return news;
    const kept = this.isServed ? "a row of overrides.tsv" : "kept in this browser until exported";
    const rest = settingsText(this.book.of(cut).settings) || "the remedy is taken out";
    return `${news}The next run draws it again: ${rest} (${kept}).`;
  }

  #draw() {
    if (!this.#current) return;
    this.#panel.draw(this.#current, this.book.of(this.#current).settings, this.#hint());
    byId("remedy-reset").hidden = !this.book.isChanged(this.#current);
  }
}
