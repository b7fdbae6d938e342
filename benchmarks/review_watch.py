"""How long what a reviewer does takes to be seen in a real Chromium, and its memory.

A time is from a real key or click to the frame that shows what it did: the browser's own Event
Timing, which reports nothing below 16 ms; that counts as 16.
"""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, Playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
KEYS = ("next", "decide", "undo", "nudge", "loupe", "context", "ribbon")
LIMITS_MS = {"paint": 1000, "ready": 1000}
LIMITS_MS |= dict.fromkeys((*KEYS, "search", "sort", "filter", "page"), 100)
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
PLAYERS = "[...document.querySelectorAll('#stage figure[data-side] video')]"
LOADED = f"{PLAYERS}.length && {PLAYERS}.every((p) => p.readyState >= 2 && !p.seeking)"
STEP_MS = 20
PATIENCE_S = 30.0
"""How long a picture may take to be there, or a cut to be played, in seconds."""
OBSERVE = """() => {
  window.answers = [];
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) window.answers.push([e.name, e.duration]);
  }).observe({ type: "event", durationThreshold: 16 });
}"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
FIRST_FRAME = """(selector) => {
  const film = document.querySelector(selector);
  window.firstFrame = new Promise((done, fail) => {
    setTimeout(() => fail(new Error(`${selector} shows no frame`)), 30_000);
    const begin = ({ timeStamp }) => {
      const look = (now, { mediaTime }) => {
        const isThere = Math.abs(mediaTime - film.currentTime) < 0.2;
        if (isThere) done(now - timeStamp);
        else film.requestVideoFrameCallback(look);
      };
      film.requestVideoFrameCallback(look);
    };
    for (const name of ["keydown", "click"]) {
      document.addEventListener(name, begin, { once: true, capture: true });
    }
  });
}"""
"""Notes how long after a key or click a film shows the frame that it was sent to."""


@dataclass(frozen=True)
class Memory:
    """What the page holds once `cut` cuts have been shown."""

    cut: int
    heap_mb: float
    nodes: int
    listeners: int
    resident_mb: float


class Cpu:
    """CPU time of a page's thread."""

    def __init__(self, devtools: CDPSession) -> None:
        """Begin to count."""
        self._devtools = devtools
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._last_ms = self._now_ms()

    def spent_ms(self) -> float:
        """How much it was since this was asked last."""
        before, self._last_ms = self._last_ms, self._now_ms()
        return self._last_ms - before

    def _now_ms(self) -> float:
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        return next(1000 * float(m["value"]) for m in metrics if m["name"] == "TaskDuration")


def launched(playwright: Playwright) -> Browser:
    """A Chromium of its own."""
    return playwright.chromium.launch(
        executable_path=next(filter(None, map(shutil.which, CHROMIUM))),
        args=["--headless", "--no-sandbox", "--disable-gpu"],
    )


def answered(page: Page, *keys: str) -> list[float]:
    """How long each key took to be seen."""
    return [timed(page, lambda key=key: page.keyboard.press(key)) for key in keys]


def timed(page: Page, act: Callable[[], object]) -> float:
    """How long what a person does takes to be seen, in ms; 16 for whatever is faster."""
    page.evaluate("() => { window.answers = []; }")
    act()
    page.wait_for_timeout(60)
    page.evaluate(DRAWN)  # on a busy machine the browser reports later
    return max([16.0, *page.evaluate("window.answers.map((a) => a[1])")])


def first_frame(page: Page, film: str, act: Callable[[], object]) -> float:
    """How long after what a person does a film shows its frame, in ms."""
    page.evaluate(FIRST_FRAME, film)
    act()
    return float(page.evaluate("window.firstFrame"))


def until(page: Page, condition: str) -> None:
    """Wait until a script is true. The page forbids Playwright's own `wait_for_function`."""
    until_s = time.monotonic() + PATIENCE_S
    while not page.evaluate(condition):
        if time.monotonic() > until_s:
            raise RuntimeError(f"never came true: {condition}")
        page.wait_for_timeout(STEP_MS)


def held(page: Page, devtools: CDPSession, shown: int) -> Memory:
    """What the page holds now, garbage collected."""
    page.wait_for_timeout(500)
    page.evaluate("() => { window.answers = []; }")
    devtools.send("HeapProfiler.collectGarbage")
    counters = devtools.send("Memory.getDOMCounters")
    heap = devtools.send("Runtime.getHeapUsage")["usedSize"]
    browser = page.context.browser
    assert browser is not None
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    resident = sum(resident_mb(int(p["id"])) for p in processes if p["type"] == "renderer")
    return Memory(
        shown, round(heap / 1e6, 2), counters["nodes"], counters["jsEventListeners"], resident
    )


def resident_mb(process: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
