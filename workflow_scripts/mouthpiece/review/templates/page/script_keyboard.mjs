// The keyboard of the tab "Script".

import { byId } from "./dom.mjs";
import { focusOf } from "./focus.mjs";
import { actionOf, travelOf } from "./keys.mjs";
import { LINE_ACTIONS } from "./script_keys.mjs";

const focusEnd = (field) => {
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
};

const actionsOf = (session) => ({
  next: () => session.move(1),
  previous: () => session.move(-1),
  first: () => session.move(Number.NEGATIVE_INFINITY),
  last: () => session.move(Number.POSITIVE_INFINITY),
  tenBack: () => session.move(-10),
  tenOn: () => session.move(10),
  play: () => session.player.toggle("take"),
  playSource: () => session.player.toggle("source"),
  edit: () => focusEnd(byId("line-target")),
  voice: () => byId("line-voice").focus(),
  earlier: () => session.nudge(-1),
  later: () => session.nudge(1),
  approve: () => session.approve(),
  undo: () => session.travel(true),
  redo: () => session.travel(false),
  note: () => focusEnd(byId("line-note")),
  showConflict: () => session.showConflict(),
  keepMine: () => session.settle(true),
  takeTheirs: () => session.settle(false),
  apply: () => byId("apply").click(),
  help: () => byId("line-help").showModal(),
  leave: () => session.leaveField(),
});

/** @param {import("./script_session.mjs").ScriptSession} session */
export const wireLineKeyboard = (session) => {
  const actions = actionsOf(session);
  document.addEventListener("keydown", (event) => {
    if (byId("script").hidden || document.querySelector("dialog[open]")) return;
    const focus = focusOf(event, "#line-rows");
    const where = {
      ...focus,
      field: focus.field.replace("line-", ""),
      hasCut: session.list.has(session.current),
    };
    const step = where.field ? "" : travelOf(event);
    const action = step || actionOf(event, where, LINE_ACTIONS);
    if (!action) return;
    event.preventDefault();
    actions[action]();
  });
};
