// Decisions as a reviewer makes them, on the chosen cut or on those that are selected.

import { canDecide, presetsOf } from "./decision_panel.mjs";
import { changed } from "./decisions.mjs";
import { announce, announced, byId, endNews } from "./dom.mjs";
import { askForPreset } from "./retry_dialog.mjs";
import { asked, draftOf, RESTORE } from "./versions.mjs";
import { askName, nameOf } from "./who.mjs";
import { counted, decisionNews, draftedAgain, named } from "./wording.mjs";

/** How long after the last letter a note is saved. */
const NOTE_MS = 400;

export class Deciding {
  #page;
  #keeper;

  /**
   * @param {import("./keeper.mjs").Keeper} keeper
   * @param {object} page
   * @param {import("./decisions.mjs").DecisionBook} page.book
   * @param {import("./list_view.mjs").ListView} page.list
   * @param {import("./several.mjs").Several} page.several
   * @param {() => object} page.current the chosen cut
   * @param {() => number} page.frame the frame of the film that is shown
   * @param {(act: () => void) => void} page.inTurn does something once rows that change are known
   * @param {(some: object[]) => void} page.onChange other decisions are wanted on some cuts
   * @param {(cut: object, isByKey: boolean) => void} page.onNext the next cut is to be chosen
   */
  constructor(keeper, page) {
    this.#keeper = keeper;
    this.#page = page;
  }

  /** Change the decision on the chosen cuts, as one step. */
  decide(change) {
    this.#change(this.#chosen, change);
  }

  /** The listed cuts whose draft is in sync and that nobody decided on. */
  get inSync() {
    const { book, list } = this.#page;
    return list.listed.filter(
      (cut) => cut.verdict === "pass" && book.isUndecided(cut) && canDecide(cut, "approve"),
    );
  }

  /** Approve the drafts that are in sync, among the listed cuts that nobody decided on. */
  approveInSync() {
    const some = this.inSync;
    if (!some.length) return;
    this.#change(some, { decision: "approve" });
    announce(`${counted(some.length, "draft", "drafts")} approved`);
  }

  /** Except for a retry the preset stays: with another one a cut would be drafted again. */
  choose(decision, preset = "") {
    const wanted = this.#chosen;
    const some = wanted.filter(
      (cut) => canDecide(cut, decision) && (!preset || presetsOf(cut).includes(preset)),
    );
    if (!some.length) return;
    this.#change(some, (cut) => ({ ...asked(cut, decision), preset: preset || cut.preset }));
    const news = decisionNews(some, wanted, decision, preset);
    const { list, several, onNext } = this.#page;
    const goesOn = byId("onward").checked && ["approve", "passthrough"].includes(decision);
    const next = goesOn && !several.selection.size && list.next;
    if (!next) {
      announce(news);
      return;
    }
    // Who clicks stays at the button.
    onNext(next, !document.activeElement.closest("[data-decision]"));
    announce(`${news}. ${announced()}`);
  }

  /** Ask for a preset, and draft the cuts again with it. */
  retry() {
    const chosen = this.#chosen;
    const some = chosen.filter((cut) => canDecide(cut, "retry"));
    if (!some.length) return;
    const current = this.#page.current();
    const cut = some.includes(current) ? current : some[0];
    askForPreset(cut, draftedAgain(some.length, chosen.length), (preset) =>
      this.choose("retry", preset),
    );
  }

  /** Have an earlier draft of the chosen cut delivered. */
  restore(draft) {
    this.#change([this.#page.current()], { decision: RESTORE, draft });
  }

  /** Mark the cuts for the final tier, or not any more. */
  markFinal() {
    const some = this.#chosen.filter((cut) => cut.draft_clip);
    if (!some.length) return;
    const tier = some.every((cut) => this.#page.book.of(cut).tier) ? "" : "final";
    this.#change(some, { tier });
    const done = tier ? "marked for the final tier" : "no longer marked for the final tier";
    announce(`${named(some)}: ${done}`);
  }

  get #chosen() {
    return this.#page.several.chosen;
  }

  /** Change decisions; `change`: what is changed, or a function of the cut that says so. */
  #change(some, change) {
    this.#page.inTurn(() => this.#put(some, change));
  }

  #put(some, change) {
    endNews();
    const now = { reviewer: nameOf(), time: new Date() };
    const isEach = typeof change === "function";
    const after = (state, cut) => {
      const frame = cut === this.#page.current() ? this.#page.frame() : cut.first_frame;
      const wanted = isEach ? change(cut) : change;
      const next = changed(state, wanted, { ...now, frame });
      return { ...next, draft: wanted.draft ?? draftOf(cut, next) };
    };
    const isTyped = !isEach && "note" in change;
    this.#keeper.change(some, after, { isTyped, wait: isTyped ? NOTE_MS : 0 });
    this.#page.onChange(some);
    if (!isTyped) askName();
  }
}
