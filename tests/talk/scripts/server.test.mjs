import assert from "node:assert/strict";
import { test } from "node:test";
import { Server } from "../../../workflow_scripts/mouthpiece/talk/templates/page/server.mjs";

/** A server that answers each path with a status and a body, and keeps what it was asked. */
const answering = (answers) => {
  const asked = [];
  const fetchIt = async (path, options) => {
    asked.push({ path, ...options });
    const [status, body] = answers[path];
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  };
  return { asked, server: new Server(fetchIt) };
};

const AVATARS = [200, { token: "secret", avatars: ["Ada"] }];

test("who enters sends the token, which is asked for once", async () => {
  const { asked, server } = answering({ avatars: AVATARS, enter: [200, { visit: "v", sdp: "a" }] });
  assert.deepEqual(await server.enter("Ada", "offer"), { visit: "v", sdp: "a" });
  await server.enter("Ada", "offer");
  assert.deepEqual(
    asked.map(({ path }) => path),
    ["avatars", "enter", "enter"],
  );
  const [, sent] = asked;
  assert.equal(sent.method, "POST");
  assert.equal(sent.headers["X-Mouthpiece-Token"], "secret");
  assert.deepEqual(JSON.parse(sent.body), { avatar: "Ada", sdp: "offer" });
});

test("nothing is taken from the browser's cache", async () => {
  const { asked, server } = answering({ avatars: AVATARS, enter: [200, {}] });
  await server.enter("Ada", "offer");
  assert.ok(asked.every(({ cache }) => cache === "no-store"));
});

test("a refusal is an error with the server's words", async () => {
  const { server } = answering({ avatars: AVATARS, enter: [409, "somebody is talking here\n"] });
  await assert.rejects(server.enter("Ada", "offer"), { message: "somebody is talking here" });
});

test("a refusal without words is told by its status", async () => {
  const { server } = answering({ avatars: [404, ""] });
  await assert.rejects(server.enter("Ada", "offer"), { message: "status 404" });
});

test("a server that is gone is told", async () => {
  const gone = async () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(new Server(gone).enter("Ada", "offer"), /is it still running/);
});

test("leaving outlives the page, and fails in silence", async () => {
  const { asked, server } = answering({ leave: [500, "no"] });
  await server.leave("v");
  assert.equal(asked[0].keepalive, true);
  assert.deepEqual(JSON.parse(asked[0].body), { visit: "v" });
});
