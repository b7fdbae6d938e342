// Requests to the talk server.

/** Asks the server; an answer that is none is an Error whose message is the server's. */
export class Server {
  #fetch;
  #token = "";

  /** @param {typeof fetch} fetchIt */
  constructor(fetchIt) {
    this.#fetch = fetchIt;
  }

  /** Be let in: {visit, sdp}. */
  async enter(avatar, sdp) {
    if (!this.#token) this.#token = (await this.#ask("avatars", {})).token;
    return this.#ask("enter", this.#sending({ avatar, sdp }));
  }

  /** Tell that the page is left; it may be closing. */
  leave(visit) {
    return this.#ask("leave", { ...this.#sending({ visit }), keepalive: true }).catch(() => {});
  }

  async #ask(path, options) {
    let answer;
    try {
      answer = await this.#fetch(path, { cache: "no-store", ...options });
    } catch {
      throw new Error("The server does not answer: is it still running?");
    }
    if (!answer.ok) throw new Error((await answer.text()).trim() || `status ${answer.status}`);
    return answer.json();
  }

  #sending(values) {
    return {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Mouthpiece-Token": this.#token },
      body: JSON.stringify(values),
    };
  }
}
