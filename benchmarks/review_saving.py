"""Measure how fast the review server and its page save decisions on many cuts at once.

    python benchmarks/review_saving.py [--cuts 1500]

A page as in benchmarks/review.py is served by the review server, and opened in a real Chromium. All
its cuts are selected; then a key approves them, keeps their originals, takes that back, and clears
what is left. It prints, of each key:

- script, page: milliseconds of CPU time of the page's thread until the step is drawn: in scripts,
  and altogether,
- server: seconds of the server's CPU time until all is saved,
- saved: seconds until the page says that it is.

Wants Chromium, and playwright (the test extra).
"""

import argparse
import random
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright
from review_film import written
from review_watch import launched

from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore

FILM = ("film", "de")
STEPS = {"approve": "a", "keep original": "p", "undo": "Control+z", "clear": "u"}
DRAWN_MS = 1000
"""How long after a key its step is drawn, at most."""


def main() -> None:
    """Serve, decide, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cuts", type=int, default=1500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        server = served(Path(name), options.cuts)
        browser = launched(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(f"{server.address}{'/'.join(FILM)}/")
        page.wait_for_timeout(DRAWN_MS)
        print(f"{'':14}{'script ms':>10}{'page ms':>9}{'server s':>10}{'saved s':>9}")
        for step, key in STEPS.items():
            page.locator("#rows .pick").first.click()
            page.keyboard.press("Control+a")
            page.wait_for_timeout(DRAWN_MS)
            print(f"{step:14}" + measured(page, devtools, key))
        browser.close()
        server.shutdown()


def served(folder: Path, cuts: int) -> Server:
    """Serve a film of so many cuts."""
    written(folder / "results" / FILM[0] / FILM[1], cuts, random.Random(0))
    server = Server(ReviewStore(folder / "results", folder / "decisions.tsv"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def measured(page: Page, devtools: CDPSession, key: str) -> str:
    """Press a key; returns the figures of its step, as a line of the table."""
    before, began_s, server_s = used(devtools), time.monotonic(), time.process_time()
    page.keyboard.press(key)
    page.wait_for_timeout(DRAWN_MS)
    script_ms, page_ms = (
        1000 * (now - then) for now, then in zip(used(devtools), before, strict=True)
    )
    while not page.locator("#saving").inner_text().startswith("Saved"):
        page.wait_for_timeout(50)
    saved_s, server_s = time.monotonic() - began_s, time.process_time() - server_s
    return f"{script_ms:10.0f}{page_ms:9.0f}{server_s:10.1f}{saved_s:9.1f}"


def used(devtools: CDPSession) -> tuple[float, float]:
    """CPU time of the page's thread so far, in seconds: in scripts, and altogether."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    values = {metric["name"]: metric["value"] for metric in metrics}
    return values["ScriptDuration"], values["TaskDuration"]


if __name__ == "__main__":
    main()
