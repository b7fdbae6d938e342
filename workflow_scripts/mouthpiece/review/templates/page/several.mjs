// Several cuts of the list: how they are selected, and what is shown of it.

import { announce, byId, setPressed, setText } from "./dom.mjs";
import { Selection } from "./selection.mjs";
import { counted } from "./wording.mjs";

export class Several {
  selection = new Selection();
  #page;

  /**
   * @param {object} page
   * @param {() => import("./list_view.mjs").ListView} page.list
   * @param {() => object | null} page.current the chosen cut
   * @param {(cut: object) => void} page.go choose a cut
   * @param {() => void} page.onChange others are selected
   */
  constructor(page) {
    this.#page = page;
  }

  /** The cuts that a decision is made on: those selected, else the chosen one. */
  get chosen() {
    return this.selection.of(this.#page.current());
  }

  /** Choose a row that was clicked: alone, with others (Ctrl), or all up to it (Shift). */
  pick(cut, { shiftKey, ctrlKey, metaKey }) {
    const { selection } = this;
    if (shiftKey) selection.extend(this.#page.list().listed, this.#page.current(), cut);
    else if (ctrlKey || metaKey) selection.toggle(cut, this.#page.current());
    else if (selection.isPicking) selection.toggle(cut);
    else selection.clear();
    if (!selection.size || selection.has(cut)) this.#page.go(cut);
    this.draw();
  }

  /** Select the cuts up to the one so many steps on. */
  extend(step) {
    const cut = this.#page.list().at(step);
    if (!cut) return;
    this.selection.extend(this.#page.list().listed, this.#page.current(), cut);
    this.#page.go(cut);
    this.#say();
  }

  selectAll() {
    this.selection.all(this.#page.list().listed);
    this.#say();
  }

  /** Take the chosen cut in or out; more are picked by choosing them. */
  selectOne() {
    this.selection.isPicking = true;
    this.selection.toggle(this.#page.current());
    this.#say();
  }

  /** Begin to pick cuts by choosing them, or select none. */
  turnPicking() {
    if (this.selection.isPicking) this.clear();
    else this.selection.isPicking = true;
    this.draw();
  }

  clear() {
    const { size, isPicking } = this.selection;
    this.selection.clear();
    if (size || isPicking) this.draw();
    if (size) announce("No cuts selected");
  }

  /** Another cut is chosen: one that is not among those selected is decided on alone. */
  leave(cut) {
    const { selection } = this;
    if (selection.size && !selection.isPicking && !selection.has(cut)) this.clear();
  }

  draw() {
    this.#page.list().drawSelection();
    const { size, isPicking } = this.selection;
    byId("selected").hidden = !size;
    setText(byId("selected-count"), `${counted(size, "cut", "cuts")} selected`);
    setPressed(byId("select"), isPicking);
    this.#page.onChange();
  }

  #say() {
    this.draw();
    announce(`${counted(this.selection.size, "cut", "cuts")} selected`);
  }
}
