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

/** The status of a request without the server's token, among others. */
const FORBIDDEN = 403;

/** Why a row is not saved; where somebody else decided, the answer says what (`now`). */
const refusalOf = (status, answer) =>
  new RequestError(answer.why, status, "now" in answer ? answer : null);

const sending = (token, values) => ({
  method: "POST",
  keepalive: true,
  headers: { "Content-Type": "application/json", "X-Mouthpiece-Token": token },
  body: JSON.stringify(values),
});

/** What the server has under one name, and the write token that goes with each change of it. */
class Resource {
  #fetch;
  #name;
  #token = "";

  constructor(fetchIt, name) {
    this.#fetch = fetchIt;
    this.#name = name;
  }

  async read() {
    const { token, ...told } = await ask(this.#fetch, this.#name, {});
    this.#token = token;
    return told;
  }

  /** Send values; where the server was started again meanwhile, with the token that it has now. */
  async send(values) {
    const token = this.#token;
    try {
      return await this.#sendWith(token, values);
    } catch (error) {
      if (error.status !== FORBIDDEN) throw error;
      await this.read();
      if (this.#token === token) throw error;
      return this.#sendWith(this.#token, values);
    }
  }

  #sendWith(token, values) {
    return ask(this.#fetch, this.#name, sending(token, values));
  }
}

/** The run of the review server's project. */
export class RunServer {
  #run;

  /** @param {typeof fetch} fetchIt */
  constructor(fetchIt) {
    this.#run = new Resource(fetchIt, "run");
  }

  /** How far the run is, and which making of the film there is: {run, command, may_apply, revision}. */
  read() {
    return this.#run.read();
  }

  /** Start the run, or cancel it: `act` is "start" or "cancel". */
  async act(act) {
    const { token, ...view } = await this.#run.send({ act });
    return view;
  }
}

/** The review server that serves the page. */
export class Server {
  #rows;
  #table;

  /**
   * @param {typeof fetch} fetchIt
   * @param {string} rows "decisions", "edits", "overrides" or "cuts"
   */
  constructor(fetchIt, rows) {
    this.#rows = rows;
    this.#table = new Resource(fetchIt, rows);
  }

  /** What the table says now: {table, rows}, rows by cut or line. */
  async read() {
    const { table, [this.#rows]: rows } = await this.#table.read();
    return { table, rows };
  }

  /** What the table of cuts says now: {table, is_made, cuts, revision}. */
  cuts() {
    return this.#table.read();
  }

  /** Split or merge cuts, say what that would do (`is_plan`), or take it back ("undo"). */
  changeCuts(change) {
    return this.#table.send({
      revision: "",
      frame: "",
      is_plan: "",
      step: "",
      reviewer: "",
      ...change,
    });
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
    const answers = await this.#table.send(rows);
    return answers.map(({ status, saved, ...refusal }) =>
      status === 200 ? { saved } : { error: refusalOf(status, refusal) },
    );
  }
}
