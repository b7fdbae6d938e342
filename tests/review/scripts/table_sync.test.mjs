import assert from "node:assert/strict";
import { test } from "node:test";
import { DecisionBook } from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import {
  fitting,
  RequestError,
  Server,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/server.mjs";
import {
  savingStatus,
  TableSync,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/table_sync.mjs";
import { cutOf, rowOf } from "./samples.mjs";

/** The table of a server, which may be told to fail. */
class FakeServer {
  decisions = {};
  sent = [];
  /** How many rows each request had. */
  requests = [];
  error = null;
  revision = 0;

  async read() {
    if (this.error) throw this.error;
    return { table: "decisions.tsv", rows: structuredClone(this.decisions) };
  }

  async save(rows) {
    if (this.error) throw this.error;
    this.requests.push(rows.length);
    return rows.map((row) => this.#answer(row));
  }

  #answer({ cut, revision, ...values }) {
    const now = this.decisions[cut] ?? null;
    if ((now?.revision ?? "") !== revision) {
      return { error: new RequestError("somebody else has decided", 409, { now }) };
    }
    this.sent.push([cut, values.decision]);
    this.revision += 1;
    this.decisions[cut] = { ...values, revision: `r${this.revision}` };
    return { saved: this.decisions[cut] };
  }
}

const setUp = (cuts = [cutOf(0, 50), cutOf(50, 50)]) => {
  const log = [];
  const statuses = [];
  const server = new FakeServer();
  const book = new DecisionBook();
  const names = ["onRead", "onNews", "onConflict", "onSaved", "onOtherServer"];
  const events = Object.fromEntries(names.map((name) => [name, () => log.push(name)]));
  const sync = new TableSync(cuts, book, server, { ...events, onStatus: () => statuses.push(1) });
  const decide = async (cut, change) => {
    book.set(cut, { ...book.of(cut), ...change });
    sync.save([cut], 1e6);
    await sync.flush();
  };
  return { cuts, log, statuses, server, book, sync, decide };
};

test("each decision is saved, with the revision that was seen", async () => {
  const { cuts, server, sync, decide, log } = setUp();
  await sync.flush();
  assert.deepEqual(log, ["onRead"]);
  assert.equal(sync.status.text, "Changes are saved to decisions.tsv at once");
  await decide(cuts[0], { decision: "approve" });
  await decide(cuts[0], { decision: "passthrough" });
  assert.deepEqual(
    server.sent.map(([, decision]) => decision),
    ["approve", "passthrough"],
  );
  assert.ok(sync.isSaved(cuts[0]) && !sync.isPending);
  assert.equal(sync.status.text, "Saved to decisions.tsv");
});

test("what changes while the table is read is read after it", async () => {
  const { cuts, server, book, sync } = setUp();
  await sync.flush();
  const read = server.read.bind(server);
  server.read = async () => {
    const before = await read();
    if (!server.decisions[cuts[0].cut]) {
      server.decisions[cuts[0].cut] = rowOf({ decision: "passthrough" });
      sync.refresh();
    }
    return before;
  };
  await sync.refresh();
  assert.equal(book.of(cuts[0]).decision, "passthrough");
});

test("many decisions are sent in few requests, and what is said of saving is drawn once", async () => {
  const cuts = Array.from({ length: 250 }, (_, index) => cutOf(50 * index, 50));
  const { server, sync, book, statuses } = setUp(cuts);
  await sync.flush();
  for (const cut of cuts) book.set(cut, { ...book.of(cut), decision: "approve" });
  server.decisions[cuts[7].cut] = rowOf({ decision: "passthrough", revision: "theirs" });
  statuses.length = 0;
  sync.save(cuts, 1e6);
  assert.equal(statuses.length, 1);
  await sync.flush();
  assert.ok(statuses.length < 6, `${statuses.length}`);
  assert.ok(server.requests.length < 10 && Math.max(...server.requests) <= 100);
  assert.equal(server.sent.length, 249);
  assert.deepEqual(sync.inConflict, [cuts[7]]);
});

test("a request holds what a browser sends after a page is left", () => {
  const row = { note: "x".repeat(2000) };
  assert.equal(fitting(Array(100).fill(row)), 7);
  assert.equal(fitting([{ note: "x".repeat(20000) }, row]), 1);
  assert.equal(fitting([row, row]), 2);
});

test("what the table says is taken over, and named when others change it", async () => {
  const { cuts, server, book, sync, log } = setUp();
  server.decisions[cuts[0].cut] = rowOf({ decision: "approve" });
  await sync.flush();
  assert.equal(book.of(cuts[0]).decision, "approve");
  server.decisions[cuts[1].cut] = rowOf({ decision: "passthrough", revision: "r2" });
  await sync.refresh();
  await sync.refresh();
  assert.deepEqual(log, ["onRead", "onNews"]);
  assert.equal(book.of(cuts[1]).decision, "passthrough");
});

test("of two decisions on one cut the reviewer chooses: mine", async () => {
  const { cuts, server, sync, decide, log } = setUp();
  await sync.flush();
  server.decisions[cuts[0].cut] = rowOf({ decision: "approve", revision: "theirs" });
  await decide(cuts[0], { decision: "passthrough" });
  assert.ok(log.includes("onConflict") && sync.isInConflict(cuts[0]) && sync.isPending);
  assert.equal(sync.theirs(cuts[0]).decision, "approve");
  assert.deepEqual(sync.inConflict, [cuts[0]]);
  assert.match(sync.status.text, /^Not saved. 000000-000049: somebody else decided there/);
  await sync.refresh(); // the other decision is not taken over while it is in conflict
  assert.ok(sync.isInConflict(cuts[0]));
  sync.settle(cuts[0], true);
  await sync.flush();
  assert.equal(server.decisions[cuts[0].cut].decision, "passthrough");
  assert.ok(!sync.isInConflict(cuts[0]));
});

test("of two decisions on one cut the reviewer chooses: theirs", async () => {
  const { cuts, server, book, sync, decide } = setUp();
  await sync.flush();
  server.decisions[cuts[0].cut] = rowOf({ decision: "approve", revision: "theirs" });
  await decide(cuts[0], { decision: "passthrough" });
  sync.settle(cuts[0], false);
  assert.equal(book.of(cuts[0]).decision, "approve");
  await decide(cuts[0], { note: "soft" });
  assert.equal(server.decisions[cuts[0].cut].note, "soft");
  assert.ok(!sync.isPending);
});

test("a decision that was taken back by somebody else is a conflict, too", async () => {
  const { cuts, server, sync, decide } = setUp();
  server.decisions[cuts[0].cut] = rowOf({ decision: "approve" });
  await sync.flush();
  delete server.decisions[cuts[0].cut];
  await decide(cuts[0], { decision: "passthrough" });
  assert.ok(sync.isInConflict(cuts[0]));
  assert.equal(sync.theirs(cuts[0]).decision, "");
});

test("a decision from before the table was read is no conflict if the table says the same", async () => {
  const { cuts, server, sync, decide } = setUp([cutOf(0, 50, { decision: "approve" })]);
  server.decisions[cuts[0].cut] = rowOf({ decision: "approve" });
  await decide(cuts[0], { decision: "passthrough" });
  assert.equal(server.decisions[cuts[0].cut].decision, "passthrough");
  assert.ok(!sync.isInConflict(cuts[0]));
});

test("what is refused is named, kept and tried again", async () => {
  const { cuts, server, sync, decide } = setUp();
  await sync.flush();
  server.error = new RequestError("row 2, column cut: 'seven' is not allowed", 409);
  await decide(cuts[0], { decision: "approve" });
  assert.equal(sync.refusal(cuts[0]), server.error.message);
  assert.ok(sync.status.isFailed && sync.status.canRetry);
  server.error = null;
  await sync.retry();
  assert.deepEqual(server.sent, [[cuts[0].cut, "approve"]]);
  assert.equal(sync.status.text, "Saved to decisions.tsv");
});

test("while the film is made again, decisions wait", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { cuts, server, sync, decide } = setUp();
  server.error = new RequestError("snakemake is making film in pt-BR again", 503);
  await decide(cuts[0], { decision: "approve" });
  assert.match(sync.status.text, /^Not saved. snakemake is making/);
  assert.ok(sync.hasUnsaved);
  server.error = null;
  context.mock.timers.tick(3000);
  await new Promise(setImmediate);
  assert.deepEqual(server.sent, [[cuts[0].cut, "approve"]]);
});

test("another server is told from ours by its first answer", async () => {
  const { sync, server, log } = setUp();
  server.error = new RequestError("status 404", 404);
  await sync.flush();
  assert.deepEqual(log, ["onOtherServer"]);
  const later = setUp();
  await later.sync.flush();
  later.server.error = new RequestError("there is no film", 404);
  await later.sync.refresh();
  assert.ok(!later.log.includes("onOtherServer"));
  assert.match(later.sync.status.text, /^Not connected. there is no film/);
});

test("nothing is called saved before something is", () => {
  const empty = { lost: "", unsaved: new Set(), refused: new Map(), conflicts: new Map() };
  const status = (now) => savingStatus({ table: "d.tsv", ...empty, ...now });
  const first = status({ table: "", isSaving: false });
  assert.equal(first.text, "Reading the table…");
  assert.ok(!first.isFailed && !first.canRetry && !first.hasConflicts);
  assert.equal(status({ isSaving: true }).text, "Changes are saved to d.tsv at once");
  assert.equal(status({ unsaved: new Set(["c"]) }).text, "Saving…");
  assert.equal(status({ hasSaved: true, isSaving: true }).text, "Saving…");
  assert.equal(status({ hasSaved: true }).text, "Saved to d.tsv");
});

/** What fetch gives. */
const answer = (status, body, type) => ({
  ok: status === 200,
  status,
  headers: new Map([["Content-Type", type]]),
  json: async () => JSON.parse(body),
  text: async () => body,
});

test("the server's answers", async () => {
  const asked = [];
  const answers = [
    answer(200, '{"token": "t", "table": "d.tsv", "decisions": {}}', "application/json"),
    answer(
      200,
      JSON.stringify([
        { status: 200, saved: null },
        { status: 409, why: "somebody else", now: null },
        { status: 422, why: "no such preset" },
      ]),
      "application/json",
    ),
    answer(409, "decisions.tsv, row 2: is wrong\n", "text/plain"),
    answer(503, "snakemake is making it again\n", "text/plain"),
    answer(500, "", "text/plain"),
  ];
  const server = new Server(async (...request) => {
    asked.push(request);
    return answers.shift();
  }, "decisions");
  assert.deepEqual(await server.read(), { table: "d.tsv", rows: {} });
  const [saved, conflict, refusal] = await server.save([{ cut: "c" }, { cut: "d" }, { cut: "e" }]);
  assert.deepEqual(saved, { saved: null });
  assert.deepEqual(conflict.error.conflict, { why: "somebody else", now: null });
  assert.equal(refusal.error.message, "no such preset");
  assert.equal(refusal.error.conflict, null);
  assert.equal(asked[1][1].headers["X-Mouthpiece-Token"], "t");
  assert.equal(asked[1][1].body, '[{"cut":"c"},{"cut":"d"},{"cut":"e"}]');
  await assert.rejects(server.save([{}]), {
    status: 409,
    message: "decisions.tsv, row 2: is wrong",
  });
  await assert.rejects(server.read(), { status: 503, message: "snakemake is making it again" });
  await assert.rejects(server.read(), { message: "status 500" });
  const gone = new Server(async () => {
    throw new TypeError("failed to fetch");
  }, "decisions");
  await assert.rejects(gone.read(), { status: 0, message: "the review server does not answer" });
});

test("a film that was made again is read again, and what is not saved is kept", async () => {
  const { cuts, server, book, sync, decide, log } = setUp();
  await decide(cuts[0], { decision: "approve" });
  cuts[0].draft = "another";
  book.reset(cuts[0]);
  book.set(cuts[1], { ...book.of(cuts[1]), note: "half a wo" });
  sync.save([cuts[1]], 1e6);
  assert.equal(sync.isWaiting(cuts[1]), true);
  server.error = new RequestError("away", 503);
  await sync.renew();
  assert.equal(book.of(cuts[1]).note, "half a wo");
  server.error = null;
  log.length = 0;
  await sync.flush();
  assert.deepEqual(log, ["onRead"]);
  assert.equal(book.of(cuts[0]).decision, "");
  assert.equal(server.decisions[cuts[1].cut].note, "half a wo");
});

/** Let each request of a server wait until it is let go. */
const held = (server, name) => {
  const act = server[name].bind(server);
  const waiting = [];
  server[name] = (values) =>
    new Promise((resolve, reject) => {
      waiting.push(() => act(values).then(resolve, reject));
    });
  return waiting;
};

/** Let what needs no answer happen. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A page that saves an approval of its first cut, which is not answered yet. */
const setUpSaving = async () => {
  const page = setUp();
  const { cuts, server, book, sync } = page;
  await sync.flush();
  const saves = held(server, "save");
  book.set(cuts[0], { ...book.of(cuts[0]), decision: "approve" });
  sync.save([cuts[0]], 1e6);
  sync.flush();
  return { ...page, saves };
};

test("saving waits for what is being saved already", async () => {
  const { cuts, server, sync, saves } = await setUpSaving();
  let isDone = false;
  const again = sync.flush().then(() => {
    isDone = true;
  });
  await settled();
  assert.ok(!isDone && sync.isPending);
  saves[0]();
  await again;
  assert.ok(!sync.isPending);
  assert.deepEqual(server.sent, [[cuts[0].cut, "approve"]]);
});

test("a table that is asked for while something is saved is read after it", async () => {
  const { cuts, server, book, sync, saves } = await setUpSaving();
  server.decisions[cuts[1].cut] = rowOf({ decision: "passthrough", revision: "r2" });
  const read = sync.refresh();
  saves[0]();
  await read;
  assert.equal(book.of(cuts[1]).decision, "passthrough");
});
