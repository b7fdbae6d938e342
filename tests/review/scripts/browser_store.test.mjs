import assert from "node:assert/strict";
import { test } from "node:test";
import { BrowserStore } from "../../../workflow_scripts/mouthpiece/review/templates/page/browser_store.mjs";
import { DecisionBook } from "../../../workflow_scripts/mouthpiece/review/templates/page/decisions.mjs";
import { cutOf } from "./samples.mjs";

const FILM = { video: "film", language: "pt-BR" };
const PREFIX = "mouthpiece.decisions.film.pt-BR.";

/** A browser's storage. */
class Storage {
  kept = new Map();
  get length() {
    return this.kept.size;
  }
  key = (index) => [...this.kept.keys()][index];
  getItem = (key) => this.kept.get(key) ?? null;
  setItem = (key, value) => this.kept.set(key, value);
  removeItem = (key) => this.kept.delete(key);
}

const opened = (cuts, storage) => {
  const book = new DecisionBook();
  new BrowserStore(() => storage, FILM).load(book, cuts);
  return book;
};

const decided = (cut, decision, note = "") => {
  const storage = new Storage();
  const book = new DecisionBook();
  book.set(cut, { ...book.of(cut), decision, note });
  new BrowserStore(() => storage, FILM).save(book, [cut]);
  return storage;
};

test("a decision outlives the page", () => {
  const cut = cutOf(0, 50);
  const storage = decided(cut, "approve");
  assert.equal(opened([cut], storage).of(cut).decision, "approve");
  new BrowserStore(() => storage, FILM).save(new DecisionBook(), [cut]);
  assert.equal(storage.length, 0);
});

test("an approval does not outlive its draft, a refusal does", () => {
  const redrafted = cutOf(0, 50, { draft: "ffffffffffff" });
  const approved = opened([redrafted], decided(cutOf(0, 50), "approve"));
  assert.ok(approved.isUndecided(redrafted));
  const refused = opened([redrafted], decided(cutOf(0, 50), "passthrough", "consent"));
  const { decision, draft, note } = refused.of(redrafted);
  assert.deepEqual([decision, draft, note], ["passthrough", "ffffffffffff", "consent"]);
});

test("a refusal is carried over where the boundaries moved", () => {
  const halves = [cutOf(0, 25), cutOf(25, 25), cutOf(50, 50)];
  const storage = decided(cutOf(0, 50), "passthrough", "consent");
  const book = opened(halves, storage);
  const found = halves.map((cut) => book.of(cut).decision);
  assert.deepEqual(found, ["passthrough", "passthrough", ""]);
  assert.equal(book.of(halves[0]).note, "consent");
  const ids = ["000000-000024", "000025-000049"];
  assert.deepEqual(
    [...storage.kept.keys()],
    ids.map((id) => PREFIX + id),
  );
});

test("a refusal of frames that are not there is kept for later", () => {
  const storage = decided(cutOf(500, 50), "passthrough");
  const approved = decided(cutOf(600, 50), "approve");
  storage.setItem(...[...approved.kept][0]);
  assert.equal(opened([cutOf(0, 50)], storage).size, 0);
  assert.equal(storage.length, 2);
});

test("without a storage, or with rubbish in it, nothing breaks", () => {
  const cut = cutOf(0, 50);
  const none = new BrowserStore(() => {
    throw new Error("forbidden");
  }, FILM);
  const book = new DecisionBook();
  none.load(book, [cut]);
  none.save(book, [cut]);
  const storage = new Storage();
  storage.setItem(PREFIX + cut.cut, "{");
  assert.equal(opened([cut], storage).size, 0);
});

test("keys of other films are not this film's", () => {
  const store = new BrowserStore(() => new Storage(), FILM);
  assert.ok(store.owns(null) && store.owns(`${PREFIX}000000-000049`));
  assert.ok(!store.owns("mouthpiece.decisions.film.pt-BR_anna.000000-000049"));
  assert.ok(!store.owns("mouthpiece.theme"));
});
