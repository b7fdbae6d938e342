// The run that obeys what was decided: asked for in a dialog, and followed under the header.

import { announce, byId, setText } from "./dom.mjs";
import { page } from "./page_data.mjs";
import { loadAgain, newsBefore, Renewal } from "./renewal.mjs";
import { isBusy, RunWatch } from "./run_watch.mjs";
import { runText, shareOf, wantedText } from "./run_words.mjs";
import { RunServer } from "./server.mjs";

const COPIED_SHOWN_MS = 1500;

/** What the script of the film's lines, which runs beside this one, has new and still saves. */
const askScript = () => {
  const detail = { edits: 0, saving: [] };
  document.dispatchEvent(new CustomEvent("applying", { detail }));
  return detail;
};

/** Whether nothing on the page is unsaved. */
const mayLeave = () => document.dispatchEvent(new CustomEvent("leaving", { cancelable: true }));

export class Apply {
  #session;
  #watch;
  #run = { state: "none" };
  #news = "";
  #first;

  /**
   * @param {import("./session.mjs").Session} session
   * @param {import("./film_tab.mjs").FilmTab | undefined} film
   */
  constructor(session, film) {
    this.#session = session;
    const renewal = new Renewal(session, film, (...news) => this.#tell(...news));
    const server = new RunServer((...request) => fetch(...request));
    this.#watch = new RunWatch(server, document.documentElement.dataset.revision, {
      onView: (view) => this.#show(view),
      onMade: (revision) => renewal.renew(revision),
    });
    this.#wire();
  }

  /** Watch the run, where the review server serves the page. */
  start() {
    if (!this.#session.isServed) return;
    const news = newsBefore();
    if (news) this.#tell(news);
    this.#follow();
  }

  /** Ask what is to become of what was decided. */
  open() {
    if (byId("apply").hidden) return;
    const { book, remedies, boundaries } = this.#session;
    const wanted = {
      decisions: book.size,
      remedies: remedies.book.size,
      cuts: boundaries.moved(page.cuts).length,
      edits: askScript().edits,
    };
    setText(byId("apply-what"), wantedText(wanted));
    this.#refuse("");
    byId("applying").showModal();
    byId(byId("apply-start").hidden ? "apply-copy" : "apply-start").focus();
  }

  #wire() {
    for (const button of document.querySelectorAll("[data-apply]")) {
      button.addEventListener("click", () => this.open());
    }
    byId("apply-start").addEventListener("click", () => this.#start());
    byId("run-cancel").addEventListener("click", () => this.#cancel());
    byId("run-close").addEventListener("click", () => {
      this.#news = "";
      this.#run = { state: "none" };
      this.#draw();
    });
    byId("run-show").addEventListener("click", () => {
      if (this.#first) this.#session.find(this.#first);
    });
    byId("run-reload").addEventListener("click", () => loadAgain(this.#news));
    byId("apply-copy").addEventListener("click", () => this.#copy());
    document.addEventListener("visibilitychange", () => this.#follow());
    addEventListener("focus", () => this.#follow());
    document.addEventListener("leaving", (event) => {
      if (this.#session.isPending) event.preventDefault();
    });
  }

  #follow() {
    if (!this.#session.isServed) return;
    if (document.hidden) this.#watch.rest();
    else this.#watch.look();
  }

  async #start() {
    await Promise.all([this.#session.saveAll(), ...askScript().saving]);
    if (!mayLeave()) {
      this.#refuse("Something on this page is not saved yet; the run would not obey it.");
      return;
    }
    try {
      this.#news = "";
      await this.#watch.act("start");
      byId("applying").close();
      announce("The run has started; go on reviewing");
    } catch (error) {
      this.#refuse(error.message);
    }
  }

  async #cancel() {
    try {
      await this.#watch.act("cancel");
      announce("The run is asked to stop");
    } catch (error) {
      announce(error.message);
    }
  }

  async #copy() {
    const command = byId("apply-command");
    try {
      await navigator.clipboard.writeText(command.value);
    } catch {
      command.select();
      document.execCommand("copy");
    }
    setText(byId("apply-copy"), "Copied");
    setTimeout(() => setText(byId("apply-copy"), "Copy"), COPIED_SHOWN_MS);
  }

  #refuse(why) {
    setText(byId("apply-problem"), why);
    byId("apply-problem").hidden = !why;
  }

  #tell(news, first, mustReload = false) {
    this.#news = news;
    this.#first = first;
    byId("run-reload").hidden = !mustReload;
    this.#draw();
    announce(news);
  }

  #show({ run, command, may_apply: mayApply }) {
    const wasBusy = isBusy(this.#run);
    const isOver = wasBusy && !isBusy(run);
    // How a run ended before this page was opened is no news.
    if (isBusy(run) || isOver) this.#run = run;
    for (const button of document.querySelectorAll("[data-apply]")) button.hidden = !command;
    byId("apply-command").value = command;
    byId("apply-off").hidden = mayApply;
    byId("apply-on").hidden = byId("apply-start").hidden = !mayApply;
    byId("apply-start").disabled = isBusy(run);
    this.#draw();
    if (isOver && run.state !== "none") announce(runText(run));
  }

  #draw() {
    const run = this.#run;
    const isWorking = isBusy(run);
    const text = [runText(run), isWorking ? "" : this.#news].filter(Boolean).join(" ");
    setText(byId("run-text"), text);
    byId("run").hidden = !text;
    byId("run").classList.toggle("failed", run.state === "failed");
    const progress = byId("run-progress");
    progress.hidden = !isWorking;
    const share = shareOf(run);
    if (share === null) progress.removeAttribute("value");
    else progress.value = share;
    byId("run-cancel").hidden = run.state !== "working" && run.state !== "stopping";
    setText(byId("run-cancel"), run.state === "stopping" ? "Stop at once" : "Cancel");
    byId("run-show").hidden = isWorking || !this.#news || !this.#first;
    byId("run-close").hidden = isWorking;
  }
}
