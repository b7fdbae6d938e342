// The remedies of the chosen cut, under the reasons: what they are set to, and what it will do.

import { hasLetters } from "../templating/preferences.mjs";
import { canDecide } from "./decision_panel.mjs";
import { byId, element, setPressed, setText } from "./dom.mjs";
import { showKeys } from "./key_hints.mjs";
import { page, rate } from "./page_data.mjs";
import {
  corrected,
  correction,
  dialText,
  dialValue,
  FACE,
  FINAL,
  facing,
  finalOf,
  hushed,
  isHushed,
  SILENT,
  SPEAKER,
  SPEAKS,
  speaking,
  turnedBy,
} from "./remedies.mjs";

const FACES = { left: "left face", right: "right face", largest: "largest face" };

/** What may be said of who speaks: the button's text, and what it does. */
const SAID = {
  [SPEAKS]: ["This face speaks", "Redraw it whatever the source's sound says, in all languages"],
  [SILENT]: [
    "Not the speaker after all",
    "The face that is drawn is not the speaker's: pass the cut through, in all languages",
  ],
};

/** A button; `does`: what is shown where it is pointed at, with its key. */
const button = (text, act, { label = "", does = "", key = "" } = {}) => {
  const made = element("button", text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  if (does) made.title = does;
  if (key) made.dataset.key = key;
  made.addEventListener("click", act);
  return made;
};

const group = (name, ...parts) => {
  const made = element("span", undefined, "remedy");
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", name);
  made.append(element("span", name, "dim"), ...parts);
  return made;
};

export class RemedyPanel {
  #onRemedy;
  #onPreset;
  #cut = null;
  #settings = {};
  #isCorrectedFirst = false;
  /** What is drawn again when a setting changes. */
  #updates = [];
  /** What was offered when the panel was made. */
  #made = "";

  /**
   * @param {(remedy: (cut: object, settings: object, offered: object) => object | null) => void} onRemedy
   *   a remedy is asked for
   * @param {() => void} onPreset another preset is asked for
   */
  constructor(onRemedy, onPreset) {
    this.#onRemedy = onRemedy;
    this.#onPreset = onPreset;
  }

  /**
   * Show the remedies of a cut.
   *
   * @param {object} cut
   * @param {Record<string, string>} settings those that are wanted now
   * @param {object} offered see `offeredFor`
   * @param {object} told
   * @param {string} told.hint what becomes of them
   * @param {boolean} told.isCorrectedFirst whether the offset is to be corrected before all else
   */
  draw(cut, settings, offered, { hint, isCorrectedFirst }) {
    this.#settings = settings;
    this.#isCorrectedFirst = isCorrectedFirst;
    const { dials, ...others } = offered;
    const made = JSON.stringify([cut.cut, dials.length, others]);
    if (made !== this.#made) {
      this.#made = made;
      this.#cut = cut;
      this.#make(offered);
    }
    for (const update of this.#updates) update();
    setText(byId("remedy-hint"), hint);
  }

  /** Make the panel again when it is drawn next: the cut has another draft. */
  renew() {
    this.#made = "";
  }

  #make({ dials, hasFaces, speaker, hasFinal }) {
    this.#updates = [];
    const parts = dials.map((dial) => this.#dial(dial));
    if (dials.length && canDecide(this.#cut, "retry")) parts.push(this.#preset());
    if (hasFaces) parts.push(this.#faces());
    parts.push(...speaker.map((mode) => this.#said(mode)));
    if (hasFinal) parts.push(this.#final());
    byId("remedies").hidden = !parts.length;
    byId("remedy-parts").replaceChildren(...parts);
    showKeys(byId("remedy-parts"), hasLetters());
  }

  #dial(dial) {
    if (dial.kind === "timing") return this.#timing(dial);
    return dial.kind === "opening" ? this.#opening(dial) : this.#hush(dial);
  }

  #value(dial) {
    const output = element("output", undefined, "num");
    this.#updates.push(() => {
      setText(output, dialText(dial, dialValue(this.#cut, dial, this.#settings)));
    });
    return output;
  }

  #turn(kind, steps) {
    return () => this.#onRemedy(turnedBy(kind, steps));
  }

  #timing(dial) {
    const step = (by, says) => {
      const text = `${by < 0 ? "−" : "+"}${Math.abs(by)}`;
      const key = { [-1]: ",", 1: "." }[by];
      const label = `lips ${Math.abs(by)} ${says}`;
      const does = `Lips ${Math.abs(by)} ${Math.abs(by) === 1 ? "frame" : "frames"} ${says}`;
      return button(text, this.#turn("timing", by), { label, does, key });
    };
    return group(
      "Lips",
      step(-5, "earlier"),
      step(-1, "earlier"),
      this.#value(dial),
      step(1, "later"),
      step(5, "later"),
      ...this.#correction(dial),
    );
  }

  #correction(dial) {
    const found = correction(this.#cut, page.gate, rate);
    if (!found) return [];
    const does = `Move the lips by ${dialText(dial, found)}`;
    const act = () => this.#onRemedy(corrected(page.gate, rate));
    const made = button("Correct the offset", act, { does, key: "o" });
    this.#updates.push(() => made.classList.toggle("primary", this.#isCorrectedFirst));
    return [made];
  }

  #opening(dial) {
    const less = { label: "opens less", does: "The mouth opens less", key: "-" };
    const more = { label: "opens more", does: "The mouth opens more", key: "+" };
    return group(
      "Mouth opens",
      button("less", this.#turn("opening", -1), less),
      this.#value(dial),
      button("more", this.#turn("opening", 1), more),
    );
  }

  #hush(dial) {
    const isOn = () => isHushed(this.#cut, dial, this.#settings);
    const made = button("Closed in silence", () => this.#onRemedy(hushed(!isOn())), {
      does: "The engine hears nothing where the dub has no voice: no breath, noise or music",
    });
    this.#updates.push(() => setPressed(made, isOn()));
    return made;
  }

  #preset() {
    const does = "Draft it again with another preset: a row of decisions.tsv";
    return button("Preset…", () => this.#onPreset(), { does, key: "r" });
  }

  #faces() {
    const buttons = Object.entries(FACES).map(([face, text]) => {
      const act = () => this.#onRemedy(facing(this.#settings[FACE] === face ? "" : face));
      const made = button(text, act, { label: `redraw the ${text}` });
      this.#updates.push(() => setPressed(made, this.#settings[FACE] === face));
      return made;
    });
    return group("Redraw, in all languages", ...buttons);
  }

  #final() {
    const by = page.remedies.final_engine;
    const choices = { all: by ? `draw it by ${by}` : "draw it", off: "keep the draft" };
    const buttons = Object.entries(choices).map(([value, text]) => {
      const act = () => this.#onRemedy(finalOf(this.#settings[FINAL] === value ? "" : value));
      const made = button(text, act);
      this.#updates.push(() => setPressed(made, this.#settings[FINAL] === value));
      return made;
    });
    return group("Final tier", ...buttons);
  }

  #said(mode) {
    const [text, does] = SAID[mode];
    const isOn = () => this.#settings[SPEAKER] === mode;
    const made = button(text, () => this.#onRemedy(speaking(isOn() ? "" : mode)), { does });
    this.#updates.push(() => setPressed(made, isOn()));
    return made;
  }
}
