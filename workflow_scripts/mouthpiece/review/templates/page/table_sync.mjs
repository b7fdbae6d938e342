// Decisions saved to the project's table by the review server, one request a change.

import { isSame, ofRun, ofTable } from "./decisions.mjs";

const RETRY_MS = 3000;

/** What the footer says of saving. */
export const savingStatus = ({ table, lost, isSaving, unsaved, refused, conflicts }) => {
  const isFailed = Boolean(lost || (!isSaving && (refused.size || conflicts.size)));
  const why = refused.size
    ? `${[...refused.keys()].join(", ")}: ${refused.values().next().value}`
    : conflicts.size
      ? `${[...conflicts.keys()].join(", ")}: somebody else decided there meanwhile`
      : lost;
  const missed = unsaved.size || refused.size || conflicts.size ? "Not saved" : "Not connected";
  const saved = isSaving || unsaved.size ? "Saving…" : `Saved to ${table || "the table"}`;
  return {
    text: isFailed ? `${missed}. ${why}` : saved,
    isFailed,
    canRetry: !isSaving && Boolean(lost || refused.size),
    hasConflicts: conflicts.size > 0,
  };
};

/**
 * Keeps the table and the page's book alike. Nothing is lost: what cannot be saved is kept and
 * named until it is, and where somebody else decided meanwhile, the reviewer chooses.
 */
export class TableSync {
  #cuts;
  #byId;
  #book;
  #server;
  #events;
  #timer = 0;
  /** Cuts with a change that is not sent yet. */
  #unsaved = new Set();
  /** Cut -> why the server refused its change. */
  #refused = new Map();
  /** Cut -> the revision of its row that this page has seen. */
  #revisions = new Map();
  /** Cut -> the row of the table that somebody else wrote unseen by this page. */
  #conflicts = new Map();
  #table = "";
  #isConnected = false;
  #isSaving = false;
  /** Why the server cannot be reached; "": it can. */
  #lost = "";
  /** Whether the table may have changed since it was read. */
  #isStale = true;
  /** Whether Snakemake is making the film at the moment: unsaved changes wait. */
  #isAway = false;

  /**
   * @param {object[]} cuts
   * @param {import("./decisions.mjs").DecisionBook} book
   * @param {import("./server.mjs").Server} server
   * @param {object} events
   * @param {(cuts: object[]) => void} events.onRead the table was read for the first time
   * @param {(cuts: object[]) => void} events.onNews others changed the decisions on these cuts
   * @param {(cut: object) => void} events.onConflict somebody else decided on a cut
   * @param {(cut: object) => void} events.onSaved a conflict is settled
   * @param {() => void} events.onOtherServer the page is served, but not by the review server
   * @param {() => void} events.onStatus the status changed
   */
  constructor(cuts, book, server, events) {
    this.#cuts = cuts;
    this.#byId = new Map(cuts.map((cut) => [cut.cut, cut]));
    this.#book = book;
    this.#server = server;
    this.#events = events;
  }

  get status() {
    return savingStatus({
      table: this.#table,
      lost: this.#lost,
      isSaving: this.#isSaving,
      unsaved: this.#unsaved,
      refused: this.#refused,
      conflicts: this.#conflicts,
    });
  }

  /** Whether something is not saved yet. */
  get isPending() {
    return Boolean(
      this.#unsaved.size || this.#refused.size || this.#conflicts.size || this.#isSaving,
    );
  }

  get hasUnsaved() {
    return this.#unsaved.size > 0;
  }

  isInConflict(cut) {
    return this.#conflicts.has(cut.cut);
  }

  /** The cuts in conflict. */
  get inConflict() {
    return [...this.#conflicts.keys()].map((id) => this.#byId.get(id));
  }

  /** What somebody else decided on a cut in conflict, as far as it holds for it. */
  theirs(cut) {
    return ofTable(cut, this.#conflicts.get(cut.cut));
  }

  /** Why the change on a cut was refused; undefined: it was not. */
  refusal(cut) {
    return this.#refused.get(cut.cut);
  }

  /** Whether the table has the decision on a cut. */
  isSaved(cut) {
    return this.#isConnected && !this.#unsaved.has(cut.cut) && !this.#isSaving;
  }

  /** Save the decision on a cut after a while, in milliseconds. */
  save(cut, wait) {
    this.#refused.delete(cut.cut);
    this.#unsaved.add(cut.cut);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), wait);
    this.#events.onStatus();
  }

  /** Read the table again, and save what is not saved. */
  refresh() {
    this.#isStale = true;
    return this.flush();
  }

  /** Try once more to save what was refused. */
  retry() {
    for (const id of this.#refused.keys()) this.#unsaved.add(id);
    this.#refused.clear();
    return this.flush();
  }

  /** Drop what is not saved: it is kept elsewhere. */
  stop() {
    this.#unsaved.clear();
  }

  /** Save what is not saved. */
  async flush() {
    clearTimeout(this.#timer);
    if (this.#isSaving) return;
    this.#isSaving = true;
    this.#events.onStatus();
    if (this.#isStale) await this.#read();
    while (this.#isConnected && !this.#isAway && this.#unsaved.size) {
      const [id] = this.#unsaved;
      this.#unsaved.delete(id);
      await this.#send(this.#byId.get(id));
    }
    this.#isSaving = false;
    if (this.#isAway) this.#timer = setTimeout(() => this.flush(), RETRY_MS);
    this.#events.onStatus();
  }

  /** Settle the conflict on a cut: keep this reviewer's decision, or take the other one. */
  settle(cut, isMine) {
    const row = this.#conflicts.get(cut.cut);
    if (!this.#conflicts.delete(cut.cut)) return;
    if (isMine) {
      this.#revisions.set(cut.cut, row?.revision ?? "");
      this.save(cut, 0);
    } else {
      this.#unsaved.delete(cut.cut);
      this.#adopt(cut, row);
    }
  }

  #adopt(cut, row) {
    this.#revisions.set(cut.cut, row?.revision ?? "");
    this.#book.set(cut, ofTable(cut, row));
  }

  async #read() {
    try {
      const { table, decisions } = await this.#server.read();
      const isFirst = !this.#isConnected;
      this.#table = table;
      this.#isConnected = true;
      this.#lost = "";
      this.#isStale = this.#isAway = false;
      const news = this.#cuts.filter((cut) => this.#merge(cut, decisions[cut.cut], isFirst));
      if (isFirst) this.#events.onRead(this.#cuts);
      else if (news.length) this.#events.onNews(news);
    } catch (error) {
      // Only the first answer tells another server from ours.
      if (error.status === 404 && !this.#isConnected && !this.#lost) this.#events.onOtherServer();
      else this.#lose(error);
    }
  }

  /** Take over what the table says of a cut; returns whether that is new. */
  #merge(cut, row, isFirst) {
    const revision = row?.revision ?? "";
    const isPending = [this.#unsaved, this.#refused, this.#conflicts].some((some) =>
      some.has(cut.cut),
    );
    if (isPending) {
      // Decided before the table was read: no conflict if it says what the page showed.
      if (isFirst && isSame(ofTable(cut, row), ofRun(cut))) this.#revisions.set(cut.cut, revision);
      return false;
    }
    if (!isFirst && this.#revisions.get(cut.cut) === revision) return false;
    this.#adopt(cut, row);
    return true;
  }

  async #send(cut) {
    const { decision, preset, tier, note } = this.#book.of(cut);
    const revision = this.#revisions.get(cut.cut) ?? "";
    const values = { cut: cut.cut, revision, draft: cut.draft, decision, preset, tier, note };
    try {
      const saved = await this.#server.save(values);
      this.#revisions.set(cut.cut, saved?.revision ?? "");
      this.#refused.delete(cut.cut);
      if (this.#conflicts.delete(cut.cut)) this.#events.onSaved(cut);
    } catch (error) {
      if (error.conflict) {
        this.#conflicts.set(cut.cut, error.conflict.now);
        this.#events.onConflict(cut);
      } else if (error.status === 503) {
        this.#unsaved.add(cut.cut);
        this.#lose(error);
      } else this.#refused.set(cut.cut, error.message);
    }
  }

  #lose({ status, message }) {
    this.#lost = message;
    this.#isStale = true;
    this.#isAway = status === 503;
  }
}
