// The remedies of the chosen cut, under the reasons: what they are set to, and what it will do.

import { byId, element, setPressed, setText } from "./dom.mjs";
import { page, rate } from "./page_data.mjs";
import { correction, dialText, dialValue, FACE, offeredFor, SPEAKER, turned } from "./remedies.mjs";

const FACES = { left: "left face", right: "right face", largest: "largest face" };

const button = (text, label, act) => {
  const made = element("button", text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
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
  #onChange;
  #cut = null;
  #settings = {};
  /** What is drawn again when a setting changes. */
  #updates = [];
  /** Whether the face or the speaker was offered when the panel was made. */
  #made = "";

  /** @param {(settings: Record<string, string>) => void} onChange other settings are wanted */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * Show the remedies of a cut.
   *
   * @param {object} cut
   * @param {Record<string, string>} settings those that are wanted now
   * @param {string} hint what becomes of them
   */
  draw(cut, settings, hint) {
    this.#settings = settings;
    const offered = offeredFor(cut, settings, page.remedies);
    const made = JSON.stringify([cut.cut, offered.hasFaces, offered.hasSpeaker]);
    if (made !== this.#made) {
      this.#made = made;
      this.#cut = cut;
      this.#make(offered);
    }
    for (const update of this.#updates) update();
    setText(byId("remedy-hint"), hint);
  }

  /** Turn the dial of a kind by so many steps. */
  turn(kind, steps) {
    const { dials } = offeredFor(this.#cut, this.#settings, page.remedies);
    const dial = dials.find((one) => one.kind === kind);
    if (dial) this.#onChange(turned(this.#cut, dial, this.#settings, steps * dial.step));
  }

  /** Correct the offset that the gate found, from what the draft was drawn with. */
  correct() {
    const frames = correction(this.#cut, page.gate, rate);
    const { dials } = offeredFor(this.#cut, this.#settings, page.remedies);
    const dial = dials.find((one) => one.kind === "timing");
    if (!frames || !dial) return;
    const { [dial.setting]: _now, ...rest } = this.#settings;
    const drawn = turned(this.#cut, dial, rest, frames);
    this.#onChange({ ...this.#settings, [dial.setting]: drawn[dial.setting] });
  }

  #make({ dials, hasFaces, hasSpeaker }) {
    this.#updates = [];
    const parts = dials.map((dial) => this.#dial(dial));
    if (hasFaces) parts.push(this.#faces());
    if (hasSpeaker) parts.push(this.#speaker());
    byId("remedies").hidden = !parts.length;
    byId("remedy-parts").replaceChildren(...parts);
  }

  #dial(dial) {
    const isTiming = dial.kind === "timing";
    const output = element("output", undefined, "num");
    this.#updates.push(() => {
      setText(output, dialText(dial, dialValue(this.#cut, dial, this.#settings)));
    });
    const turn = (steps) => () => this.turn(dial.kind, steps);
    if (!isTiming) {
      const less = button("opens less", "", turn(-1));
      const more = button("opens more", "", turn(1));
      less.title = "The mouth opens less: -";
      more.title = "The mouth opens more: +";
      return group("Mouth", less, output, more);
    }
    const steps = [-5, -1].map((by) => button(`−${-by}`, `lips ${-by} earlier`, turn(by)));
    const later = [1, 5].map((by) => button(`+${by}`, `lips ${by} later`, turn(by)));
    steps[1].title = "A frame earlier: ,";
    later[0].title = "A frame later: .";
    const found = correction(this.#cut, page.gate, rate);
    const correct = found ? [button("Correct the offset", "", () => this.correct())] : [];
    if (found) correct[0].title = `Move the lips by ${dialText(dial, found)}: o`;
    return group("Lips", ...steps, output, ...later, ...correct);
  }

  #faces() {
    const buttons = Object.entries(FACES).map(([face, text]) => {
      const made = button(text, `redraw the ${text}`, () => {
        const { [FACE]: now, ...rest } = this.#settings;
        this.#onChange(now === face ? rest : { ...rest, [FACE]: face });
      });
      this.#updates.push(() => setPressed(made, this.#settings[FACE] === face));
      return made;
    });
    return group("Redraw, in all languages", ...buttons);
  }

  #speaker() {
    const made = button("This face speaks", "", () => {
      const { [SPEAKER]: now, ...rest } = this.#settings;
      this.#onChange(now ? rest : { ...rest, [SPEAKER]: "off" });
    });
    made.title = "Redraw it whatever the source's sound says, in all languages";
    this.#updates.push(() => setPressed(made, SPEAKER in this.#settings));
    return group("Speaker", made);
  }
}
