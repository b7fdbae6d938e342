// A reviewer's session: which cut is chosen, and what is decided.

import { BrowserStore } from "./browser_store.mjs";
import { DecisionKeeper } from "./decision_keeper.mjs";
import { canDecide, drawPanel } from "./decision_panel.mjs";
import { DecisionBook } from "./decisions.mjs";
import { drawDetails } from "./details.mjs";
import { announce, announced, byId } from "./dom.mjs";
import { describeDrawings } from "./drawings.mjs";
import { drawMode, drawProgress, drawSteps } from "./footer.mjs";
import { ListView } from "./list_view.mjs";
import { page } from "./page_data.mjs";
import { recalled } from "./preferences.mjs";
import { RemedySession } from "./remedy_session.mjs";
import { askForPreset } from "./retry_dialog.mjs";
import { Ribbon } from "./ribbon.mjs";
import { drawStatus } from "./save_status.mjs";
import { drawScores } from "./scores.mjs";
import { Server } from "./server.mjs";
import { TableSync } from "./table_sync.mjs";
import { Watching } from "./watching.mjs";
import { conflictText, counted, describe, NAMES, plain } from "./wording.mjs";

const { cuts } = page;

/** As in responsive.css: on a small screen the chosen cut lies under the list. */
const isStacked = matchMedia("(max-width: 1000px), (max-height: 520px)");

const reveal = () => {
  if (isStacked.matches) byId("viewer").scrollIntoView();
};

export class Session {
  book = new DecisionBook();
  store = new BrowserStore(() => localStorage, page.film);
  current = null;
  watching = new Watching();

  /** What a click on the ribbon does while the cuts are not looked at. */
  onRibbon = () => {};

  /** Whether the review server serves the page: each decision is saved at once. From disk, or from
      another server, decisions stay in this browser until they are exported. */
  isServed = location.protocol === "http:" && location.hostname === "127.0.0.1";

  constructor() {
    this.store.load(this.book, cuts);
    this.remedies = new RemedySession((some) => this.#draw(some));
    this.ribbon = new Ribbon(
      this.book,
      (cut) => this.remedies.isRedrawn(cut),
      (cut, frame) => {
        if (byId("cuts").hidden) this.onRibbon(frame);
        else this.show(cut, frame);
      },
    );
    this.list = new ListView(this.book, {
      onPick: (cut) => this.go(cut),
      onTurn: (cut) => this.select(cut),
      onFirst: (cut) => this.select(cut),
      onEmpty: () => this.watching.players.pause(),
      onShowAll: () => this.leaveField(),
    });
    const server = new Server((...request) => fetch(...request), "decisions");
    this.sync = new TableSync(cuts, this.book, server, {
      onRead: (some) => this.#draw(some),
      onNews: (some) => {
        this.#draw(some);
        announce(`Changed elsewhere meanwhile: ${some.map((cut) => cut.cut).join(", ")}`);
      },
      onConflict: (cut) => {
        this.#drawRow(cut);
        announce(`Cut ${cut.cut}: ${this.#conflictOn(cut)}`);
      },
      onSaved: (cut) => this.#drawRow(cut),
      onOtherServer: () => this.#setServed(false),
      onStatus: () => {
        drawStatus(this.sync.status, this.isServed);
        this.#drawDecision();
      },
    });
    this.keeper = new DecisionKeeper(this.book, this.store, this.sync);
  }

  /** Show the first cut, and what the table says. */
  start() {
    this.#draw(cuts);
    if (cuts.length) this.select(cuts[0]);
    this.#setServed(this.isServed);
    if (this.isServed) this.sync.flush();
  }

  /* The chosen cut */

  /** Choose a cut. */
  select(cut) {
    this.current = cut;
    this.list.choose(cut);
    drawDetails(cut, this.list.markOf(cut));
    this.watching.load(cut);
    describeDrawings(cut);
    drawScores(cut);
    this.remedies.show(cut);
    this.#drawDecision();
    this.watching.drawTime();
    const { decision } = this.book.of(cut);
    const decided = decision ? `Decided: ${NAMES[decision]}.` : "";
    const conflict = this.sync.isInConflict(cut) ? ` But ${this.#conflictOn(cut)}` : "";
    const verdict = page.verdicts[cut.verdict][0];
    announce(`Cut ${cut.cut}: ${verdict}. ${cut.sentences.join(" ")} ${decided}${conflict}`);
  }

  /** Choose a cut as a person does: its row gets the focus, and a small screen scrolls to it. */
  go(cut) {
    this.select(cut);
    this.list.focus();
    reveal();
  }

  /** Choose a cut wherever it is, in the list or left out of it. */
  find(cut) {
    if (!this.list.has(cut)) this.list.showAll();
    this.select(cut);
    reveal();
  }

  /** Choose a cut, and show a frame of the film in it. */
  show(cut, frame) {
    this.find(cut);
    this.watching.players.seek(frame - cut.first_frame);
  }

  /** Choose the cut so many steps on in the list. */
  move(step) {
    const cut = this.list.at(step);
    if (cut && cut !== this.current) this.go(cut);
  }

  /** Leave a field for the list, where letters act as keys. */
  leaveField() {
    if (this.list.has(this.current)) this.list.focus();
    else document.activeElement.blur();
  }

  /* Decisions */

  /** Change the decision on the chosen cut. */
  decide(change) {
    this.#change([this.current], change);
  }

  #change(some, change) {
    const reviewer = recalled("reviewer") ?? "";
    const now = { reviewer, time: new Date(), frame: this.watching.frame };
    this.keeper.change(some, change, now);
    this.#draw(some);
  }

  /** The listed cuts whose draft is in sync and that nobody decided on. */
  get #inSync() {
    return this.list.listed.filter(
      (cut) => cut.verdict === "pass" && this.book.isUndecided(cut) && canDecide(cut, "approve"),
    );
  }

  /** Approve the drafts that are in sync, among the listed cuts that nobody decided on. */
  approveInSync() {
    const some = this.#inSync;
    if (!some.length) return;
    this.#change(some, { decision: "approve" });
    announce(`${counted(some.length, "draft", "drafts")} approved`);
  }

  /** Take the last step back, or do it again, and show where it was. */
  travel(isBack) {
    const some = this.keeper.travel(isBack);
    if (!some.length) return;
    this.#draw(some);
    if (!some.includes(this.current)) this.find(some[0]);
    const what = isBack ? "Taken back" : "Done again";
    announce(`${what}: ${some.map((cut) => cut.cut).join(", ")}`);
  }

  /** Except for a retry the preset stays: with another one the cut would be drafted again. */
  choose(decision, preset = this.current.preset) {
    const cut = this.current;
    if (!canDecide(cut, decision)) return;
    this.decide({ decision, preset });
    const name = NAMES[decision] ?? "decision cleared";
    const news = `Cut ${cut.cut}: ${name}${decision === "retry" ? ` with ${plain(preset)}` : ""}`;
    const goesOn = byId("onward").checked && ["approve", "passthrough"].includes(decision);
    const next = goesOn && this.list.next;
    if (!next) {
      announce(news);
      return;
    }
    // Who clicks stays at the button.
    if (document.activeElement.closest("[data-decision]")) this.find(next);
    else this.go(next);
    announce(`${news}. ${announced()}`);
  }

  /** Ask for a preset, and draft the cut again with it. */
  retry() {
    if (!canDecide(this.current, "retry")) return;
    askForPreset(this.current, (preset) => this.choose("retry", preset));
  }

  /** Mark the cut for the final tier, or not any more. */
  markFinal() {
    const cut = this.current;
    if (!cut.draft_clip) return;
    const tier = this.book.of(cut).tier ? "" : "final";
    this.decide({ tier });
    const done = tier ? "marked for the final tier" : "no longer marked for the final tier";
    announce(`Cut ${cut.cut}: ${done}`);
  }

  /** Show the frame that the remark on the chosen cut is about. */
  showRemark() {
    const { frame } = this.book.of(this.current);
    if (frame) this.watching.seek(Number(frame) - this.current.first_frame);
  }

  /** Discard what is decided on this page and not handed out. */
  discard() {
    this.book.clear();
    this.store.save(this.book, cuts);
    this.#draw(cuts);
  }

  /** Take over what another tab of this browser stored. */
  reload() {
    this.store.load(this.book, cuts);
    this.#draw(cuts);
  }

  /* The review server */

  /** Settle the conflict on the chosen cut. */
  settle(isMine) {
    const cut = this.current;
    if (!cut || !this.sync.isInConflict(cut)) return;
    this.sync.settle(cut, isMine);
    const whose = isMine ? "yours" : "theirs";
    announce(`Cut ${cut.cut}: ${whose} stands: ${describe(this.book.of(cut))}`);
    this.#draw([cut]);
    drawStatus(this.sync.status, this.isServed);
  }

  /** Choose the next cut that is in conflict. */
  showConflict() {
    const found = this.sync.inConflict;
    if (found.length) this.find(found[(found.indexOf(this.current) + 1) % found.length]);
  }

  /** Read the table again. */
  refresh() {
    if (!this.isServed || document.hidden) return;
    this.sync.refresh();
    this.remedies.sync.refresh();
  }

  #setServed(isServed) {
    this.isServed = isServed;
    if (!isServed) {
      this.sync.stop();
      const changed = cuts.filter((cut) => this.book.isChanged(cut));
      this.store.save(this.book, changed);
    }
    this.keeper.isServed = isServed;
    this.remedies.serve(isServed);
    drawMode(isServed);
    drawStatus(this.sync.status, isServed);
  }

  #conflictOn(cut) {
    return conflictText(this.book.of(cut), this.sync.theirs(cut));
  }

  #draw(some) {
    for (const cut of some) {
      this.list.drawDecision(cut, this.sync.isInConflict(cut), this.remedies.isRedrawn(cut));
    }
    this.ribbon.draw(some);
    this.#drawDecision();
    drawProgress(this.book);
    drawSteps(this.keeper, this.#inSync.length);
  }

  #drawRow(cut) {
    this.list.drawDecision(cut, this.sync.isInConflict(cut), this.remedies.isRedrawn(cut));
    this.ribbon.draw([cut]);
  }

  #drawDecision() {
    const cut = this.current;
    if (!cut) return;
    const isConflict = this.sync.isInConflict(cut);
    drawPanel(cut, this.book.of(cut), {
      isServed: this.isServed,
      isChanged: this.book.isChanged(cut),
      isConflict,
      theirs: isConflict ? this.sync.theirs(cut) : null,
      refusal: this.sync.refusal(cut),
      isSaved: this.sync.isSaved(cut),
    });
  }
}
