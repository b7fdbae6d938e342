"""Measure the review pages of a long film in a real Chromium: paint, answers to keys, memory.

    python benchmarks/review.py [--cuts 1500] [--languages 5] [--json FILE]

Each language's page is as a run leaves it, with film, clips, remedies and lines: see
`review_film.py`. It is opened from disk. It prints, in milliseconds:

- paint, ready: from the navigation to the first contentful paint, and until the script is done,
- next (cut), decide, undo, nudge (the lips by a frame), loupe (opened, closed), context (a cut is
  played in it), ribbon (a click anywhere on it), search, sort, filter, page (another part of the
  list): from a real key or click to the frame that shows what it did; see `review_watch.py`,
- context shown, film shown: from the key, or the click on the ribbon of the tab *Film*, until the
  film shows its frame,
- of each of these the CPU time of the page's thread, with what follows within 60 ms; of ready, all
  that is done in the first second,

and, while `j` goes through all cuts, after a collection of garbage: the script's heap, DOM nodes,
listeners, and the resident memory of the page's process. At last it prints the worst of all
languages, and, on the review server, when the list of these films is painted, and the page of
another language that is chosen in it. Wants Chromium, and playwright (the test extra).
"""

import argparse
import json
import logging
import random
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page, Playwright, sync_playwright
from review_film import written
from review_watch import (
    LIMITS_MS,
    LOADED,
    OBSERVE,
    PAINTED,
    READY,
    Cpu,
    Memory,
    answered,
    first_frame,
    held,
    launched,
    timed,
    until,
)

from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore

LANGUAGES = ("de", "fr", "pt-BR", "ja", "tr")
SAMPLES = 6
"""How often memory is looked at on the way through all cuts."""


def main() -> None:
    """Write, open, measure, print."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cuts", type=int, default=1500)
    parser.add_argument("--languages", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for index in range(options.languages):
            language = LANGUAGES[index % len(LANGUAGES)]
            film = Path(folder) / "results" / "film" / language
            written(film, options.cuts, random.Random(index))
            browser = launched(playwright)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            found.append({"language": language, **measured(page, film / "review", options.cuts)})
            browser.close()
            show(found[-1])
        served = served_ms(playwright, Path(folder))
    print(f"all {len(found)} languages: {'median':>7}{'slowest':>9}{'limit':>8}  ms")
    for name in found[0]["times"]:
        times = [time for one in found for time in one["times"][name]]
        print(f"  {name:18}{np.median(times):9.0f}{max(times):9.0f}{LIMITS_MS.get(name, ''):>8}")
    for name, times in served.items():
        print(f"  {name:18}{np.median(times):9.0f}{max(times):9.0f}")
    heaps = [m["heap_mb"] for one in found for m in one["memory"]]
    print(f"  heap    {min(heaps):.2f} to {max(heaps):.2f} MB")
    if options.json:
        options.json.write_text(json.dumps([*found, served], indent=1), encoding="utf-8")


def served_ms(playwright: Playwright, folder: Path) -> dict[str, list[float]]:
    """From a navigation to its first contentful paint: the list of films, and each language."""
    server = Server(ReviewStore(folder / "results", folder / "decisions.tsv"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = launched(playwright)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    found: dict[str, list[float]] = {"list of films": [], "another language": []}
    for video, language in server.reviews.films():
        for name, path in (("list of films", ""), ("another language", f"{video}/{language}/")):
            page.goto(f"{server.address}{path}")
            page.wait_for_timeout(1000)
            found[name].append(float(page.evaluate(PAINTED)))
    browser.close()
    server.shutdown()
    return found


def measured(page: Page, folder: Path, cuts: int) -> dict[str, Any]:
    """The page's times, and its memory on the way through all cuts."""
    devtools = page.context.new_cdp_session(page)
    cpu = Cpu(devtools)
    page.goto((folder / "index.html").as_uri())
    page.wait_for_timeout(1000)
    cpu_ms = {"ready": cpu.spent_ms()}
    times: dict[str, list[float]] = {
        "paint": [float(page.evaluate(PAINTED))],
        "ready": [float(page.evaluate(READY))],
    }
    page.evaluate(OBSERVE)
    acts: dict[str, Callable[[Page], list[float]]] = {
        "next": lambda page: answered(page, *["j"] * 20, *["k"] * 20),
        "decide": lambda page: answered(page, *"aptu" * 3),
        "undo": lambda page: answered(page, *["Control+z"] * 8),
        "nudge": lambda page: answered(page, *",." * 5),
        "loupe": lambda page: answered(page, *"z" * 10),
        "context": in_context,
        "context shown": context_shown,
        "ribbon": on_ribbon,
        "search": searched,
        "sort": sorted_by,
        "filter": filtered,
        "page": turned,
        "film shown": film_shown,
    }
    for name, act in acts.items():
        page.locator("#rows .pick").first.click()
        until(page, LOADED)
        cpu.spent_ms()
        times[name] = act(page)
        cpu_ms[name] = cpu.spent_ms() / max(1, len(times[name]))
    memory = paged(page, devtools, cuts)
    return {
        "cuts": cuts,
        "page_mb": round((folder / "index.html").stat().st_size / 1e6, 2),
        "times": times,
        "cpu_ms": cpu_ms,
        "memory": [asdict(m) for m in memory],
    }


def in_context(page: Page) -> list[float]:
    """A cut is played in context, and no longer."""
    return answered(page, *["i"] * 10)


def context_shown(page: Page) -> list[float]:
    """Cuts of all parts of the film are shown in context."""
    found = []
    for share in np.linspace(0.05, 0.95, 10):
        click(page, share)
        until(page, LOADED)
        found.append(first_frame(page, "#context-film", lambda: page.keyboard.press("i")))
        page.keyboard.press("i")
    return found


def on_ribbon(page: Page) -> list[float]:
    """Clicks on all parts of the ribbon, to and fro."""
    shares = [share for pair in zip(*halves(), strict=True) for share in pair]
    return [timed(page, lambda share=share: click(page, share)) for share in shares]


def film_shown(page: Page) -> list[float]:
    """The same in the tab *Film*, until the film is there."""
    page.locator("#tab-film").click()
    until(page, "document.querySelector('#film-video').readyState >= 2")
    shares = [share for pair in zip(*halves(), strict=True) for share in pair]
    found = [
        first_frame(page, "#film-video", lambda share=share: click(page, share)) for share in shares
    ]
    page.locator("#tab-cuts").click()
    return found


def halves() -> tuple[np.ndarray, np.ndarray]:
    """Places in both halves of the ribbon."""
    return np.linspace(0.02, 0.48, 10), np.linspace(0.52, 0.98, 10)


def click(page: Page, share: float) -> None:
    """Click on the ribbon, at a share of its length."""
    box = page.locator("#ribbon").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def searched(page: Page) -> list[float]:
    """Letter by letter, and away again."""
    page.focus("#search")
    found = answered(page, *"behind 00", *["Backspace"] * 9)
    page.keyboard.press("Escape")
    return found


def sorted_by(page: Page) -> list[float]:
    """Through all orders, to and fro."""
    page.focus("#sort")
    count = page.locator("#sort option").count() - 1
    found = answered(page, *["ArrowDown"] * count, *["ArrowUp"] * count)
    page.keyboard.press("Escape")
    return found


def filtered(page: Page) -> list[float]:
    """Each verdict off, and on again."""
    chips = page.locator("[data-verdict]").all()
    return [timed(page, chip.click) for chip in [*chips, *chips]]


def turned(page: Page) -> list[float]:
    """To the next part of the list, and back."""
    buttons = [page.locator(name) for name in ("#after", "#before") * 3]
    return [timed(page, button.click) for button in buttons if button.is_enabled()]


def paged(page: Page, devtools: CDPSession, cuts: int) -> list[Memory]:
    """What the page holds on the way through all cuts."""
    page.locator("#rows .pick").first.click()
    page.evaluate("() => { window.answers = []; }")
    found = []
    for shown in range(1, cuts):
        page.keyboard.press("j")
        if shown % max(1, (cuts - 1) // SAMPLES) == 0:
            found.append(held(page, devtools, shown))
    last = page.locator("#rows .pick").last.inner_text()
    if page.locator("#rows tr[aria-current] .pick").inner_text() != last:
        raise RuntimeError("the keys did not reach the last cut")
    return found


def show(found: dict[str, Any]) -> None:
    """A page's figures, as a table."""
    print(f"{found['language']}: {found['cuts']} cuts, a page of {found['page_mb']} MB")
    print(f"  {'':14}{'median':>8}{'9 of 10':>9}{'slowest':>9}{'limit':>8}{'CPU':>6}  ms")
    for name, times in found["times"].items():
        low, high = np.percentile(times, (50, 90))
        cpu = f"{found['cpu_ms'][name]:6.0f}" if name in found["cpu_ms"] else ""
        limit = LIMITS_MS.get(name, "")
        print(f"  {name:14}{low:8.0f}{high:9.0f}{max(times):9.0f}{limit:>8}{cpu}")
    print(f"  {'shown':>14}{'heap MB':>9}{'nodes':>8}{'listeners':>11}{'resident MB':>13}")
    for m in found["memory"]:
        print(
            f"  {m['cut']:14}{m['heap_mb']:9.2f}{m['nodes']:8}{m['listeners']:11}"
            f"{m['resident_mb']:13.1f}"
        )


if __name__ == "__main__":
    main()
