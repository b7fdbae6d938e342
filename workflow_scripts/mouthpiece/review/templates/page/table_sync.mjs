// Decisions and edits saved to the project's tables by the review server.

import { fitting } from "./server.mjs";

const RETRY_MS = 3000;

/** The most rows of a request. */
const MOST_ROWS = 100;

/** How far saving is, where nothing failed; nothing is called saved before something is. */
const progress = ({ table, hasSaved, isSaving, unsaved }) => {
  if (!table) return unsaved.size ? "Saving…" : "Reading the table…";
  if (unsaved.size || (isSaving && hasSaved)) return "Saving…";
  return hasSaved ? `Saved to ${table}` : `Changes are saved to ${table} at once`;
};

/** What the footer says of saving. */
export const savingStatus = ({ table, hasSaved, lost, isSaving, unsaved, refused, conflicts }) => {
  const isFailed = Boolean(lost || (!isSaving && (refused.size || conflicts.size)));
  const why = refused.size
    ? `${[...refused.keys()].join(", ")}: ${refused.values().next().value}`
    : conflicts.size
      ? `${[...conflicts.keys()].join(", ")}: somebody else decided there meanwhile`
      : lost;
  const missed = unsaved.size || refused.size || conflicts.size ? "Not saved" : "Not connected";
  return {
    text: isFailed ? `${missed}. ${why}` : progress({ table, hasSaved, isSaving, unsaved }),
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
  #items;
  #byId;
  #book;
  #server;
  #events;
  #timer = 0;
  /** Items with a change that is not sent yet. */
  #unsaved = new Set();
  /** Item -> why the server refused its change. */
  #refused = new Map();
  /** Item -> the revision of its row that this page has seen. */
  #revisions = new Map();
  /** Item -> the row of the table that somebody else wrote unseen by this page. */
  #conflicts = new Map();
  #table = "";
  #isConnected = false;
  /** Whether this page has saved something. */
  #hasSaved = false;
  #isSaving = false;
  /** Whether `flush` was called since the saving that goes on last looked. */
  #isAsked = false;
  /** The saving that goes on: a promise. */
  #flushing = null;
  /** Why the server cannot be reached; "": it can. */
  #lost = "";
  /** Whether the table may have changed since it was read. */
  #isStale = true;
  /** Whether the film was made again: what the table says holds for other drafts now. */
  #isRenewed = false;
  /** Whether Snakemake is making the film at the moment: unsaved changes wait. */
  #isAway = false;

  /**
   * @param {object[]} items cuts or lines
   * @param {import("./book.mjs").Book} book
   * @param {import("./server.mjs").Server} server
   * @param {object} events
   * @param {(some: object[]) => void} events.onRead the table was read for the first time, or
   *   for a film that was made again
   * @param {(some: object[]) => void} events.onNews others changed what is wanted of these
   * @param {(item: object) => void} events.onConflict somebody else decided on an item
   * @param {(item: object) => void} events.onSaved a conflict is settled
   * @param {() => void} events.onOtherServer the page is served, but not by the review server
   * @param {() => void} events.onStatus the status changed
   */
  constructor(items, book, server, events) {
    this.#items = items;
    this.#byId = new Map(items.map((item) => [item[book.key], item]));
    this.#book = book;
    this.#server = server;
    this.#events = events;
  }

  get status() {
    return savingStatus({
      table: this.#table,
      hasSaved: this.#hasSaved,
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

  isInConflict(item) {
    return this.#conflicts.has(this.#id(item));
  }

  /** The items in conflict. */
  get inConflict() {
    return [...this.#conflicts.keys()].map((id) => this.#byId.get(id));
  }

  /** What somebody else decided on an item in conflict, as far as it holds for it. */
  theirs(item) {
    return this.#book.ofTable(item, this.#conflicts.get(this.#id(item)));
  }

  /** Why the change on an item was refused; undefined: it was not. */
  refusal(item) {
    return this.#refused.get(this.#id(item));
  }

  /** Whether the table has the decision on an item. */
  isSaved(item) {
    return this.#isConnected && !this.#unsaved.has(this.#id(item)) && !this.#isSaving;
  }

  /** Save what is wanted of some items after a while, in milliseconds. */
  save(items, wait) {
    for (const item of items) {
      this.#refused.delete(this.#id(item));
      this.#unsaved.add(this.#id(item));
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), wait);
    this.#events.onStatus();
  }

  /** Read the table again, and save what is not saved. */
  refresh() {
    this.#isStale = true;
    return this.flush();
  }

  /** Read the table again for a film that was made again; what was refused may hold for it. */
  renew() {
    this.#isRenewed = this.#isStale = true;
    return this.retry();
  }

  /** Whether a change on an item is not saved yet. */
  isWaiting(item) {
    const waiting = [this.#unsaved, this.#refused, this.#conflicts];
    return waiting.some((some) => some.has(this.#id(item)));
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

  /** Save what is not saved; done when that is, whether it had begun before or not. */
  flush() {
    clearTimeout(this.#timer);
    this.#isAsked = true;
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  async #flush() {
    this.#isSaving = true;
    this.#events.onStatus();
    while (this.#isAsked) {
      this.#isAsked = false;
      if (this.#isStale) await this.#read();
      await this.#sendAll();
    }
    this.#isSaving = false;
    if (this.#isAway) this.#timer = setTimeout(() => this.flush(), RETRY_MS);
    this.#events.onStatus();
  }

  async #sendAll() {
    while (this.#isConnected && !this.#isAway && this.#unsaved.size) {
      const rows = [...this.#unsaved].slice(0, MOST_ROWS).map((id) => this.#row(id));
      await this.#send(rows.slice(0, fitting(rows)));
    }
  }

  /** Settle the conflict on an item: keep this reviewer's decision, or take the other one. */
  settle(item, isMine) {
    const row = this.#conflicts.get(this.#id(item));
    if (!this.#conflicts.delete(this.#id(item))) return;
    if (isMine) {
      this.#revisions.set(this.#id(item), row?.revision ?? "");
      this.save([item], 0);
    } else {
      this.#unsaved.delete(this.#id(item));
      this.#adopt(item, row);
    }
  }

  #id(item) {
    return item[this.#book.key];
  }

  #adopt(item, row) {
    this.#revisions.set(this.#id(item), row?.revision ?? "");
    this.#book.set(item, this.#book.ofTable(item, row));
  }

  async #read() {
    const isRenewed = this.#isRenewed;
    // What is asked for while this is read is read after it.
    this.#isStale = this.#isRenewed = false;
    try {
      const { table, rows } = await this.#server.read();
      const isFirst = !this.#isConnected;
      this.#table = table;
      this.#isConnected = true;
      this.#lost = "";
      this.#isAway = false;
      const news = this.#items.filter((item) =>
        this.#merge(item, rows[this.#id(item)], isFirst, isRenewed),
      );
      if (isFirst || isRenewed) this.#events.onRead(this.#items);
      else if (news.length) this.#events.onNews(news);
    } catch (error) {
      // Only the first answer tells another server from ours.
      this.#isRenewed ||= isRenewed;
      if (error.status === 404 && !this.#isConnected && !this.#lost) this.#events.onOtherServer();
      else this.#lose(error);
    }
  }

  /** Take over what the table says of an item; returns whether that is new. */
  #merge(item, row, isFirst, isRenewed) {
    const revision = row?.revision ?? "";
    if (this.isWaiting(item)) {
      // Decided before the table was read: no conflict if it says what the page showed.
      if (isFirst && this.#book.isSame(this.#book.ofTable(item, row), this.#book.ofRun(item)))
        this.#revisions.set(this.#id(item), revision);
      return false;
    }
    if (!isFirst && !isRenewed && this.#revisions.get(this.#id(item)) === revision) return false;
    this.#adopt(item, row);
    return true;
  }

  /** What is sent of an item. */
  #row(id) {
    const revision = this.#revisions.get(id) ?? "";
    return { [this.#book.key]: id, revision, ...this.#book.sent(this.#byId.get(id)) };
  }

  async #send(rows) {
    const items = rows.map((row) => this.#byId.get(row[this.#book.key]));
    for (const item of items) this.#unsaved.delete(this.#id(item));
    try {
      const answers = await this.#server.save(rows);
      items.forEach((item, index) => {
        this.#take(item, answers[index]);
      });
    } catch (error) {
      for (const item of items) this.#take(item, { error });
    }
  }

  /** Take in what the server answers to a change on an item. */
  #take(item, { saved, error }) {
    const id = this.#id(item);
    if (!error) {
      this.#hasSaved = true;
      this.#revisions.set(id, saved?.revision ?? "");
      this.#refused.delete(id);
      if (this.#conflicts.delete(id)) this.#events.onSaved(item);
    } else if (error.conflict) {
      this.#conflicts.set(id, error.conflict.now);
      this.#events.onConflict(item);
    } else if (error.status === 503) {
      this.#unsaved.add(id);
      this.#lose(error);
    } else this.#refused.set(id, error.message);
  }

  #lose({ status, message }) {
    this.#lost = message;
    this.#isStale = true;
    this.#isAway = status === 503;
  }
}
