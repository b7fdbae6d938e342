// The tab "Script": a reviewer goes through a film's lines and edits them.

import { recalled, remember } from "../templating/preferences.mjs";
import { byId } from "./dom.mjs";
import { wireExport } from "./export_dialog.mjs";
import { page } from "./page_data.mjs";
import { script } from "./script_data.mjs";
import { wireLineKeyboard } from "./script_keyboard.mjs";
import { lineOrders } from "./script_list.mjs";
import { wireLinePanel } from "./script_panel.mjs";
import { ScriptSession } from "./script_session.mjs";
import { editsTable } from "./script_table.mjs";

const session = new ScriptSession();

const wireEdits = () => {
  wireLinePanel({
    onText: (text) => session.type(text),
    onNote: (note) => session.change({ note }, true),
    onLeft: () => session.leaveText(),
    onAccept: () => {
      session.approve(true);
      session.leaveField();
    },
    onChange: (change) => session.change(change),
    onNudge: (frames) => session.nudge(frames),
    onApprove: () => session.approve(),
    onUndo: () => session.travel(true),
    onRedo: () => session.travel(false),
    onStale: () => session.useStale(),
    onSettle: (isMine) => session.settle(isMine),
  });
  const byFrame = lineOrders([], session.book).film;
  const lines = script.lines.slice().sort(byFrame);
  wireExport(() => editsTable(page.film, lines, session.book, script.strays), "edits.tsv", "line-");
  byId("line-forget").addEventListener("click", () => {
    if (confirm(`Discard ${session.book.size} edit(s) kept in this browser?`)) session.discard();
  });
};

const wirePage = () => {
  const onward = byId("line-onward");
  onward.checked = recalled("onward") === "on";
  onward.addEventListener("change", () => remember("onward", onward.checked ? "on" : "off"));
  byId("line-keys").addEventListener("click", () => byId("line-help").showModal());
  byId("line-again").addEventListener("click", () => session.sync.retry());
  byId("line-clash").addEventListener("click", () => session.showConflict());
  addEventListener("focus", () => session.refresh());
  document.addEventListener("visibilitychange", () => session.refresh());
  addEventListener("storage", (event) => {
    if (!session.isServed && session.stored.owns(event.key)) session.reload();
  });
  document.addEventListener("applying", ({ detail }) => {
    detail.edits = session.book.size;
    if (session.isServed) detail.saving.push(session.sync.flush());
  });
  document.addEventListener("leaving", (event) => {
    if (session.sync.isPending) event.preventDefault();
  });
  addEventListener("beforeunload", (event) => {
    if (session.sync.isPending) event.preventDefault();
  });
};

wireEdits();
wirePage();
wireLineKeyboard(session);
session.start();
// The scripts of the cuts, which ran before, show and hide this part of the page.
const follow = () => {
  if (byId("script").hidden) session.player.pause();
  else session.player.open();
};
document.addEventListener("part", follow);
follow();
