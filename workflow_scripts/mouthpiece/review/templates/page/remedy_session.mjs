// A reviewer's remedies: what is wanted of each cut, and where it is kept.

import { stampOf } from "./decisions.mjs";
import { announce, byId, endNews } from "./dom.mjs";
import { Keeper } from "./keeper.mjs";
import { page, rate } from "./page_data.mjs";
import {
  corrected,
  dialsOn,
  isDrawnAgain,
  isOffsetAlone,
  isSilenced,
  needed,
  offeredFor,
  overrideRows,
  RemedyBook,
  settingsText,
  sharedOf,
  turnedBy,
} from "./remedies.mjs";
import { RemedyPanel } from "./remedy_panel.mjs";
import { Server } from "./server.mjs";
import { StoredRows } from "./stored_rows.mjs";
import { TableSync } from "./table_sync.mjs";
import { tableText } from "./tsv.mjs";
import { RESTORE } from "./versions.mjs";
import { askName, nameOf } from "./who.mjs";
import { counted, signed } from "./wording.mjs";

const { cuts } = page;

const COLUMNS = ["video", "language", "cut", "setting", "value", "reviewer", "time"];

/** Several turns of a dial are saved as one. */
const TURN_MS = 400;

/** What is said of a remedy by its outcome. */
const NEXT = {
  again: "The next run draws it again",
  original: "The next run passes it through",
  "": "The next run has nothing to draw again",
};

/** What is said of one where an earlier draft of the cut is restored. */
const RESTORED =
  "The earlier draft is delivered as it was kept; clear that decision to have it drawn again";

const isEmpty = (settings) => !Object.keys(settings).length;

export class RemedySession {
  book = new RemedyBook(page.remedies.in_force);
  #stored = new StoredRows(() => localStorage, "overrides", page.film);
  #panel;
  #remedies = { ...page.remedies, cuts: new Set(page.remedies.cuts) };
  #current = null;
  #onChange;
  #chosen;
  #decisionOn;
  #isMoved;
  #inTurn;
  keeper;
  #news = new Map();
  isServed = false;

  /**
   * @param {object} events
   * @param {(some: object[]) => void} events.onChange other settings are wanted of some cuts
   * @param {() => object[]} events.chosen the cuts that a remedy is for
   * @param {() => void} events.onPreset another preset is asked for
   * @param {(cut: object) => string} events.decisionOn what is decided on a cut
   * @param {(cut: object) => boolean} events.isMoved whether there will be other cuts in its place,
   *   which have its rows
   * @param {(act: () => void) => void} events.inTurn does something once rows that change are known
   * @param {import("./history.mjs").History} history
   */
  constructor({ onChange, chosen, onPreset, decisionOn, isMoved, inTurn }, history) {
    this.#decisionOn = decisionOn;
    this.#isMoved = isMoved;
    this.#inTurn = inTurn;
    this.#onChange = onChange;
    this.#chosen = chosen;
    this.#panel = new RemedyPanel((remedy) => this.#apply(remedy), onPreset);
    for (const cut of cuts) {
      const stored = this.#stored.read(cut.cut);
      if (stored?.draft === cut.draft) this.book.set(cut, stored);
    }
    const server = new Server((...request) => fetch(...request), "overrides");
    this.sync = new TableSync(cuts, this.book, server, {
      onRead: (some) => this.#onChange(some),
      onNews: (some) => this.#onChange(some),
      onConflict: (cut) => this.#takeTheirs(cut),
      onSaved: () => {},
      onOtherServer: () => {},
      onStatus: () => this.draw(),
    });
    this.keeper = new Keeper(this.book, this.#stored, this.sync, history);
  }

  /** Keep what is wanted in the table of the review server, or in this browser. */
  serve(isServed) {
    this.isServed = isServed;
    this.keeper.isServed = isServed;
    if (isServed) this.sync.refresh();
    else this.sync.stop();
  }

  /** The film was made again: what is not saved yet is kept. */
  renew() {
    this.book.renew(page.remedies.in_force);
    this.#remedies.set_elsewhere = page.remedies.set_elsewhere;
    for (const cut of cuts) {
      if (!this.sync.isWaiting(cut)) this.book.reset(cut);
    }
    this.#panel.renew();
    if (this.isServed) this.sync.renew();
    this.draw();
  }

  /** Show the remedies of a cut. */
  show(cut) {
    this.#current = cut;
    this.draw();
  }

  /**
   * What becomes of a cut by other settings than those that it was made with: "again", "original";
   * "" where none are asked for.
   */
  outcome(cut) {
    if (!this.book.isChanged(cut) || this.#isRestored(cut)) return "";
    const { settings } = this.book.of(cut);
    if (isSilenced(settings)) return "original";
    const inForce = this.book.ofRun(cut).settings;
    const dials = dialsOn(cut, page.remedies, inForce);
    return isDrawnAgain(cut, inForce, settings, dials) ? "again" : "";
  }

  /** Whether to correct its offset is what a cut needs first: no other fault was found in its draft. */
  isCorrectedFirst(cut) {
    if (this.#decisionOn(cut) || this.book.isChanged(cut) || !isOffsetAlone(cut)) return false;
    return corrected(page.gate, rate)(cut, {}, this.#offered(cut)) !== null;
  }

  turn(kind, steps) {
    this.#apply(turnedBy(kind, steps));
  }

  correct() {
    this.#apply(corrected(page.gate, rate));
  }

  /** Go back to what the run knew. */
  reset() {
    this.#apply((cut) => this.book.ofRun(cut).settings);
  }

  /** The rows that are wanted, as the text of overrides.tsv; empty: there are none. */
  table() {
    const shared = sharedOf(page.remedies.dials);
    const rows = cuts.flatMap((cut) =>
      overrideRows(cut, this.book.of(cut), page.film.language, shared),
    );
    return rows.length ? tableText([COLUMNS, ...rows.map((row) => [page.film.video, ...row])]) : "";
  }

  draw() {
    const cut = this.#current;
    if (!cut) return;
    this.#panel.draw(cut, this.book.of(cut).settings, this.#offered(cut), {
      hint: this.#hint(),
      isCorrectedFirst: this.isCorrectedFirst(cut),
    });
    byId("remedy-reset").hidden = !this.book.isChanged(cut);
  }

  /** Whether an earlier draft of a cut is to be delivered. */
  #isRestored(cut) {
    return this.#decisionOn(cut) === RESTORE;
  }

  /** What is offered for a cut: nothing where there will be other cuts in its place. */
  #offered(cut) {
    const remedies = this.#isMoved(cut) ? { ...this.#remedies, cuts: new Set() } : this.#remedies;
    return offeredFor(cut, this.book.of(cut).settings, remedies, this.book.ofRun(cut).settings);
  }

  /** Apply a remedy to the chosen cuts that have it. */
  #apply(remedy) {
    this.#inTurn(() => this.#put(remedy));
  }

  #put(remedy) {
    const wanted = new Map();
    for (const cut of this.#chosen().filter((one) => !this.#isMoved(one))) {
      const before = this.book.of(cut).settings;
      const inForce = this.book.ofRun(cut).settings;
      const offered = this.#offered(cut);
      const after = remedy(cut, before, offered);
      if (after) wanted.set(cut, needed({ before, after, inForce }, offered.dials));
    }
    if (!wanted.size) return;
    endNews();
    const some = [...wanted.keys()];
    for (const cut of some) this.#news.delete(cut);
    const stamp = { reviewer: nameOf(), time: stampOf(new Date()) };
    const after = (_, cut) => ({ settings: wanted.get(cut), ...stamp });
    this.keeper.change(some, after, { wait: TURN_MS });
    this.draw();
    this.#onChange(some);
    askName();
    const [cut] = some;
    const what = some.length > 1 ? counted(some.length, "cut", "cuts") : `Cut ${cut.cut}`;
    announce(`${what}: ${settingsText(wanted.get(cut)) || "no remedy"}. ${this.#hint()}`);
  }

  #takeTheirs(cut) {
    const who = this.sync.theirs(cut).reviewer || "Somebody else";
    this.sync.settle(cut, false);
    this.#news.set(cut, `${who} changed it meanwhile: theirs is shown. `);
    this.#onChange([cut]);
  }

  #hint() {
    const cut = this.#current;
    const news = this.#news.get(cut) ?? "";
    const refusal = this.sync.refusal(cut);
    if (refusal) return `Not saved: ${refusal}`;
    if (!this.book.isChanged(cut)) return news;
    const { settings } = this.book.of(cut);
    const row = isEmpty(settings) ? "no row of overrides.tsv" : "a row of overrides.tsv";
    const kept = this.isServed ? row : "kept in this browser until exported";
    const rest = settingsText(settings) || "the remedy is taken out";
    const by = signed(this.book.of(cut));
    const what = this.#isRestored(cut) ? RESTORED : NEXT[this.outcome(cut)];
    return `${news}${what}: ${rest} (${kept}).${by && ` ${by}.`}`;
  }
}
