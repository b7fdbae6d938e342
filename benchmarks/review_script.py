"""Measure the tab Script of a long film's review page in a real Chromium.

    python benchmarks/review_script.py [--lines 3000] [--json FILE]

The page is written by the review's own code, without a film to play. It prints, in milliseconds,
from a real key or click to the frame that shows what it did: the next line, a letter that is typed,
an approval, a start that is moved, search, filter, another part of the list; and until the page is
ready. See `review_watch.py` for how times are taken.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright
from review_film import RATE, film_lines, script_tab
from review_watch import LIMITS_MS, OBSERVE, answered, launched, timed

from mouthpiece.config.guard import Guard
from mouthpiece.project.gate import Gate
from mouthpiece.review.page import Film, write_page
from mouthpiece.review.thresholds import Thresholds


def main() -> None:
    """Write, open, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--lines", type=int, default=3000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        written(Path(folder), options.lines, random.Random(0))
        browser = launched(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        found = measured(page, Path(folder))
        browser.close()
    for name, times in found.items():
        print(f"{name:8} median {np.median(times):5.0f} ms, slowest {max(times):5.0f} ms")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    slow = {name for name, times in found.items() if np.median(times) > LIMITS_MS.get(name, 100)}
    if slow:
        raise SystemExit(f"slower than the limit: {', '.join(sorted(slow))}")


def written(folder: Path, count: int, chance: random.Random) -> None:
    """A page of so many lines in `folder`."""
    starts, at = [], 0
    for _ in range(count):
        starts.append(at)
        at += 60 + chance.randrange(40)
    tab = script_tab(film_lines(starts, chance), "pt-BR")
    film = Film("a film of some length", "pt-BR", RATE)
    write_page(folder, film, [], Thresholds.of(Guard(), Gate()), {}, script=tab)


def measured(page: Page, folder: Path) -> dict[str, list[float]]:
    """How long what a reviewer does takes to be seen, in ms."""
    page.goto((folder / "index.html").as_uri() + "#script")
    page.wait_for_timeout(1000)
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    page.evaluate(OBSERVE)
    page.locator("#line-rows .pick").first.click()
    found = {"ready": [ready], "next": answered(page, *["j"] * 20, *["k"] * 20)}
    found["approve"] = answered(page, *"au" * 5)
    found["move"] = answered(page, *",." * 5)
    page.keyboard.press("e")
    found["type"] = answered(page, *"Nunca disse")
    page.keyboard.press("Escape")
    page.focus("#line-search")
    found["search"] = answered(page, *"train", *["Backspace"] * 5)
    page.keyboard.press("Escape")
    chips = page.locator("[data-line-verdict]").all()
    found["filter"] = [timed(page, chip.click) for chip in [*chips, *chips]]
    buttons = [page.locator(name) for name in ("#line-after", "#line-before") * 3]
    found["page"] = [timed(page, button.click) for button in buttons if button.is_enabled()]
    return found


if __name__ == "__main__":
    main()
