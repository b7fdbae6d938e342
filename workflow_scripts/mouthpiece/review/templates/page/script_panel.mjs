// The chosen line: its texts, its voice, its start, and the edit of it.

import { byId, element, fillTable, setPressed } from "./dom.mjs";
import { script } from "./script_data.mjs";
import { SILENT, shiftOf, textOf } from "./script_edits.mjs";
import { estimate, lengthText } from "./script_length.mjs";
import { markOf } from "./script_rows.mjs";
import { voiceGroups, voiceText } from "./script_voices.mjs";
import { describeEdit, lineHint } from "./script_wording.mjs";
import { shiftText, signed, whatIsFull } from "./wording.mjs";

/**
 * @param {object} events
 * @param {(text: string) => void} events.onText
 * @param {(change: object) => void} events.onNote
 * @param {() => void} events.onLeft a field of text was left
 * @param {() => void} events.onAccept the text is as it should be
 * @param {(change: object) => void} events.onChange
 * @param {(frames: number) => void} events.onNudge
 * @param {() => void} events.onApprove
 * @param {() => void} events.onUndo
 * @param {() => void} events.onRedo
 * @param {() => void} events.onStale the edit of another source text is to be used
 * @param {(isMine: boolean) => void} events.onSettle
 */
export const wireLinePanel = (events) => {
  const [target, note, voice] = ["line-target", "line-note", "line-voice"].map(byId);
  target.addEventListener("input", () => events.onText(target.value));
  note.addEventListener("input", () => events.onNote(note.value));
  for (const field of [target, note]) field.addEventListener("change", events.onLeft);
  target.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // a line of a script is one line
    if (event.ctrlKey || event.metaKey) events.onAccept();
  });
  voice.addEventListener("change", () => events.onChange({ voice: voice.value }));
  byId("line-reset").addEventListener("click", () => events.onChange({ target: "" }));
  byId("line-mute").addEventListener("click", () => {
    const isOn = byId("line-mute").getAttribute("aria-pressed") === "true";
    events.onChange({ target: isOn ? "" : SILENT });
  });
  for (const button of document.querySelectorAll("[data-nudge]")) {
    button.addEventListener("click", () => events.onNudge(Number(button.dataset.nudge)));
  }
  byId("line-approve").addEventListener("click", events.onApprove);
  byId("line-undo").addEventListener("click", events.onUndo);
  byId("line-redo").addEventListener("click", events.onRedo);
  byId("line-use").addEventListener("click", events.onStale);
  byId("line-keep").addEventListener("click", () => events.onSettle(true));
  byId("line-take").addEventListener("click", () => events.onSettle(false));
};

const drawVoices = (line, { voice }) => {
  const choice = byId("line-voice");
  const drawn = `${line.line} ${voice}`;
  if (choice.dataset.drawn === drawn) return; // a letter that is typed changes no voice
  choice.dataset.drawn = drawn;
  const usual = line.edit.voice ? "As cast" : `As cast: ${line.voice || "none"}`;
  const groups = voiceGroups(script.voices, voice).map(([title, voices]) => {
    const group = element("optgroup");
    group.label = title;
    group.append(...voices.map((one) => new Option(voiceText(one), one.voice)));
    return group;
  });
  choice.replaceChildren(new Option(usual, ""), ...groups);
  choice.value = voice;
};

/**
 * Show a line that was chosen.
 *
 * @param {object} line
 * @param {string} place where it is in the list
 */
export const drawLine = (line, place) => {
  byId("line-title").textContent = line.start;
  byId("line-verdict").className = `verdict v-${line.verdict}`;
  byId("line-verdict").replaceChildren(markOf(line.verdict), script.verdicts[line.verdict][0]);
  byId("line-severity").className = `severity s-${line.severity}`;
  byId("line-severity").textContent = line.severity;
  byId("line-severity").title = script.severities[line.severity] ?? "";
  const slot = `${line.slot_s.toFixed(2)} s`;
  byId("line-facts").textContent = `${line.speaker} · ${slot} · line ${place}`;
  byId("line-source").textContent = line.source;
  byId("line-why").replaceChildren(...line.sentences.map((text) => element("li", text)));
  const { stale } = line;
  byId("line-stale").hidden = !stale;
  if (stale) {
    const text = `An edit was made when the source said something else: ${describeEdit(stale)}. `;
    byId("line-stale").firstElementChild.textContent = text;
  }
  fillTable(
    byId("line-all"),
    Object.entries({ line: line.line, ...line.known }).filter(([, value]) => value !== ""),
  );
};

/** Say whether the text fits, while it is typed. */
export const drawLength = (line, text) => {
  const found = estimate(line, text, script);
  byId("line-length").textContent = lengthText(line, found);
  byId("line-length").parentElement.className = `length ${found.kind}`;
  byId("line-meter").value = Math.min(1.6, found.share);
};

/**
 * Show the edit of the chosen line.
 *
 * @param {object} line
 * @param {object} state the edit; see `EditBook.of`
 * @param {object} saving isServed, isChanged, isSpokenAgain, isConflict, theirs, refusal, isSaved,
 *   canUndo, canRedo
 */
export const drawEdit = (line, state, saving) => {
  const text = textOf(line, state);
  const target = byId("line-target");
  // What is typed stays as it is typed: a space at its end is no other text.
  if (target.value.trim() !== text.trim()) target.value = text;
  drawLength(line, text);
  byId("line-reset").disabled = !state.target || !line.base;
  setPressed(byId("line-mute"), state.target === SILENT);
  drawVoices(line, state);
  byId("line-shift").textContent = shiftText(shiftOf(state));
  setPressed(byId("line-approve"), state.status === "approved");
  byId("line-approve").classList.toggle("primary", state.status !== "approved");
  byId("line-undo").disabled = !saving.canUndo;
  byId("line-redo").disabled = !saving.canRedo;
  const note = byId("line-note");
  if (note.value.trim() !== state.note.trim()) note.value = state.note;
  byId("line-conflict").hidden = !saving.isConflict;
  if (saving.isConflict) {
    byId("line-mine").textContent = describeEdit(state);
    const by = signed(saving.theirs);
    byId("line-theirs").textContent = describeEdit(saving.theirs) + (by && ` (${by})`);
    byId("line-conflict-who").textContent = saving.theirs.reviewer || "Somebody else";
  }
  const full = whatIsFull(target, "A line") + whatIsFull(note, "A note");
  byId("line-hint").textContent = lineHint(saving, state) + full;
};
