// A reviewer's session with the lines: which one is chosen, and what is wanted of it.

import { stampOf } from "./decisions.mjs";
import { announce, byId } from "./dom.mjs";
import { page } from "./page_data.mjs";
import { drawStatus } from "./save_status.mjs";
import { script } from "./script_data.mjs";
import { EditBook, loadEdits, saveEdits, shifted, targetOf } from "./script_edits.mjs";
import { isToReview } from "./script_list.mjs";
import { drawEdit, drawLine } from "./script_panel.mjs";
import { ScriptPlayer } from "./script_player.mjs";
import { LineList } from "./script_rows.mjs";
import { describeEdit, lineConflictText, linesProgress, listedEdit } from "./script_wording.mjs";
import { Server } from "./server.mjs";
import { StoredRows } from "./stored_rows.mjs";
import { TableSync } from "./table_sync.mjs";
import { askName, nameOf } from "./who.mjs";
import { shiftText } from "./wording.mjs";

const { lines } = script;

const toReview = lines.filter(isToReview);

/** How long after the last letter a text is saved. */
const TYPED_MS = 600;

/** As in responsive.css: on a small screen the chosen line lies under the list. */
const isStacked = matchMedia("(max-width: 1000px), (max-height: 520px)");

const reveal = () => {
  if (isStacked.matches) byId("line-viewer").scrollIntoView();
};

export class ScriptSession {
  book = new EditBook();
  stored = new StoredRows(() => localStorage, "edits", page.film);
  current = null;
  isServed = location.protocol === "http:" && location.hostname === "127.0.0.1";

  constructor() {
    loadEdits(this.stored, this.book, lines);
    this.player = new ScriptPlayer();
    const server = new Server((...request) => fetch(...request), "edits");
    this.sync = new TableSync(lines, this.book, server, {
      onRead: (some) => this.#draw(some),
      onNews: (some) => {
        for (const line of some) this.book.forgetPast(line);
        this.#draw(some);
        announce(`Changed elsewhere meanwhile: ${some.map((line) => line.start).join(", ")}`);
      },
      onConflict: (line) => {
        this.#draw([line]);
        announce(`Line at ${line.start}: ${this.#conflictOn(line)}`);
      },
      onSaved: (line) => this.list.draw(line),
      onOtherServer: () => this.#setServed(false),
      onStatus: () => {
        drawStatus(this.sync.status, this.isServed, "line-");
        this.#drawEdit();
      },
    });
    this.list = new LineList(this.book, (line) => this.sync.isInConflict(line), {
      onPick: (line) => this.go(line),
      onTurn: (line) => this.select(line),
      onEmpty: () => this.player.pause(),
    });
  }

  /** Show the first line, and what the table says. */
  start() {
    this.#drawProgress();
    if (lines.length) this.select(this.list.first);
    this.#setServed(this.isServed);
    if (this.isServed) this.sync.flush();
  }

  /* The chosen line */

  /** Choose a line. */
  select(line) {
    this.book.endTyping();
    this.current = line;
    this.list.choose(line);
    drawLine(line, this.list.placeOf(line));
    this.#drawEdit();
    this.player.show(line);
    if (byId("script").hidden) return;
    const { verdicts } = script;
    const state = listedEdit(this.book.of(line), this.sync.isInConflict(line));
    const doubts = [line.severity, ...line.sentences, state].filter(Boolean).join(" ");
    announce(`${line.speaker}: ${line.source} ${verdicts[line.verdict][0]}. ${doubts}`);
  }

  /** Choose a line as a person does: its row gets the focus, and a small screen scrolls to it. */
  go(line) {
    this.select(line);
    this.list.focus();
    reveal();
  }

  /** Choose a line wherever it is, in the list or left out of it. */
  find(line) {
    if (!this.list.has(line)) this.list.showAll();
    this.select(line);
    reveal();
  }

  /** Choose the line so many steps on in the list. */
  move(step) {
    const line = this.list.at(step);
    if (line && line !== this.current) this.go(line);
  }

  /** Leave a field for the list, where letters act as keys. */
  leaveField() {
    if (this.list.has(this.current)) this.list.focus();
    else document.activeElement.blur();
  }

  /* Edits */

  /** Change what is wanted of the chosen line. */
  change(change, isTyped = false) {
    const line = this.current;
    const stamp = { reviewer: nameOf(), time: stampOf(new Date()) };
    this.book.change(line, { ...change, ...stamp }, isTyped);
    this.#keep(line, isTyped ? TYPED_MS : 0);
    if (!isTyped) askName();
  }

  type(text) {
    this.change({ target: targetOf(this.current, text) }, true);
  }

  nudge(frames) {
    const change = shifted(this.book.of(this.current), frames);
    this.change(change);
    announce(`Begins ${shiftText(Number(change.shift_frames))}`);
  }

  /** A field of text was left: what it says is saved. */
  leaveText() {
    this.book.endTyping();
    if (this.sync.hasUnsaved) this.sync.flush();
  }

  /** Approve the line, or not any more. */
  approve(isApproved = !this.book.isApproved(this.current)) {
    const line = this.current;
    this.change({ status: isApproved ? "approved" : "" });
    const news = `${line.start}: ${isApproved ? "approved" : "no longer approved"}`;
    const next = isApproved && byId("line-onward").checked && this.list.next;
    if (next) this.go(next);
    else announce(news);
  }

  /** Take the last change back, or do it again, and show its line. */
  travel(isBack) {
    const line = isBack ? this.book.undo() : this.book.redo();
    if (!line) return;
    if (line !== this.current) this.find(line);
    this.#keep(line, 0);
    const done = isBack ? "taken back" : "done again";
    announce(`${line.start}: ${done}. Now: ${describeEdit(this.book.of(line))}`);
  }

  /** Use the edit that was made on another source text. */
  useStale() {
    const { source, ...edit } = this.current.stale ?? {};
    if (source) this.change(edit);
  }

  /** Discard what is edited on this page and not handed out. */
  discard() {
    this.book.clear();
    saveEdits(this.stored, this.book, lines);
    this.#draw(lines);
  }

  /** Take over what another tab of this browser stored. */
  reload() {
    loadEdits(this.stored, this.book, lines);
    this.#draw(lines);
  }

  #keep(line, wait) {
    if (this.isServed) this.sync.save([line], wait);
    else saveEdits(this.stored, this.book, [line]);
    this.#draw([line]);
  }

  /* The review server */

  /** Settle the conflict on the chosen line. */
  settle(isMine) {
    const line = this.current;
    if (!line || !this.sync.isInConflict(line)) return;
    this.sync.settle(line, isMine);
    this.book.forgetPast(line);
    announce(`${isMine ? "Yours" : "Theirs"} stands: ${describeEdit(this.book.of(line))}`);
    this.#draw([line]);
    drawStatus(this.sync.status, this.isServed, "line-");
  }

  /** Choose the next line that is in conflict. */
  showConflict() {
    const found = this.sync.inConflict;
    if (found.length) this.find(found[(found.indexOf(this.current) + 1) % found.length]);
  }

  /** Read the table again. */
  refresh() {
    if (this.isServed && !document.hidden) this.sync.refresh();
  }

  #setServed(isServed) {
    this.isServed = isServed;
    if (!isServed) {
      this.sync.stop();
      const changed = lines.filter((line) => this.book.isChanged(line));
      saveEdits(this.stored, this.book, changed);
    }
    byId("line-forget").hidden = isServed;
    drawStatus(this.sync.status, isServed, "line-");
  }

  #conflictOn(line) {
    return lineConflictText(this.book.of(line), this.sync.theirs(line));
  }

  #draw(some) {
    for (const line of some) this.list.draw(line);
    this.#drawEdit();
    this.#drawProgress();
  }

  #drawProgress() {
    const done = toReview.filter((line) => this.book.isApproved(line)).length;
    const again = lines.filter((line) => this.book.isSpokenAgain(line)).length;
    byId("line-progress").max = Math.max(1, toReview.length);
    byId("line-progress").value = toReview.length ? done : 1;
    byId("line-progress-text").textContent = linesProgress(done, toReview.length, again);
    byId("line-forget").disabled = !this.book.size;
  }

  #drawEdit() {
    const line = this.current;
    if (!line) return;
    const isConflict = this.sync.isInConflict(line);
    drawEdit(line, this.book.of(line), {
      isServed: this.isServed,
      isChanged: this.book.isChanged(line),
      isSpokenAgain: this.book.isSpokenAgain(line),
      isConflict,
      theirs: isConflict ? this.sync.theirs(line) : null,
      refusal: this.sync.refusal(line),
      isSaved: this.sync.isSaved(line),
      canUndo: this.book.canUndo,
      canRedo: this.book.canRedo,
    });
  }
}
