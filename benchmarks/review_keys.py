"""Decide the cuts of a film by keyboard, in a real Chromium, and print the keys and the time.

    python benchmarks/review_keys.py [--cuts 20] [--think-s 2]

The page is as in benchmarks/review.py. Of each cut, in the order of the list, both pictures are
played once from beginning to end at their own speed; the mouths of a doubtful one are enlarged.
Then a time to think passes, and a key decides: what passed or is in doubt is approved, all else
stays the original. Wants Chromium, and playwright (the test extra).
"""

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from review import CHROMIUM, written

PLAYERS = "[...document.querySelectorAll('#stage figure[data-side] video')]"
LOADED = f"{PLAYERS}.length && {PLAYERS}.every((p) => p.readyState >= 2 && !p.seeking)"
STEP_MS = 20
PATIENCE_S = 30.0
"""How long a picture may take to be there, or a cut to be played, in seconds."""


def main() -> None:
    """Write a page, decide on its cuts, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--think-s", type=float, default=2.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        written(Path(folder), "de", options.cuts, random.Random(0))
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, CHROMIUM))),
            args=["--headless", "--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto((Path(folder) / "index.html").as_uri())
        page.keyboard.press("l")  # a cut that is played stops at its end
        began_s = time.monotonic()
        keys = [decided(page, options.think_s, index) for index in range(options.cuts)]
        took_s = time.monotonic() - began_s
        left = page.evaluate(
            "[...document.querySelectorAll('#rows .decision')].filter((d) => !d.textContent).length"
        )
        browser.close()
    print("\n".join(keys))
    print(
        f"{options.cuts - left} of {options.cuts} cuts decided in {took_s:.0f} s, of which "
        f"{options.cuts * options.think_s:.0f} s are to think"
    )


def decided(page: Page, think_s: float, index: int) -> str:
    """Look at the next cut and decide on it; returns its id and the keys."""
    keys = pressed(page, "j") if index else []
    row = page.locator("tr[aria-current]")
    classes = (row.get_attribute("class") or "").split()
    is_doubtful = "e-review" in classes
    wait(page, LOADED)
    if is_doubtful:
        keys += pressed(page, "z")
    keys += pressed(page, "space")
    wait(page, "document.querySelector('#play').textContent === 'Pause'")
    wait(page, "document.querySelector('#play').textContent === 'Play'")
    page.wait_for_timeout(1000 * think_s)
    if is_doubtful:
        keys += pressed(page, "z")
    keys += pressed(page, "a" if is_doubtful or "e-pass" in classes else "p")
    return f"{row.get_attribute('data-cut')}  {' '.join(keys)}"


def pressed(page: Page, key: str) -> list[str]:
    """Press a key; returns its name."""
    page.keyboard.press(" " if key == "space" else key)
    return [key]


def wait(page: Page, condition: str) -> None:
    """Wait until a script is true. The page forbids Playwright's own `wait_for_function`."""
    until_s = time.monotonic() + PATIENCE_S
    while not page.evaluate(condition):
        if time.monotonic() > until_s:
            raise RuntimeError(f"never came true: {condition}")
        page.wait_for_timeout(STEP_MS)


if __name__ == "__main__":
    main()
