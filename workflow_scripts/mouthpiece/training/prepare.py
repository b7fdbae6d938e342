"""Preparing GRID for training: each clip becomes a face track and its sound.

GRID: Cooke, Barker, Cunningham and Shao, "An audio-visual corpus for speech perception and
automatic speech recognition", JASA 120(5), 2006; CC BY 4.0. Its public layout is a folder for each
speaker with sentences such as `bbaf2n.mpg`, "bin blue at f two now".
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from ..audio.speech import SAMPLE_RATE
from ..config.guard import Guard
from ..core.files import atomic
from ..faces.tracker import FaceTracker
from ..media.open import open_media

log = logging.getLogger(__name__)

RATE = 25
"""Frames/s of the corpus."""

SEARCH_EVERY_FRAMES = 25
"""From one search of the whole picture to the next."""

COMMAND = {"b": "bin", "l": "lay", "p": "place", "s": "set"}

COLOUR = {"b": "blue", "g": "green", "r": "red", "w": "white"}

PREPOSITION = {"a": "at", "b": "by", "i": "in", "w": "with"}

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

DIGIT = dict(zip("z123456789", NUMBERS, strict=True))

ADVERB = {"a": "again", "n": "now", "p": "please", "s": "soon"}


@dataclass(frozen=True)
class Clip:
    """A sentence.

    Attributes:
        name: The file's name without its suffix.
        points: The face mesh at 25 frames/s in pixels, [T, 468, 3] float32.
        samples: Sound of the same span, 16 kHz mono, [N] float32.
    """

    name: str
    points: np.ndarray
    samples: np.ndarray

    @classmethod
    def load(cls, path: Path) -> "Clip":
        """Read a clip.

        Args:
            path: What `save` wrote.

        Returns:
            The clip.
        """
        with np.load(path, allow_pickle=False) as data:
            samples = data["samples"].astype(np.float32) / 32768
            return cls(path.stem, data["points"], samples)

    def save(self, path: Path) -> None:
        """Write the clip atomically.

        Args:
            path: An .npz file.
        """
        samples = np.clip(np.rint(self.samples * 32768), -32768, 32767).astype(np.int16)
        with atomic(path) as temporary:
            np.savez(temporary, points=self.points, samples=samples)


def words(name: str) -> list[str]:
    """Spell out the sentence of a GRID file.

    Args:
        name: The file's name without its suffix.

    Returns:
        Six words.

    Raises:
        ValueError: If the name is not one of GRID's.
    """
    code = name.rpartition("_")[2]
    try:
        command, colour, preposition, letter, digit, adverb = list(code)
        return [
            COMMAND[command],
            COLOUR[colour],
            PREPOSITION[preposition],
            letter,
            DIGIT[digit],
            ADVERB[adverb],
        ]
    except (KeyError, ValueError):
        raise ValueError(f"{name!r} is not a GRID sentence") from None


def clip_paths(folder: Path) -> list[Path]:
    """List the prepared clips of a speaker.

    Args:
        folder: A speaker's folder in the cache.

    Returns:
        Their files, sorted by name.
    """
    return sorted(folder.glob("*.npz"))


def prepare(corpus: Path, cache: Path) -> tuple[int, int]:
    """Track every clip of a corpus, once.

    A clip with a frame without a face is dropped, and leaves an empty `.dropped` file.

    Args:
        corpus: GRID's folder, with SPEAKER/SENTENCE.mpg.
        cache: Where the clips go.

    Returns:
        How many clips were kept, and how many dropped.
    """
    kept = dropped = 0
    for path in sorted(corpus.glob("*/*.mpg")):
        target = cache / path.parent.name / f"{path.stem}.npz"
        lost = target.with_suffix(".dropped")
        if not target.exists() and not lost.exists():
            clip = track(path)
            if clip is None:
                lost.parent.mkdir(parents=True, exist_ok=True)
                lost.touch()
            else:
                clip.save(target)
        kept += target.exists()
        dropped += lost.exists()
    log.info("%d clips kept, %d dropped", kept, dropped)
    return kept, dropped


def track(path: Path) -> Clip | None:
    """Track the face of a clip.

    Args:
        path: A video file.

    Returns:
        The clip; None if a frame has no face.
    """
    tracker = FaceTracker(Guard(), SEARCH_EVERY_FRAMES)
    observations = [tracker.track(picture) for picture in _pictures(path)]
    points = [s.points for s in observations if s is not None and s.points is not None]
    if not points or len(points) < len(observations):
        lost = len(observations) - len(points)
        log.warning("%s: dropped, %d of %d frames without a face", path, lost, len(observations))
        return None
    return Clip(path.stem, np.stack(points), _samples(path))


def _pictures(path: Path) -> Iterator[np.ndarray]:
    with open_media(path) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def _samples(path: Path) -> np.ndarray:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    with open_media(path) as container:
        parts = [
            part.to_ndarray()[0]
            for frame in [*container.decode(audio=0), None]
            for part in resampler.resample(frame)
        ]
    return np.concatenate(parts)
