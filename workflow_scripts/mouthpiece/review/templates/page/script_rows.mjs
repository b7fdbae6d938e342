// The list of lines: only one part of them has rows in the page.

import { partStart, stepped } from "./cut_list.mjs";
import { byId, element, isPressed, setPressed, svgElement } from "./dom.mjs";
import { page } from "./page_data.mjs";
import { script } from "./script_data.mjs";
import { textOf } from "./script_edits.mjs";
import { filteredLines, lineOrders } from "./script_list.mjs";
import { listedEdit } from "./script_wording.mjs";

const { lines } = script;

/** The sign of a verdict, taken from its chip. */
export const markOf = (verdict) => {
  const sign = document.querySelector(`[data-line-verdict="${verdict}"] .mark`);
  return sign ? sign.cloneNode(true) : svgElement("svg", { class: "mark" });
};

const said = (className, text, language) => {
  const made = element("p", text, className);
  made.dir = "auto";
  if (language) made.lang = language;
  return made;
};

const cellOf = (className, ...parts) => {
  const made = element("td", undefined, className);
  made.setAttribute("role", "cell");
  made.append(...parts);
  return made;
};

const verdictOf = (line) => {
  const made = element("span", undefined, `verdict v-${line.verdict}`);
  made.append(markOf(line.verdict), script.verdicts[line.verdict][0]);
  return made;
};

const rowOf = (line) => {
  const row = element("tr");
  row.dataset.line = line.line;
  row.setAttribute("role", "row");
  const pick = element("button", line.start, "pick");
  pick.type = "button";
  pick.tabIndex = -1;
  row.append(
    cellOf("c-time", pick, element("div", line.speaker, "dim num")),
    cellOf(
      "c-texts",
      said("from", line.source, script.source_language),
      said("to", "", script.target_language),
      element("p", line.brief, "why"),
    ),
    cellOf(
      "c-state",
      verdictOf(line),
      element("div", line.severity, `severity s-${line.severity}`),
      element("div", "", "decision"),
    ),
  );
  return row;
};

export class LineList {
  #book;
  #events;
  #rows = new Map();
  #orders;
  #hidden = new Set();
  #shown = lines;
  #first = 0;
  #current = null;
  #isInConflict;

  /**
   * @param {import("./script_edits.mjs").EditBook} book
   * @param {(line: object) => boolean} isInConflict
   * @param {object} events
   * @param {(line: object) => void} events.onPick a row was clicked
   * @param {(line: object) => void} events.onTurn a line is to be chosen: the first of another part,
   *   or of the list where the chosen one is not listed any more
   * @param {() => void} events.onEmpty no line is listed
   */
  constructor(book, isInConflict, events) {
    this.#book = book;
    this.#events = events;
    this.#isInConflict = isInConflict;
    this.#orders = lineOrders(Object.keys(script.severities), book);
    this.#wire();
    this.#arrange();
  }

  #wire() {
    const byLine = new Map(lines.map((line) => [line.line, line]));
    byId("line-rows").addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (row) this.#events.onPick(byLine.get(row.dataset.line));
    });
    for (const chip of document.querySelectorAll("[data-line-verdict]")) {
      chip.addEventListener("click", () => {
        const isOn = !isPressed(chip);
        setPressed(chip, isOn);
        this.#hidden[isOn ? "delete" : "add"](chip.dataset.lineVerdict);
        this.update();
      });
    }
    byId("line-open").addEventListener("click", () => {
      setPressed(byId("line-open"), !isPressed(byId("line-open")));
      this.update();
    });
    const turnTo = (first) => this.#events.onTurn(this.#shown[first]);
    byId("line-before").addEventListener("click", () => turnTo(this.#first - page.part));
    byId("line-after").addEventListener("click", () => turnTo(this.#first + page.part));
    byId("all-lines")?.addEventListener("click", () => this.showAll());
    byId("line-sort").addEventListener("change", () => this.update());
    for (const event of ["input", "search"]) {
      byId("line-search").addEventListener(event, () => this.update());
    }
  }

  #arrange() {
    const filter = {
      hidden: this.#hidden,
      isOpenOnly: isPressed(byId("line-open")),
      search: byId("line-search").value,
    };
    const order = this.#orders[byId("line-sort").value];
    this.#shown = filteredLines(lines, filter, this.#book).sort(order);
    const isEmpty = !this.#shown.length;
    byId("line-nothing").hidden = !isEmpty;
    byId("line-viewer").hidden = isEmpty;
    this.#turn(Math.max(0, this.#shown.indexOf(this.#current)));
    return isEmpty;
  }

  /** Filter and sort the lines again. */
  update() {
    if (this.#arrange()) this.#events.onEmpty();
    else if (this.has(this.#current)) this.#row(this.#current).scrollIntoView({ block: "nearest" });
    else this.#events.onTurn(this.#shown[0]);
  }

  /** Take the filter off. */
  showAll() {
    byId("line-search").value = "";
    this.#hidden.clear();
    setPressed(byId("line-open"), false);
    for (const chip of document.querySelectorAll("[data-line-verdict]")) setPressed(chip, true);
    this.update();
  }

  /** Whether a line is listed, in this part or another one. */
  has(line) {
    return line !== null && this.#shown.includes(line);
  }

  get first() {
    return this.#shown[0];
  }

  /** The line so many steps from the chosen one; undefined where the list is empty. */
  at(step) {
    return stepped(this.#shown, this.#current, step);
  }

  /** The line after the chosen one; undefined where that is the last one. */
  get next() {
    return this.#shown[this.#shown.indexOf(this.#current) + 1];
  }

  /** Where a line is in the list, in words. */
  placeOf(line) {
    return `${this.#shown.indexOf(line) + 1} of ${this.#shown.length}`;
  }

  /** Mark the row of the chosen line, and show it. */
  choose(line) {
    if (this.#current) {
      const before = this.#row(this.#current);
      before.removeAttribute("aria-current");
      before.querySelector(".pick").tabIndex = -1;
    }
    this.#current = line;
    const row = this.#row(line);
    const at = this.#shown.indexOf(line);
    if (!row.isConnected && at >= 0) this.#turn(at);
    row.setAttribute("aria-current", "true");
    row.querySelector(".pick").tabIndex = 0;
    row.scrollIntoView({ block: "nearest" });
  }

  /** Give the focus to the row of the chosen line. */
  focus() {
    this.#row(this.#current).querySelector(".pick").focus({ preventScroll: true });
  }

  /** Write what is wanted of a line into its row, where it has one. */
  draw(line) {
    const row = this.#rows.get(line.line);
    if (!row) return;
    const state = this.#book.of(line);
    const cell = row.querySelector(".decision");
    row.querySelector(".to").textContent = textOf(line, state);
    cell.textContent = listedEdit(state, this.#isInConflict(line));
    cell.classList.toggle("new", this.#book.isChanged(line));
  }

  #row(line) {
    let row = this.#rows.get(line.line);
    if (!row) {
      row = rowOf(line);
      this.#rows.set(line.line, row);
      this.draw(line);
    }
    return row;
  }

  /** Show the part of the list that a place in it belongs to. */
  #turn(at) {
    this.#first = partStart(at, page.part);
    const part = this.#shown.slice(this.#first, this.#first + page.part);
    const rows = part.map((line, index) => {
      const row = this.#row(line);
      row.setAttribute("aria-rowindex", this.#first + index + 2); // the header is the first
      return row;
    });
    const count = this.#shown.length;
    byId("line-rows").replaceChildren(...rows);
    byId("line-rows").parentElement.setAttribute("aria-rowcount", count + 1);
    byId("line-pager").hidden = count <= page.part;
    byId("line-place").textContent = `${this.#first + 1}–${this.#first + part.length} of ${count}`;
    byId("line-before").disabled = this.#first === 0;
    byId("line-after").disabled = this.#first + page.part >= count;
  }
}
