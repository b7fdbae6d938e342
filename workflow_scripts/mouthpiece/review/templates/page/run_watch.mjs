// Watches the project's run, and whether the film of the page was made again.

/** How often the server is asked while nothing happens, and while a run works. */
export const IDLE_MS = 3000;
export const BUSY_MS = 1000;

/** The states of a run that is at work. */
const BUSY = ["working", "stopping", "elsewhere"];

export const isBusy = (run) => BUSY.includes(run.state);

export class RunWatch {
  #server;
  #events;
  #shown;
  #later;
  #timer = 0;
  #isAsking = false;
  #isStopped = false;
  /** How often the run was started or cancelled. */
  #acts = 0;

  /**
   * @param {object} server
   * @param {() => Promise<object>} server.read
   * @param {(act: string) => Promise<object>} server.act
   * @param {string} revision which making of the film the page shows
   * @param {object} events
   * @param {(view: object) => void} events.onView what the server says of the run
   * @param {(revision: string) => Promise<boolean>} events.onMade the film was made again; whether
   *   the page shows it now
   * @param {(ms: number, act: () => void) => number} later
   */
  constructor(server, revision, events, later = (ms, act) => setTimeout(act, ms)) {
    this.#server = server;
    this.#shown = revision;
    this.#events = events;
    this.#later = later;
  }

  /** Ask now, and again and again. */
  async look() {
    if (this.#isAsking || this.#isStopped) return;
    this.#isAsking = true;
    clearTimeout(this.#timer);
    let wait = IDLE_MS;
    try {
      const acts = this.#acts;
      const view = await this.#server.read();
      // An answer from before an act says nothing of what came of it.
      if (acts !== this.#acts || (await this.#take(view))) wait = BUSY_MS;
    } catch (error) {
      // Another server has no runs; one that does not answer may come back.
      this.#isStopped = error.status === 404;
    }
    this.#isAsking = false;
    if (!this.#isStopped) this.#timer = this.#later(wait, () => this.look());
  }

  /** Do not ask until `look` is called: nobody looks at the page. */
  rest() {
    clearTimeout(this.#timer);
  }

  /** Start the run, or cancel it; throws what the server says against it. */
  async act(what) {
    const view = await this.#server.act(what);
    this.#acts += 1;
    await this.#take(view);
    this.look();
  }

  /** Take notice of an answer; returns whether more is to be expected soon. */
  async #take(view) {
    this.#events.onView(view);
    const { revision } = view;
    if (revision && revision !== this.#shown && (await this.#events.onMade(revision))) {
      this.#shown = revision;
    }
    return isBusy(view.run) || revision !== this.#shown;
  }
}
