// The list of cuts. A film has up to thousands: only one part of them has rows in the page.

import { filtered, orders, partStart, stepped } from "./cut_list.mjs";
import { byId, element, isPressed, setPressed } from "./dom.mjs";
import { isStale, OUTCOMES, outcomeOf } from "./outcome.mjs";
import { page } from "./page_data.mjs";
import { listed } from "./wording.mjs";

export class ListView {
  #book;
  #selection;
  #events;
  #rows;
  #orders;
  #hidden = new Set();
  #shown = page.cuts;
  #first = 0;
  #current = null;

  /**
   * @param {import("./decisions.mjs").DecisionBook} book
   * @param {import("./selection.mjs").Selection} selection
   * @param {object} events
   * @param {(cut: object, event: MouseEvent) => void} events.onPick a row was clicked
   * @param {() => void} events.onFilter other cuts are listed
   * @param {(cut: object) => void} events.onTurn another part is shown, which begins with a cut
   * @param {(cut: object) => void} events.onFirst the chosen cut is not listed any more; the first is
   * @param {() => void} events.onEmpty no cut is listed
   * @param {() => void} events.onShowAll the filter was taken off by its button
   */
  constructor(book, selection, events) {
    this.#book = book;
    this.#selection = selection;
    this.#events = events;
    this.#rows = new Map([...byId("rows").children].map((row) => [row.dataset.cut, row]));
    this.#orders = orders(page.order, (cut) => book.isUndecided(cut));
    this.#wire();
    this.#turn(0);
  }

  #wire() {
    byId("rows").addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (row)
        this.#events.onPick(
          page.cuts.find((cut) => cut.cut === row.dataset.cut),
          event,
        );
    });
    byId("rows").addEventListener("mousedown", (event) => {
      if (event.shiftKey) event.preventDefault(); // a range of rows, not of their text
    });
    byId("verdict-chips").addEventListener("click", (event) => {
      const chip = event.target.closest("[data-verdict]");
      if (!chip) return;
      const isOn = !isPressed(chip);
      setPressed(chip, isOn);
      this.#hidden[isOn ? "delete" : "add"](chip.dataset.verdict);
      this.update();
    });
    // A cut that is decided stays until the list is filled again: the decision may be taken back.
    byId("undecided").addEventListener("click", () => {
      setPressed(byId("undecided"), !isPressed(byId("undecided")));
      this.update();
    });
    const turnTo = (first) => this.#events.onTurn(this.#shown[first]);
    byId("before").addEventListener("click", () => turnTo(this.#first - page.part));
    byId("after").addEventListener("click", () => turnTo(this.#first + page.part));
    byId("all-cuts")?.addEventListener("click", () => {
      this.showAll();
      this.#events.onShowAll();
    });
    byId("sort").addEventListener("change", () => this.update());
    // Not all browsers send `input` where the box is emptied by its own button.
    for (const event of ["input", "search"]) {
      byId("search").addEventListener(event, () => this.update());
    }
  }

  /** Filter and sort the cuts again. */
  update() {
    const filter = {
      hidden: this.#hidden,
      isUndecidedOnly: isPressed(byId("undecided")),
      search: byId("search").value,
    };
    const order = this.#orders[byId("sort").value];
    this.#shown = filtered(page.cuts, filter, this.#book).sort(order);
    this.#selection.keep(this.#shown);
    const isEmpty = !this.#shown.length;
    if (page.cuts.length) byId("nothing").hidden = !isEmpty;
    byId("viewer").hidden = isEmpty;
    if (isEmpty) this.#events.onEmpty();
    const at = this.#shown.indexOf(this.#current);
    this.#turn(Math.max(0, at));
    if (at >= 0) this.reveal();
    else if (!isEmpty) this.#events.onFirst(this.#shown[0]);
    this.#events.onFilter();
  }

  /** Take the filter off. */
  showAll() {
    byId("search").value = "";
    this.#hidden.clear();
    setPressed(byId("undecided"), false);
    for (const chip of document.querySelectorAll("[data-verdict]")) setPressed(chip, true);
    this.update();
  }

  /** The cuts that are listed, in all parts. */
  get listed() {
    return this.#shown;
  }

  /** Whether a cut is listed, in this part or another one. */
  has(cut) {
    return cut !== null && this.#shown.includes(cut);
  }

  /** The cut so many steps from the chosen one; undefined where the list is empty. */
  at(step) {
    return stepped(this.#shown, this.#current, step);
  }

  /** The cut after the chosen one; undefined where that is the last one. */
  get next() {
    return this.#shown[this.#shown.indexOf(this.#current) + 1];
  }

  /** Mark the row of the chosen cut. */
  choose(cut) {
    if (this.#current) {
      const before = this.#row(this.#current);
      before.removeAttribute("aria-current");
      before.querySelector(".pick").tabIndex = -1; // one stop of the Tab key for the whole list
    }
    this.#current = cut;
    const row = this.#row(cut);
    const at = this.#shown.indexOf(cut);
    if (!row.isConnected && at >= 0) this.#turn(at);
    row.setAttribute("aria-current", "true");
    row.querySelector(".pick").tabIndex = 0;
  }

  /** Scroll to the row of the chosen cut. */
  reveal() {
    this.#row(this.#current).scrollIntoView({ block: "nearest" });
  }

  /** Give the focus to the row of the chosen cut. */
  focus() {
    this.#row(this.#current).querySelector(".pick").focus({ preventScroll: true });
  }

  /** The sign of a cut's verdict. */
  markOf(cut) {
    return this.#row(cut).querySelector(".mark").cloneNode(true);
  }

  /** Write into the row of a cut what will be delivered of it, and the decision on it. */
  drawDecision(cut, isConflict, changed = "") {
    const row = this.#row(cut);
    const state = this.#book.of(cut);
    const outcome = outcomeOf(cut, state, changed, page.gate.delivered);
    const name = row.querySelector(".outcome");
    name.className = `badge outcome o-${outcome}`;
    name.textContent = OUTCOMES[outcome];
    const cell = row.querySelector(".decision");
    cell.textContent = listed(cut, state, isConflict);
    cell.classList.toggle("new", this.#book.isChanged(cut) && cell.textContent !== "");
    cell.classList.toggle("stale", isStale(cut, state));
    cell.classList.toggle("decided", !this.#book.isUndecided(cut));
  }

  /** Mark the rows of the selected cuts. */
  drawSelection() {
    for (const cut of this.#shown) {
      const row = this.#row(cut);
      const isSelected = this.#selection.has(cut);
      if (row.classList.contains("selected") === isSelected) continue;
      row.classList.toggle("selected", isSelected);
      const pick = row.querySelector(".pick");
      if (isSelected) pick.append(element("span", ", selected", "sr"));
      else pick.querySelector(".sr").remove();
    }
  }

  /** Put what the page now says of a cut into its row, which stays where it is. */
  renew(cut, fresh) {
    const row = this.#row(cut);
    const [mine, theirs] = [row, fresh].map((one) => one.querySelector(".c-verdict"));
    mine.replaceWith(theirs);
    row.className = fresh.className;
    row.classList.toggle("selected", this.#selection.has(cut));
    const picture = row.querySelector("img");
    if (picture && cut.thumbnail) picture.src = cut.thumbnail;
    for (const chip of byId("verdict-chips").querySelectorAll("[data-verdict]")) {
      setPressed(chip, !this.#hidden.has(chip.dataset.verdict));
    }
  }

  #row(cut) {
    return this.#rows.get(cut.cut);
  }

  /** Show the part of the list that a place in it belongs to. */
  #turn(at) {
    this.#first = partStart(at, page.part);
    const part = this.#shown.slice(this.#first, this.#first + page.part);
    const rows = part.map((cut, index) => {
      const row = this.#row(cut);
      row.hidden = false;
      row.setAttribute("aria-rowindex", this.#first + index + 2); // the header is the first
      return row;
    });
    const count = this.#shown.length;
    byId("rows").replaceChildren(...rows);
    byId("rows").parentElement.setAttribute("aria-rowcount", count + 1);
    byId("pager").hidden = count <= page.part;
    byId("place").textContent = `${this.#first + 1}–${this.#first + part.length} of ${count}`;
    byId("before").disabled = this.#first === 0;
    byId("after").disabled = this.#first + page.part >= count;
  }
}
