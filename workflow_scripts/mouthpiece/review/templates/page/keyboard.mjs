// The keyboard of the page.

import { byId } from "./dom.mjs";
import { focusOf } from "./focus.mjs";
import { actionOf, selectionOf, travelOf } from "./keys.mjs";

const nextSpeed = () => {
  const speed = byId("speed");
  speed.selectedIndex = (speed.selectedIndex + 1) % speed.options.length;
  speed.dispatchEvent(new Event("change"));
};

const actionsOf = (session) => ({
  next: () => session.move(1),
  previous: () => session.move(-1),
  first: () => session.move(Number.NEGATIVE_INFINITY),
  last: () => session.move(Number.POSITIVE_INFINITY),
  tenBack: () => session.move(-10),
  tenOn: () => session.move(10),
  play: () => session.watching.seen.toggle(),
  frameOn: () => session.watching.seen.step(1),
  frameBack: () => session.watching.seen.step(-1),
  approve: () => session.deciding.choose("approve"),
  passthrough: () => session.deciding.choose("passthrough"),
  retry: () => session.deciding.retry(),
  tier: () => session.deciding.markFinal(),
  extend: () => session.several.extend(1),
  extendBack: () => session.several.extend(-1),
  selectOne: () => session.several.selectOne(),
  selectAll: () => session.several.selectAll(),
  unselect: () => session.several.clear(),
  cutHere: () => session.cutHere(),
  clear: () => session.deciding.choose(""),
  showConflict: () => session.conflicts.showNext(),
  keepMine: () => session.conflicts.settle(true),
  takeTheirs: () => session.conflicts.settle(false),
  note: () => byId("note").focus(),
  blink: () => byId("blink").click(),
  exchange: () => session.watching.seen.exchange(),
  earlier: () => session.remedies.turn("timing", -1),
  later: () => session.remedies.turn("timing", 1),
  opensMore: () => session.remedies.turn("opening", 1),
  opensLess: () => session.remedies.turn("opening", -1),
  correct: () => session.remedies.correct(),
  loupe: () => byId("loupe").click(),
  wholeScreen: () => byId("whole").click(),
  inContext: () => byId("in-context").click(),
  loop: () => byId("loop").click(),
  sound: () => byId("sound").click(),
  speed: nextSpeed,
  compareNext: () => session.versions.next(),
  restore: () => session.versions.restore(),
  apply: () => byId("apply").click(),
  help: () => byId("help").showModal(),
  leave: () => session.leaveField(),
});

/** @param {import("./session.mjs").Session} session */
export const wireKeyboard = (session) => {
  const actions = actionsOf(session);
  document.addEventListener("keydown", (event) => {
    if (byId("cuts").hidden || document.querySelector("dialog[open]")) return;
    const step = travelOf(event);
    const where = { ...focusOf(event), hasCut: session.list.has(session.current) };
    if (step && !where.field) {
      event.preventDefault();
      session.travel(step === "undo");
      return;
    }
    const selecting = !where.field && where.hasCut && selectionOf(event, where.isInRows);
    if (selecting) {
      event.preventDefault();
      actions[selecting]();
      return;
    }
    const action = actionOf(event, where);
    if (!action) return;
    event.preventDefault();
    actions[action]();
  });
};
