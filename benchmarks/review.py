"""Measure the review pages of a long film in a real Chromium: paint, answers to keys, memory.

    python benchmarks/review.py [--cuts 1500] [--languages 5] [--json FILE]

Each language's page is written by the review stage's own code, from rows as a film has them and a
few short clips that it encodes; each cut has clip addresses of its own. The page is opened from
disk. It prints, in milliseconds:

- paint, ready: from the navigation to the first contentful paint, and until the script is done,
- next (cut), decide, search, sort, filter, page (another part of the list): from a real key or
  click to the frame that shows what it did (the browser's own Event Timing; it reports nothing
  below 16 ms, which counts as 16),

and, while `j` goes through all cuts, after a collection of garbage: the script's heap, DOM nodes,
listeners, and the resident memory of the page's process. At last it prints the worst of all
languages, and when the review server's list of these films is painted. Wants Chromium, and
playwright (the test extra).
"""

import argparse
import json
import logging
import os
import random
import shutil
import tempfile
import threading
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from playwright.sync_api import Browser, CDPSession, Page, Playwright, sync_playwright

from mouthpiece.config.guard import Guard
from mouthpiece.core.cut_table import CutRow
from mouthpiece.core.plain_table import write_plain
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.registry import engine_settings, preset_names
from mouthpiece.project.gate import Gate
from mouthpiece.project.settings import Engines
from mouthpiece.review.clips import Clips, write_clips
from mouthpiece.review.page import Film, write_page
from mouthpiece.review.server import Server
from mouthpiece.review.sound import SOUND_RATE
from mouthpiece.review.source_clips import write_source_clips
from mouthpiece.review.store import ReviewStore
from mouthpiece.review.thresholds import Thresholds

RATE = Fraction(25)
LENGTHS = (50, 75, 100, 60, 125, 80)
"""Frames of the clips that are encoded; the cuts take them in turn."""
SIZE = (320, 240)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SAMPLES = 6
"""How often memory is looked at on the way through all cuts."""
LIMITS_MS = {"paint": 1000, "ready": 1000}
LIMITS_MS |= dict.fromkeys(("next", "decide", "search", "sort", "filter", "page"), 100)
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
OBSERVE = """() => {
  window.answers = [];
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) window.answers.push([e.name, e.duration]);
  }).observe({ type: "event", durationThreshold: 16 });
}"""


@dataclass(frozen=True)
class Memory:
    """What the page holds once `cut` cuts have been shown."""

    cut: int
    heap_mb: float
    nodes: int
    listeners: int
    resident_mb: float


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
            language = ("de", "fr", "pt-BR", "ja", "tr")[index % 5]
            film = Path(folder) / "results" / "film" / language
            written(film / "review", language, options.cuts, random.Random(index), "film")
            rows = film_rows(options.cuts, random.Random(index))
            names = list(rows[0])
            write_plain(names, [[row[name] for name in names] for row in rows], film / "cuts.tsv")
            browser = launched(playwright)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            found.append({"language": language, **measured(page, film / "review", options.cuts)})
            browser.close()
            show(found[-1])
        paint_ms = list_paint_ms(playwright, Path(folder))
    print(f"all {len(found)} languages: slowest, ms")
    for name, limit in LIMITS_MS.items():
        print(f"  {name:8}{max(max(one[name]) for one in found):9.0f}{limit:>8}")
    heaps = [m["heap_mb"] for one in found for m in one["memory"]]
    print(f"  heap    {min(heaps):.2f} to {max(heaps):.2f} MB")
    print(f"  list of films, paint {paint_ms:.0f}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def launched(playwright: Playwright) -> Browser:
    """A Chromium of its own."""
    return playwright.chromium.launch(
        executable_path=next(filter(None, map(shutil.which, CHROMIUM))),
        args=["--headless", "--no-sandbox", "--disable-gpu"],
    )


def list_paint_ms(playwright: Playwright, folder: Path) -> float:
    """From the navigation to the first contentful paint of the server's list of all films."""
    server = Server(ReviewStore(folder / "results", folder / "decisions.tsv"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = launched(playwright)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(server.address)
    page.wait_for_timeout(1000)
    paint_ms = float(page.evaluate(PAINTED))
    browser.close()
    server.shutdown()
    return paint_ms


def written(
    folder: Path, language: str, cuts: int, chance: random.Random, name: str = "a film"
) -> None:
    """A page of so many cuts in `folder`."""
    film = Film(name, language, RATE)
    rows = film_rows(cuts, chance)
    made = encoded(folder, rows[: len(LENGTHS)])
    clips = {r["cut"]: of_its_own(folder, made[i % len(made)], r) for i, r in enumerate(rows)}
    names = {name: preset_names(name) for name in engine_settings()}
    write_page(folder, film, rows, Thresholds.of(Guard(), Gate()), clips, names)


def film_rows(cuts: int, chance: random.Random) -> list[dict[str, str]]:
    """The rows of a film of so many cuts."""
    rows, first = [], 0
    for index in range(cuts):
        rows.append(row(first, LENGTHS[index % len(LENGTHS)], chance))
        first += LENGTHS[index % len(LENGTHS)]
    return rows


def row(first: int, frames: int, chance: random.Random) -> dict[str, str]:
    """A row of cuts.tsv, with verdicts and reasons as a film has them."""
    gate, confidence, offset, reason = chance.choice(
        (
            ("pass", 0.3, 0, "in_sync"),
            ("pass", 0.25, 1, "in_sync"),
            ("review", 0.15, 0, "doubtful=0.15"),
            ("fail", 0.2, 4, "off_sync=4"),
            ("fail", 0.05, 0, "low_confidence=0.05"),
            ("unjudged", 0.1, 0, "too_short=0.4"),
            ("none", 0.0, 0, "turned=41.2"),
        )
    )
    values = dict.fromkeys((field.name for field in fields(CutRow)), "")
    values |= {"cut": f"{first:06d}-{first + frames - 1:06d}"}
    values |= {"first_frame": str(first), "frames": str(frames), "gate": gate, "engine": "preview"}
    if gate == "none":
        passed = {"guard": "passthrough", "guard_reasons": reason, "speaker": "unknown"}
        return values | passed | {"action": "passthrough", "reason": reason}
    settings = Engines().preview.model_dump()
    attempt = {"preset": "standard", "moved_frames": 0, "gate": gate, "confidence": confidence}
    return values | {
        "guard": "lipsync",
        "speaker": "speaks",
        "source_confidence": f"{confidence + 0.1:.4f}",
        "source_offset_frames": "0",
        "gate_reasons": "" if gate == "pass" else reason,
        "scorer": "embedded",
        "confidence": f"{confidence + chance.uniform(-0.02, 0.02):.4f}",
        "distance": f"{chance.uniform(0.5, 1):.4f}",
        "offset_frames": str(offset),
        "speech_s": "1.60",
        "draft": f"{chance.randrange(16**12):012x}",
        "action": "passthrough" if gate == "fail" else "lipsync",
        "reason": reason,
        "attempts": json.dumps([attempt] * 2),
        "settings": json.dumps(settings, sort_keys=True),
        "weights": "0123456789ab",
        "code": "0123456789ab",
    }


def encoded(folder: Path, rows: list[dict[str, str]]) -> list[Clips]:
    """Clips of a few cuts, by the review stage's own code: bursts of noise, moving bars."""
    clocks = [Clock(RATE, int(r["first_frame"]), int(r["frames"])) for r in rows]
    with tempfile.TemporaryDirectory() as name:
        sound = Path(name) / "sound.flac"
        time_s = np.arange(int(clocks[-1].end_frame * SOUND_RATE / RATE)) / SOUND_RATE
        noise = np.random.default_rng(0).normal(0, 0.1, len(time_s))
        soundfile.write(sound, noise * (np.sin(2 * np.pi * 1.5 * time_s) > -0.3), SOUND_RATE)
        segments = [segment(Path(name) / r["cut"], int(r["frames"])) for r in rows]
        shared = Path(name) / "shared"
        write_source_clips(shared, clocks, segments, sound)
        made = write_clips(folder, rows, clocks, segments, segments, sound, shared, sound)
    return [made[r["cut"]] for r in rows]


def segment(path: Path, frames: int) -> Path:
    """An H.264 segment of moving bars."""
    with av.open(str(path), "w", format="mp4") as film:
        video = film.add_stream("libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        bars = np.tile(np.arange(SIZE[0]) % 64 * 3, (SIZE[1], 1))
        for index in range(frames):
            picture = np.roll(np.repeat(bars[..., None], 3, 2), 2 * index, 1).astype(np.uint8)
            film.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(video.encode())
    return path


def of_its_own(folder: Path, clips: Clips, row: dict[str, str]) -> Clips:
    """A cut's own clips, whose files are the same as `clips`' are; and a course."""
    names = {}
    for side, suffix in (("original", "mp4"), ("draft", "mp4"), ("thumbnail", "jpg")):
        if side == "draft" and not row["draft"]:
            continue
        names[side] = f"clips/{row['cut']}.{side}.{suffix}"
        path = folder / names[side]
        if not path.exists():
            os.link(folder / getattr(clips, side), path)
    course = tuple(round(0.2 + 0.1 * np.sin(i / 5), 3) for i in range(len(clips.levels)))
    course = course if row["draft"] else ()
    mouth = tuple((500, 550 + i, 300) for i in range(len(clips.levels) // 5 + 1))
    mouth = mouth if row["draft"] else ()
    return Clips(**names, levels=clips.levels, speech=clips.speech, course=course, mouth=mouth)


def measured(page: Page, folder: Path, cuts: int) -> dict[str, Any]:
    """The page's times, and its memory on the way through all cuts."""
    devtools = page.context.new_cdp_session(page)
    page.goto((folder / "index.html").as_uri())
    page.wait_for_timeout(1000)
    paint, ready = page.evaluate(
        f"[{PAINTED}, performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd]"
    )
    page.evaluate(OBSERVE)
    size_mb = (folder / "index.html").stat().st_size / 1e6
    answers = {
        "next": answered(page, *["j"] * 20, *["k"] * 20),
        "decide": answered(page, *"aptu" * 3),
        "search": searched(page),
        "sort": sorted_by(page),
        "filter": filtered(page),
    }
    answers["page"] = turned(page)
    memory = paged(page, devtools, cuts)
    return {
        "cuts": cuts,
        "page_mb": round(size_mb, 2),
        "paint": [round(paint)],
        "ready": [round(ready)],
        **answers,
        "memory": [asdict(m) for m in memory],
    }


def answered(page: Page, *keys: str) -> list[float]:
    """How long each key took to be seen."""
    return [timed(page, lambda key=key: page.keyboard.press(key)) for key in keys]


def timed(page: Page, act: Any) -> float:
    """How long what a person does takes to be seen, in ms; 16 for whatever is faster."""
    page.evaluate("() => { window.answers = []; }")
    act()
    page.wait_for_timeout(60)
    return max([16.0, *page.evaluate("window.answers.map((a) => a[1])")])


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
    if page.locator("tr[aria-current] .pick").inner_text() != last:
        raise RuntimeError("the keys did not reach the last cut")
    return found


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


def show(found: dict[str, Any]) -> None:
    """A page's figures, as a table."""
    print(f"{found['language']}: {found['cuts']} cuts, a page of {found['page_mb']} MB")
    print(f"  {'':8}{'median':>8}{'9 of 10':>9}{'slowest':>9}{'limit':>8}  ms")
    for name, limit in LIMITS_MS.items():
        times = found[name]
        low, high = np.percentile(times, (50, 90))
        print(f"  {name:8}{low:8.0f}{high:9.0f}{max(times):9.0f}{limit:>8}")
    print(f"  {'shown':>8}{'heap MB':>9}{'nodes':>8}{'listeners':>11}{'resident MB':>13}")
    for m in found["memory"]:
        print(
            f"  {m['cut']:8}{m['heap_mb']:9.2f}{m['nodes']:8}{m['listeners']:11}"
            f"{m['resident_mb']:13.1f}"
        )


if __name__ == "__main__":
    main()
