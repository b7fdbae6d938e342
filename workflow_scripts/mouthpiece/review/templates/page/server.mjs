// Requests to the review server.

/** A request that the server, or the way to it, refused. */
export class RequestError extends Error {
  /**
   * @param {string} message why
   * @param {number} status the HTTP status; 0: there was no answer
   * @param {object | null} conflict {now}: what the table says of a cut that somebody else decided
   */
  constructor(message, status = 0, conflict = null) {
    super(message);
    this.status = status;
    this.conflict = conflict;
  }
}

/**
 * Ask the server for the decisions on the film, or send one.
 *
 * @param {typeof fetch} fetchIt
 * @param {RequestInit} options
 * @throws {RequestError}
 */
const ask = async (fetchIt, options) => {
  let answer;
  try {
    answer = await fetchIt("decisions", { cache: "no-store", ...options });
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

/** The review server that serves the page. */
export class Server {
  #fetch;
  #token = "";

  constructor(fetchIt) {
    this.#fetch = fetchIt;
  }

  /** What the table says now: {table, decisions}, decisions by cut. */
  async read() {
    const { token, table, decisions } = await ask(this.#fetch, {});
    this.#token = token;
    return { table, decisions };
  }

  /** Save a decision; returns the row as the table has it, null where it has none. */
  async save(values) {
    const { saved } = await ask(this.#fetch, {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-Mouthpiece-Token": this.#token },
      body: JSON.stringify(values),
    });
    return saved;
  }
}
