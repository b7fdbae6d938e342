import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hintOf } from "../../../workflow_scripts/mouthpiece/review/templates/page/key_hints.mjs";
import {
  ACTIONS,
  FILM_ACTIONS,
} from "../../../workflow_scripts/mouthpiece/review/templates/page/keys.mjs";

const PAGE = new URL(
  "../../../workflow_scripts/mouthpiece/review/templates/page/page.html.j2",
  import.meta.url,
);

test("a button says its key, where the key acts", () => {
  assert.deepEqual(hintOf("Play", " ", false), { title: "Play: space", shortcut: "Space" });
  assert.deepEqual(hintOf("Opens more", "+", true), { title: "Opens more: +", shortcut: "Plus" });
  assert.deepEqual(hintOf("Approve", "a", false), { title: "Approve", shortcut: "" });
  assert.deepEqual(hintOf("", "ArrowLeft", true), { title: "Key: ←", shortcut: "ArrowLeft" });
});

/** Keys as the help dialog writes them. */
const WRITTEN = { " ": "space", ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→" };

test("the help dialog has every key", () => {
  const text = readFileSync(PAGE, "utf8");
  const help = text.slice(text.indexOf('<dialog id="help"'), text.indexOf('<dialog id="retrying"'));
  for (const key of [...Object.keys(ACTIONS), ...Object.keys(FILM_ACTIONS)]) {
    const written = WRITTEN[key] ?? (key === "F" ? "⇧ f" : key);
    assert.ok(help.includes(`<kbd>${written}</kbd>`), key);
  }
});
