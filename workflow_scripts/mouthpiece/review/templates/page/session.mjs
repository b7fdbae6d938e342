// A reviewer's session: which cut is chosen, and what is decided.

import { BrowserStore } from "./browser_store.mjs";
import { Conflicts } from "./conflicts.mjs";
import { CutSession } from "./cut_session.mjs";
import { Deciding } from "./deciding.mjs";
import { drawPanel } from "./decision_panel.mjs";
import { DecisionBook } from "./decisions.mjs";
import { drawDetails } from "./details.mjs";
import { announce, byId, endNews } from "./dom.mjs";
import { describeDrawings } from "./drawings.mjs";
import { drawMode, drawProgress, drawSteps } from "./footer.mjs";
import { History } from "./history.mjs";
import { Keeper } from "./keeper.mjs";
import { ListView } from "./list_view.mjs";
import { page } from "./page_data.mjs";
import { RemedySession } from "./remedy_session.mjs";
import { Ribbon } from "./ribbon.mjs";
import { drawStatus } from "./save_status.mjs";
import { drawScores } from "./scores.mjs";
import { inCommon } from "./selection.mjs";
import { Server } from "./server.mjs";
import { Several } from "./several.mjs";
import { TableSync } from "./table_sync.mjs";
import { VersionPanel } from "./version_panel.mjs";
import { Watching } from "./watching.mjs";
import { NAMES, travelText } from "./wording.mjs";

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
  history = new History();
  versions = new VersionPanel(this);

  several = new Several({
    list: () => this.list,
    current: () => this.current,
    go: (cut) => this.go(cut),
    onChange: () => this.#draw([]),
  });

  boundaries = new CutSession(this.history, () => this.#draw(cuts), {
    save: () => this.saveAll(),
    read: () => this.#refreshRows(),
  });

  /** What a click on the ribbon does while the cuts are not looked at. */
  onRibbon = () => {};

  /** Whether the review server serves the page: each decision is saved at once. From disk, or from
      another server, decisions stay in this browser until they are exported. */
  isServed = location.protocol === "http:" && location.hostname === "127.0.0.1";

  constructor() {
    this.store.load(this.book, cuts);
    const remedies = {
      onChange: (some) => this.#draw(some),
      chosen: () => this.several.chosen,
      onPreset: () => this.deciding.retry(),
      decisionOn: (cut) => this.book.of(cut).decision,
      isMoved: (cut) => this.boundaries.isMoved(cut),
      inTurn: (act) => this.boundaries.inTurn(act),
    };
    this.remedies = new RemedySession(remedies, this.history);
    this.ribbon = new Ribbon(
      this.book,
      (cut) => this.#changed(cut),
      (cut, frame) => {
        if (byId("cuts").hidden) this.onRibbon(frame);
        else this.show(cut, frame);
      },
    );
    this.list = new ListView(this.book, this.several.selection, {
      onPick: (cut, event) => this.several.pick(cut, event),
      onFilter: () => this.several.draw(),
      onTurn: (cut) => this.select(cut),
      onFirst: (cut) => this.select(cut),
      onEmpty: () => this.watching.players.pause(),
      onShowAll: () => this.leaveField(),
    });
    const server = new Server((...request) => fetch(...request), "decisions");
    this.sync = new TableSync(cuts, this.book, server, {
      onRead: (some) => this.#draw(some),
      onNews: (some) => {
        const ids = some.map((cut) => cut.cut).join(", ");
        announce(`Changed elsewhere meanwhile: ${ids}`, { isSeen: true });
        this.#draw(some);
      },
      onConflict: (cut) => {
        this.#drawRow(cut);
        announce(`Cut ${cut.cut}: ${this.conflicts.textOn(cut)}`);
      },
      onSaved: (cut) => this.#drawRow(cut),
      onOtherServer: () => this.#setServed(false),
      onStatus: () => {
        drawStatus(this.sync.status, this.isServed);
        this.#drawDecision();
      },
    });
    this.conflicts = new Conflicts(this.sync, this.book, {
      current: () => this.current,
      find: (cut) => this.find(cut),
      onSettled: (cut, news) => {
        announce(news);
        this.#draw([cut]);
        drawStatus(this.sync.status, this.isServed);
      },
    });
    this.keeper = new Keeper(this.book, this.store, this.sync, this.history);
    this.deciding = new Deciding(this.keeper, {
      book: this.book,
      list: this.list,
      several: this.several,
      current: () => this.current,
      frame: () => this.watching.frame,
      onChange: (some) => this.#draw(some),
      inTurn: (act) => this.boundaries.inTurn(act),
      onNext: (cut, isByKey) => (isByKey ? this.go(cut) : this.find(cut)),
    });
  }

  /** Show the first cut, and what the table says. */
  start() {
    this.#draw(cuts);
    if (cuts.length) this.select(cuts[0]);
    this.#setServed(this.isServed);
    if (!this.isServed) return;
    this.sync.flush();
    this.versions.read();
    this.boundaries.refresh();
  }

  /* The chosen cut */

  /** Choose a cut. */
  select(cut) {
    this.several.leave(cut);
    this.current = cut;
    this.list.choose(cut);
    endNews();
    this.#show(cut);
    this.list.reveal(); // once all is written: the page is laid out once
    const { decision } = this.book.of(cut);
    const decided = decision ? `Decided: ${NAMES[decision]}.` : "";
    const conflict = this.conflicts.has(cut) ? ` But ${this.conflicts.textOn(cut)}` : "";
    const verdict = page.verdicts[cut.verdict][0];
    announce(`Cut ${cut.cut}: ${verdict}. ${cut.sentences.join(" ")} ${decided}${conflict}`);
  }

  /** Show the chosen cut. */
  #show(cut) {
    drawDetails(cut, this.list.markOf(cut));
    this.watching.load(cut);
    describeDrawings(cut);
    drawScores(cut);
    this.remedies.show(cut);
    this.versions.show(cut);
    this.boundaries.show(cut);
    this.#drawDecision();
    this.watching.drawTime();
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

  /** Choose the cut so many steps on in the list; it alone, unless cuts are picked. */
  move(step) {
    const cut = this.list.at(step);
    if (!cut || cut === this.current) return;
    if (!this.several.selection.isPicking) this.several.clear();
    this.go(cut);
  }

  /** Leave a field for the list, where letters act as keys. */
  leaveField() {
    if (this.list.has(this.current)) this.list.focus();
    else document.activeElement.blur();
  }

  /** Ask whether the chosen cut is split at the shown frame, or merged. */
  cutHere() {
    this.watching.players.pause();
    this.boundaries.ask(this.current, this.watching.frame);
  }

  /** What becomes of a cut by a remedy, or by boundaries that are moved; "": neither. */
  #changed(cut) {
    return this.boundaries.isMoved(cut) ? "again" : this.remedies.outcome(cut);
  }

  /* Decisions */

  /** Take the last step back, or do it again, and show where it was. */
  travel(isBack) {
    this.boundaries.inTurn(() => this.#travel(isBack));
  }

  #travel(isBack) {
    const { some, left } = this.history.travel(isBack);
    this.#draw(some);
    if (some.length && !some.includes(this.current)) this.find(some[0]);
    if (!some.length && !left.length) return;
    announce(travelText(isBack, some, left), { isSeen: left.length > 0 });
    this.#drawDecision();
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

  /** Read the table again. */
  refresh() {
    if (!this.isServed || document.hidden) return;
    this.#refreshRows();
    this.boundaries.refresh();
  }

  #refreshRows() {
    return Promise.all([this.sync.refresh(), this.remedies.sync.refresh()]);
  }

  /** Whether something is not saved yet. */
  get isPending() {
    return this.sync.isPending || this.remedies.sync.isPending;
  }

  /** Save what is not saved. */
  async saveAll() {
    if (this.isServed) await Promise.all([this.sync.flush(), this.remedies.sync.flush()]);
  }

  /**
   * Some cuts are other ones since the film was made again. What is not saved yet is kept, but for
   * decisions on drafts that are gone.
   */
  renew(changes) {
    for (const { cut } of changes) {
      if (this.sync.isWaiting(cut)) this.book.set(cut, this.book.held(cut, this.book.of(cut)));
      else this.book.reset(cut);
    }
    this.remedies.renew();
    this.watching.renew();
    this.ribbon.renew();
    this.sync.renew();
    this.versions.read();
    this.#draw(cuts);
    if (!changes.some(({ cut }) => cut === this.current)) return;
    const { frame } = this.watching.players;
    this.#show(this.current);
    this.watching.players.seek(frame);
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
    this.boundaries.isServed = isServed;
    drawMode(isServed);
    drawStatus(this.sync.status, isServed);
  }

  #draw(some) {
    for (const cut of some) {
      this.list.drawDecision(cut, this.conflicts.has(cut), this.#changed(cut));
    }
    this.ribbon.draw(some);
    drawSteps(this.history, this.deciding.inSync.length);
    this.#drawDecision();
    this.remedies.draw();
    drawProgress(this.book);
  }

  #drawRow(cut) {
    this.list.drawDecision(cut, this.conflicts.has(cut), this.#changed(cut));
    this.ribbon.draw([cut]);
  }

  #drawDecision() {
    const cut = this.current;
    if (!cut) return;
    const isConflict = this.conflicts.has(cut);
    const { chosen } = this.several;
    this.versions.draw();
    drawPanel(cut, inCommon(chosen.map((one) => this.book.of(one))), {
      chosen,
      isServed: this.isServed,
      isChanged: this.book.isChanged(cut),
      isConflict,
      theirs: isConflict ? this.sync.theirs(cut) : null,
      refusal: this.sync.refusal(cut),
      isSaved: this.sync.isSaved(cut),
      next: this.boundaries.isMoved(cut) ? "moved" : this.remedies.outcome(cut),
      isCorrectedFirst: this.remedies.isCorrectedFirst(cut),
    });
  }
}
