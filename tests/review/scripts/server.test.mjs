import assert from "node:assert/strict";
import { test } from "node:test";
import {
  RunServer,
  Server,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/server.mjs";

/** The review server, as far as its token goes: new at each start. */
class FakeSite {
  token = "first";
  isWriter = true;
  tokens = [];

  fetch = async (name, { method, headers }) => {
    if (method !== "POST") return this.#answer({ token: this.token, table: "t.tsv", [name]: {} });
    const sent = headers["X-Mouthpiece-Token"];
    this.tokens.push(sent);
    if (sent !== this.token) return this.#refusal("the request lacks the token; reload the page");
    if (!this.isWriter) return this.#refusal("the run is not started by the page");
    return this.#answer(
      name === "run" ? { token: sent, run: null } : [{ status: 200, saved: null }],
    );
  };

  #answer(value) {
    return { ok: true, json: async () => value };
  }

  #refusal(why) {
    const headers = new Map([["Content-Type", "text/plain"]]);
    return { ok: false, status: 403, headers, text: async () => why };
  }
}

test("a page that was open goes on where the server is started again", async () => {
  const site = new FakeSite();
  const server = new Server(site.fetch, "decisions");
  assert.deepEqual(await server.read(), { table: "t.tsv", rows: {} });
  await server.save([{}]);
  site.token = "second";
  assert.deepEqual(await server.save([{}]), [{ saved: null }]);
  assert.deepEqual(site.tokens, ["first", "first", "second"]);
  const run = new RunServer(site.fetch);
  await run.read();
  site.token = "third";
  assert.deepEqual(await run.act("start"), { run: null });
});

test("what is refused with the right token is asked once", async () => {
  const site = new FakeSite();
  const run = new RunServer(site.fetch);
  assert.equal((await run.read()).token, undefined);
  site.isWriter = false;
  await assert.rejects(run.act("start"), { message: "the run is not started by the page" });
  assert.deepEqual(site.tokens, ["first"]);
});
