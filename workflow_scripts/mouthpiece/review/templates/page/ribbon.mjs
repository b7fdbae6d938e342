// The ribbon: fill = what will be delivered, upper edge = verdict, tick = decided.

import { byId, element } from "./dom.mjs";
import { isStale, outcomeOf } from "./outcome.mjs";
import { page } from "./page_data.mjs";
import { cutAt, partState, ribbonParts, worst } from "./ribbon_parts.mjs";

export class Ribbon {
  #cuts = page.cuts.slice().sort((one, other) => one.first_frame - other.first_frame);
  #parts;
  #partOf = new Map();
  #of;

  /**
   * @param {import("./decisions.mjs").DecisionBook} book
   * @param {(cut: object) => string} changed what becomes of a cut by a remedy; see `outcomeOf`
   * @param {(cut: object, frame: number) => void} onPick a cut, and a frame of the film in it
   */
  constructor(book, changed, onPick) {
    this.#of = {
      outcome: (cut) => outcomeOf(cut, book.of(cut), changed(cut), page.gate.delivered),
      isStale: (cut) => isStale(cut, book.of(cut)),
      isDecided: (cut) => !book.isUndecided(cut),
    };
    this.#parts = ribbonParts(this.#cuts, page.order);
    const made = this.#parts.map((part) => {
      part.made = element("i");
      part.made.style.flexGrow = part.frames;
      for (const cut of part.cuts) this.#partOf.set(cut, part);
      return part.made;
    });
    byId("parts").replaceChildren(...made);
    byId("parts").classList.toggle("many", made.length > 100);
    byId("ribbon").addEventListener("click", (event) => {
      const box = byId("ribbon").getBoundingClientRect();
      const frame = Math.floor(((event.clientX - box.left) / box.width) * page.film.frames);
      const cut = cutAt(this.#cuts, frame);
      if (cut) onPick(cut, frame);
    });
  }

  /** The cuts have other verdicts. */
  renew() {
    for (const part of this.#parts) part.verdict = worst(part.cuts, page.order);
  }

  /** Draw the parts of some cuts. */
  draw(cuts) {
    for (const part of new Set(cuts.map((cut) => this.#partOf.get(cut)))) {
      const { outcome, isDecided } = partState(part, this.#of);
      part.made.className = `o-${outcome} e-${part.verdict}${isDecided ? " decided" : ""}`;
    }
  }
}

/** Mark a cut, and a frame of the film. */
export const markHere = (cut, frame) => {
  const share = (frames) => `${(100 * frames) / Math.max(1, page.film.frames)}%`;
  byId("here").style.left = share(cut.first_frame);
  byId("here").style.width = share(cut.frames);
  byId("playhead").style.left = share(frame + 0.5);
};
