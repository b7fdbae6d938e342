// Earlier drafts of the chosen cut: one is shown in place of the original, and may be restored.

import { announce, byId, setPressed } from "./dom.mjs";
import { page } from "./page_data.mjs";
import { ask } from "./server.mjs";
import { RESTORE, Versions, versionName } from "./versions.mjs";

export class VersionPanel {
  #versions = new Versions();
  #session;
  #cut = null;
  #shown = null;

  /** @param {import("./session.mjs").Session} session */
  constructor(session) {
    this.#session = session;
    byId("against").addEventListener("change", () => {
      const { value } = byId("against");
      this.#compare(this.#versions.of(this.#cut).find((one) => one.draft === value) ?? null);
    });
    byId("restore").addEventListener("click", () => this.restore());
  }

  /** Read again which drafts are kept. */
  async read() {
    try {
      const { versions } = await ask((...request) => fetch(...request), "versions", {});
      this.#versions.take(versions);
      if (this.#cut) this.#showAgain();
    } catch {
      // The film is being made again; the page reads them once it is there.
    }
  }

  /** Show the earlier drafts of a cut; the original is compared first. */
  show(cut) {
    this.#cut = cut;
    this.#shown = null;
    const found = this.#versions.of(cut);
    byId("versions").hidden = !found.length;
    byId("against").replaceChildren(
      new Option("Original", ""),
      ...found.map((one) => new Option(versionName(one, cut, page.gate), one.draft)),
    );
    this.draw();
  }

  /** Show those that are kept now; the one that is compared stays, where it is among them. */
  #showAgain() {
    const before = this.#shown;
    this.show(this.#cut);
    if (!before) return;
    this.#shown = this.#versions.of(this.#cut).find((one) => one.draft === before.draft) ?? null;
    byId("against").value = this.#shown?.draft ?? "";
    if (!this.#shown) this.#session.watching.compare(null);
    this.draw();
  }

  /** Compare the draft with the next earlier one; after the last, with the original. */
  next() {
    if (!this.#versions.of(this.#cut).length) return;
    this.#compare(this.#versions.after(this.#cut, this.#shown));
  }

  /** Have the compared draft delivered, without drawing it again. */
  restore() {
    if (!this.#shown) return;
    this.#session.deciding.restore(this.#shown.draft);
    this.draw();
    announce(`Cut ${this.#cut.cut}: the next run delivers the earlier draft`);
  }

  draw() {
    if (!this.#cut) return;
    const state = this.#session.book.of(this.#cut);
    const isWanted = state.decision === RESTORE && state.draft === this.#shown?.draft;
    byId("restore").hidden = !this.#shown;
    setPressed(byId("restore"), isWanted);
  }

  #compare(version) {
    this.#shown = version;
    byId("against").value = version?.draft ?? "";
    const name = version && versionName(version, this.#cut, page.gate);
    this.#session.watching.compare(version && { clip: version.clip, name });
    this.draw();
    announce(`Compared with: ${name ?? "the original"}`);
  }
}
