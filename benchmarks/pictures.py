"""Make the pictures of the documentation: docs/demo.jpg and docs/review.jpg.

    python benchmarks/pictures.py

A face that a program draws (`drawn_face.py`) talks in a short film. The whole workflow redubs it
with the preview engine. demo.jpg has frames of the source above and of the delivered film below;
review.jpg is the review page in Chromium. No picture of a person is in either.

Wants the demo extra (its voice), the test extra (playwright) and an installed Chromium.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import soundfile
from drawn_face import HEIGHT, WIDTH, Pose, draw
from PIL import Image
from playwright.sync_api import sync_playwright
from scipy.ndimage import gaussian_filter1d

from mouthpiece.demo.reel import SOUND_RATE, write_reel
from mouthpiece.demo.sound import LEAD_S, SEED, VOICE_RATE

ROOT = Path(__file__).parents[1]
RATE = 25
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PAGE_SIZE = (1650, 1075)
SHOWN = 6
"""Frames side by side in demo.jpg."""
TILE_PX = 240
LATE = (
    "video\tlanguage\tcut\tsetting\tvalue\nface\ten\t{cut}\tengines.preview.lip_offset_frames\t10\n"
)

CONFIG = """\
videos: videos.tsv
dubs: dubs.tsv
guard:
  max_covered_frames: 1000  # a drawn mouth that opens changes more than one of a person
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shot:
    """A cut of the film.

    Attributes:
        frames: Its length.
        says: What the face says in the source; empty: nobody is there.
        dub: What it says in the dub.
        zoom: How close the camera is.
        mirrored: Whether left and right are exchanged.
    """

    frames: int
    says: str = ""
    dub: str = ""
    zoom: float = 1.0
    mirrored: bool = False


SHOTS = (
    Shot(
        125, "Every word that I say is made by a program.", "Nobody drew me by hand. Watch my lips."
    ),
    Shot(60),
    Shot(
        125,
        "Now the camera comes a little closer to me.",
        "Here my lips come late. Look.",
        1.5,
        True,
    ),
)


def voice(lines: list[str]) -> np.ndarray:
    """Speak a line in each shot; mono at `VOICE_RATE`, [N] float32."""
    from hibari import Hibari

    speak, parts = Hibari(), []
    for shot, line in zip(SHOTS, lines, strict=True):
        part = np.zeros(shot.frames * VOICE_RATE // RATE, np.float32)
        if line:
            words = speak(line, seed=SEED)
            first = int(LEAD_S * VOICE_RATE)
            part[first : first + len(words)] = words[: len(part) - first]
        parts.append(part)
    return np.concatenate(parts)


def openings(sound: np.ndarray) -> np.ndarray:
    """How far the mouth is open in each frame, by how loud the voice is, [T] float64."""
    frames = sound.reshape(-1, VOICE_RATE // RATE)
    loud = np.sqrt((frames.astype(np.float64) ** 2).mean(1))
    return np.clip(gaussian_filter1d(loud, 0.7) / np.percentile(loud, 95), 0, 1) ** 0.7


def pictures(opening: np.ndarray) -> Iterator[np.ndarray]:
    """The film's frames."""
    number = 0
    for shot in SHOTS:
        for frame in range(shot.frames):
            sway = (9 * np.sin(number / 17), 4 * np.sin(number / 11))
            blink = max(0.0, 1 - abs(frame % 70 - 40) / 2.5)
            wide = 1 + 0.1 * np.sin(number / 5)
            pose = Pose(opening[number], wide, blink, sway, 2.5 * np.sin(number / 23))
            yield draw(pose if shot.says else None, shot.zoom, shot.mirrored)
            number += 1


def lay_out(folder: Path) -> None:
    """Write the project: the film, its dub, config and tables."""
    own = voice([shot.says for shot in SHOTS])
    resampled = np.repeat(own, SOUND_RATE // VOICE_RATE)
    write_reel(pictures(openings(own)), resampled, folder / "face.mp4")
    soundfile.write(folder / "en.wav", voice([shot.dub for shot in SHOTS]), VOICE_RATE)
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "videos.tsv").write_text(
        "video\tpath\tconsent\nface\tface.mp4\ta drawn face: nobody\n"
    )
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\nface\ten\ten.wav\n")
    last = sum(shot.frames for shot in SHOTS)
    cut = f"{last - SHOTS[-1].frames:06d}-{last - 1:06d}"
    (folder / "overrides.tsv").write_text(LATE.format(cut=cut))


def run(folder: Path) -> None:
    """Run the workflow."""
    library = str(ROOT / "workflow_scripts")
    command = [sys.executable, "-m", "mouthpiece", "run"]
    subprocess.run(command, cwd=folder, check=True, env=os.environ | {"PYTHONPATH": library})


def frames_of(film: Path, numbers: list[int]) -> list[np.ndarray]:
    """Frames of a film, RGB."""
    with av.open(str(film)) as container:
        found = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    return [found[number] for number in numbers]


def tile(picture: np.ndarray) -> np.ndarray:
    """The middle of a frame, with the label, as a small square."""
    left = (WIDTH - HEIGHT) // 2
    face = picture[60 : HEIGHT - 34, left + 40 : left + HEIGHT - 54]
    small = cv2.resize(face, (TILE_PX, TILE_PX - 16), interpolation=cv2.INTER_AREA)
    label = cv2.resize(picture[HEIGHT - 34 :, :500], (TILE_PX, 16), interpolation=cv2.INTER_AREA)
    return np.vstack([small, label])


def write_frames(folder: Path, path: Path) -> None:
    """Write frames of the source above those of the delivered film."""
    numbers = [int(n) for n in np.linspace(14, 74, SHOWN)]
    films = (folder / "face.mp4", folder / "results" / "face" / "en" / "face.en.mp4")
    rows = [np.hstack([tile(frame) for frame in frames_of(film, numbers)]) for film in films]
    Image.fromarray(np.vstack(rows)).save(path, quality=88)


def write_page(folder: Path, path: Path) -> None:
    """Write the review page as Chromium shows it."""
    program = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": PAGE_SIZE[0], "height": PAGE_SIZE[1]})
        page.goto((folder / "results/face/en/review/index.html").as_uri())
        page.wait_for_timeout(4000)
        page.screenshot(path=str(path.with_suffix(".png")))
        browser.close()
    Image.open(path.with_suffix(".png")).convert("RGB").save(path, quality=88)
    path.with_suffix(".png").unlink()


def main() -> None:
    """Make the film, run the workflow, write the pictures."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder)
        run(folder)
        write_frames(folder, ROOT / "docs" / "demo.jpg")
        write_page(folder, ROOT / "docs" / "review.jpg")
    log.info("docs/demo.jpg, docs/review.jpg")


if __name__ == "__main__":
    main()
