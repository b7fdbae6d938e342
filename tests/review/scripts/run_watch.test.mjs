import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BUSY_MS,
  IDLE_MS,
  isBusy,
  RunWatch,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/run_watch.mjs";
import {
  RequestError,
  RunServer,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/server.mjs";

const setUp = (views, isShown = true) => {
  const log = [];
  const server = {
    read: async () => {
      const view = views.shift();
      if (view instanceof Error) throw view;
      return view;
    },
    act: async (act) => {
      log.push(act);
      return views.shift();
    },
  };
  const events = {
    onView: ({ run }) => log.push(run.state),
    onMade: async (revision) => {
      log.push(`made ${revision}`);
      return isShown;
    },
  };
  const watch = new RunWatch(server, "r1", events, (ms) => log.push(ms));
  return { watch, log, server };
};

const view = (state, revision = "r1") => ({ run: { state }, revision });

test("it asks seldom while nothing happens, and often while a run works", async () => {
  const { watch, log } = setUp([view("none"), view("working"), view("elsewhere"), view("done")]);
  for (let count = 0; count < 4; count += 1) await watch.look();
  const asked = ["none", IDLE_MS, "working", BUSY_MS, "elsewhere", BUSY_MS, "done", IDLE_MS];
  assert.deepEqual(log, asked);
});

test("a film that was made again is told once, when it is there", async () => {
  const { watch, log } = setUp([view("working", ""), view("done", "r2"), view("done", "r2")]);
  for (let count = 0; count < 3; count += 1) await watch.look();
  assert.deepEqual(log, ["working", BUSY_MS, "done", "made r2", IDLE_MS, "done", IDLE_MS]);
});

test("a film that the page could not show is tried again soon", async () => {
  const { watch, log } = setUp([view("none", "r2"), view("none", "r2")], false);
  await watch.look();
  await watch.look();
  assert.deepEqual(log, ["none", "made r2", BUSY_MS, "none", "made r2", BUSY_MS]);
});

test("a server that does not answer is asked again, and one without runs is not", async () => {
  const lost = new RequestError("the review server does not answer");
  const { watch, log } = setUp([lost, new RequestError("no such page", 404), view("none")]);
  for (let count = 0; count < 3; count += 1) await watch.look();
  assert.deepEqual(log, [IDLE_MS]);
});

test("an answer that was on its way when a run was started is not shown", async () => {
  const { watch, log, server } = setUp([view("working")]);
  let answer;
  server.read = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const looking = watch.look();
  await watch.act("start");
  answer(view("none"));
  await looking;
  assert.deepEqual(log, ["start", "working", BUSY_MS]);
});

test("an act is sent, and what is said against it is thrown", async () => {
  const { watch, log } = setUp([view("working"), view("working")]);
  await watch.act("start");
  assert.deepEqual(log.slice(0, 2), ["start", "working"]);
  const { watch: other } = setUp([]);
  await assert.rejects(other.act("cancel"));
});

test("which runs are at work", () => {
  const busy = ["none", "working", "stopping", "elsewhere", "done", "failed", "stopped"];
  assert.deepEqual(
    busy.filter((state) => isBusy({ state })),
    ["working", "stopping", "elsewhere"],
  );
});

test("the run's server is sent the token that it gave", async () => {
  const sent = [];
  const fetchIt = async (path, options) => {
    sent.push([
      path,
      options.method ?? "GET",
      options.headers?.["X-Mouthpiece-Token"],
      options.body,
    ]);
    return { ok: true, json: async () => ({ token: "t", run: { state: "none" }, revision: "r1" }) };
  };
  const server = new RunServer(fetchIt);
  assert.deepEqual(await server.read(), { run: { state: "none" }, revision: "r1" });
  await server.act("start");
  assert.deepEqual(sent, [
    ["run", "GET", undefined, undefined],
    ["run", "POST", "t", '{"act":"start"}'],
  ]);
});
