// Requests to the review server.

/** A request that the server, or the way to it, refused. */
export class RequestError extends Error {
  /**
   * @param {string} message why
   * @param {number} status the HTTP status; 0: there was no answer
   * @param {object | null} conflict {now}: what the table says where somebody else decided
   */
  constructor(message, status = 0, conflict = null) {
    super(message);
    this.status = status;
    this.conflict = conflict;
  }
}

/**
 * Ask the server for the rows of a table on the film, or send one.
 *
 * @param {typeof fetch} fetchIt
 * @param {string} rows "decisions" or "edits"
 * @param {RequestInit} options
 * @throws {RequestError}
 */
export const ask = async (fetchIt, rows, options) => {
  let answer;
  try {
    answer = await fetchIt(rows, { cache: "no-store", ...options });
  } catch {
    throw new RequestError("the review server does not answer");
  }
  if (answer.ok) return answer.json();
  const text = (await answer.text()).trim();
  const { status } = answer;
  if (answer.headers.get("Content-Type") !== "application/json") {
    throw new RequestError(text || `status ${status}`, status);
  }
  const conflict = JSON.parse(text);
  throw new RequestError(conflict.why, status, conflict);
};

/** What a request holds at most, in characters of JSON: browsers send 64 KiB after a page is left. */
const MOST_TEXT = 16_000;

/** How many of some rows a request holds: one at least. */
export const fitting = (rows) => {
  let left = MOST_TEXT;
  const over = rows.findIndex((row) => {
    left -= JSON.stringify(row).length;
    return left < 0;
  });
  return over < 0 ? rows.length : Math.max(1, over);
};

/** Why a row is not saved; where somebody else decided, the answer says what (`now`). */
const refusalOf = (status, answer) =>
  new RequestError(answer.why, status, "now" in answer ? answer : null);

const sending = (token, values) => ({
  method: "POST",
  keepalive: true,
  headers: { "Content-Type": "application/json", "X-Mouthpiece-Token": token },
  body: JSON.stringify(values),
});

/** The run of the review server's project. */
export class RunServer {
  #fetch;
  #token = "";

  /** @param {typeof fetch} fetchIt */
  constructor(fetchIt) {
    this.#fetch = fetchIt;
  }

  /** How far the run is, and which making of the film there is: {run, command, may_apply, revision}. */
  async read() {
    const { token, ...view } = await ask(this.#fetch, "run", {});
    this.#token = token;
    return view;
  }

  /** Start the run, or cancel it: `act` is "start" or "cancel". */
  async act(act) {
    const { token, ...view } = await ask(this.#fetch, "run", sending(this.#token, { act }));
    return view;
  }
}

/** The review server that serves the page. */
export class Server {
  #fetch;
  #rows;
  #token = "";

  /**
   * @param {typeof fetch} fetchIt
   * @param {string} rows "decisions", "edits", "overrides" or "cuts"
   */
  constructor(fetchIt, rows) {
    this.#fetch = fetchIt;
    this.#rows = rows;
  }

  /** What the table says now: {table, rows}, rows by cut or line. */
  async read() {
    const { token, table, [this.#rows]: rows } = await ask(this.#fetch, this.#rows, {});
    this.#token = token;
    return { table, rows };
  }

  /** What the table of cuts says now: {table, is_made, cuts, revision}. */
  async cuts() {
    const { token, ...state } = await ask(this.#fetch, this.#rows, {});
    this.#token = token;
    return state;
  }

  /** Split or merge cuts, say what that would do (`is_plan`), or take it back ("undo"). */
  changeCuts(change) {
    return this.#send({ revision: "", frame: "", is_plan: "", step: "", ...change });
  }

  /**
   * Save rows in one go.
   *
   * @param {object[]} rows
   * @returns {Promise<{saved?: object | null, error?: RequestError}[]>} of each the row as the table
   *   has it, null where it has none; or why it is not saved
   * @throws {RequestError} none is saved
   */
  async save(rows) {
    const answers = await this.#send(rows);
    return answers.map(({ status, saved, ...refusal }) =>
      status === 200 ? { saved } : { error: refusalOf(status, refusal) },
    );
  }

  #send(values) {
    return ask(this.#fetch, this.#rows, sending(this.#token, values));
  }
}
