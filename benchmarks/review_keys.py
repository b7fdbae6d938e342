"""Decide the cuts of a film by keyboard, in a real Chromium, and print the keys and the time.

    python benchmarks/review_keys.py [RESULTS] [--cuts 20] [--think-s 2]

The cuts are those of the demo (`make demo`; RESULTS: where its results are), of all its languages
in turn, again and again until there are enough; the page is opened from disk. Of each cut, in the
order of the list, both pictures are played once from beginning to end at their own speed; the
mouths of a doubtful or late one are enlarged. Then a time to think passes, and keys decide: what
passed or is in doubt is approved; a late one is moved by as many frames as it is late, and asked
for again; all else stays the original. At last the decisions are exported. Wants Chromium, and
playwright (the test extra).
"""

import argparse
import itertools
import json
import random
import re
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from review_watch import LOADED, launched, until

from mouthpiece.config.guard import Guard
from mouthpiece.core.cuts import cut_id
from mouthpiece.core.files import link_or_copy
from mouthpiece.engines.dials import dials_of
from mouthpiece.engines.registry import engine_settings, preset_names
from mouthpiece.project.gate import Gate
from mouthpiece.review.clips import Clips
from mouthpiece.review.page import Film, write_page
from mouthpiece.review.remedies import PageRemedies
from mouthpiece.review.thresholds import Thresholds

DEMO = "demo"
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Reviewed:
    """A cut as a page of the demo has it, and the folder of that page."""

    folder: Path
    view: dict[str, Any]


def main() -> None:
    """Write a page, decide on its cuts, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"))
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--think-s", type=float, default=2.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        written(Path(folder), demo_cuts(options.results), options.cuts)
        browser = launched(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto((Path(folder) / "index.html").as_uri())
        page.keyboard.press("l")  # a cut that is played stops at its end
        began_s = time.monotonic()
        keys = [decided(page, options.think_s, index) for index in range(options.cuts)]
        tables = exported(page)
        took_s = time.monotonic() - began_s
        browser.close()
    print("\n".join(keys))
    for name, rows in tables.items():
        print(f"{name}: {rows} rows")
    thought_s = options.cuts * options.think_s
    print(f"{options.cuts} cuts in {took_s:.0f} s, of which {thought_s:.0f} s are to think")


def demo_cuts(results: Path) -> list[Reviewed]:
    """The cuts of all languages of the demo, in the order of the film."""
    found = []
    for path in sorted(results.glob(f"{DEMO}/*/review/index.html")):
        data = DATA.search(path.read_text(encoding="utf-8"))
        assert data is not None
        views = json.loads(data[1])["cuts"]
        found += [Reviewed(path.parent, view) for view in views]
    if not found:
        raise SystemExit(f"{results}/{DEMO}: no review page; make the demo first: make demo")
    return sorted(found, key=lambda cut: (cut.view["first_frame"], cut.folder))


def written(folder: Path, cuts: list[Reviewed], count: int) -> None:
    """A page of so many cuts in `folder`, those of the demo again and again."""
    rows, clips, first = [], {}, 0
    for number, cut in enumerate(itertools.islice(itertools.cycle(cuts), count)):
        frames = cut.view["frames"]
        name = cut_id(first, frames)
        draft = cut.view["draft"] and f"{random.Random(number).randrange(16**12):012x}"
        moved = {"cut": name, "first_frame": str(first), "draft": draft}
        rows.append(cut.view["row"] | moved)
        clips[name] = clips_of(folder, cut, name)
        first += frames
    write_page(
        folder,
        Film(DEMO, "en", Fraction(25)),
        rows,
        Thresholds.of(Guard(), Gate()),
        clips,
        {name: preset_names(name) for name in engine_settings()},
        remedies=PageRemedies({"preview": dials_of("preview")}, cuts=[*clips]),
    )


def clips_of(folder: Path, cut: Reviewed, name: str) -> Clips:
    """The clips of a cut, under another name."""
    paths = {}
    keys = {"original": "original_clip", "draft": "draft_clip", "thumbnail": "thumbnail"}
    for side, key in keys.items():
        if known := cut.view[key]:
            paths[side] = f"clips/{name}.{side}{Path(known).suffix}"
            (folder / "clips").mkdir(exist_ok=True)
            link_or_copy(cut.folder / known, folder / paths[side])
    mouth = cut.view["mouth"]
    return Clips(
        **paths,
        levels=tuple(cut.view["levels"]),
        speech=tuple((first, end) for first, end in cut.view["speech"]),
        course=tuple(cut.view["course"]),
        mouth=tuple(zip(mouth[::3], mouth[1::3], mouth[2::3], strict=True)),
    )


def decided(page: Page, think_s: float, index: int) -> str:
    """Look at the next cut and decide on it; returns its id and the keys."""
    keys = pressed(page, "j") if index else []
    row = page.locator("#rows tr[aria-current]")
    verdict = next(
        name.removeprefix("e-")
        for name in (row.get_attribute("class") or "").split()
        if name.startswith("e-")
    )
    late_frames = late(page)
    until(page, LOADED)
    is_close = bool(late_frames) or verdict == "review"
    keys += pressed(page, "z") if is_close else []
    keys += pressed(page, "space")
    until(page, "document.querySelector('#play').textContent === 'Pause'")
    until(page, "document.querySelector('#play').textContent === 'Play'")
    page.wait_for_timeout(1000 * think_s)
    keys += pressed(page, "z") if is_close else []
    if late_frames:
        keys += pressed(page, *["," if late_frames > 0 else "."] * abs(late_frames), "r")
        drafted = page.locator("#presets [aria-current] kbd")
        keys += pressed(page, drafted.inner_text())
    else:
        keys += pressed(page, "a" if verdict in ("pass", "review") else "p")
    if not row.locator(".decision").inner_text():
        raise RuntimeError(f"no decision on {row.get_attribute('data-cut')}")
    return f"{row.get_attribute('data-cut')}  {verdict:12}{' '.join(keys)}"


def late(page: Page) -> int:
    """How many frames the chosen cut is said to be late; 0 where it is not."""
    said = page.locator("#rows tr[aria-current]").inner_text()
    found = re.search(r"(\d+) frames? (late|early)", said)
    return int(found[1]) * (1 if found[2] == "late" else -1) if found else 0


def exported(page: Page) -> dict[str, int]:
    """Export what was decided; returns the tables, and how many rows they have."""
    page.locator("#export").press("Enter")
    tables = {}
    for name, text in (("decisions.tsv", "#export-text"), ("overrides.tsv", "#remedy-text")):
        tables[name] = len(page.locator(text).input_value().splitlines()) - 1
    return tables


def pressed(page: Page, *keys: str) -> list[str]:
    """Press keys; returns their names."""
    for key in keys:
        page.keyboard.press(" " if key == "space" else key)
    return list(keys)


if __name__ == "__main__":
    main()
