"""The training data, in one folder: sound as FLAC, everything else as .npz.

`build` makes it from prepared clips and synthetic voices; training and evaluation read it.
"""

import logging
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from scipy.interpolate import CubicSpline

from ..audio.logmel import SAMPLE_RATE
from ..core.errors import InputError
from ..core.files import atomic
from ..faces.mouth import measures
from .phones import FEATURES, STEP_RATE, Phone, timeline
from .prepare import RATE, Clip, clip_paths
from .targets import Coarticulation, film_controls
from .texts import LANGUAGES, VARIANTS, nonsense

log = logging.getLogger(__name__)

SEED = 20

TRAINED_SPEAKER = "s1"
"""The only speaker of GRID whose clips are trained on."""

TEST_CLIPS, VALIDATION_CLIPS = 40, 20
"""How many of that speaker's clips are kept back."""

UTTERANCES = 560
"""How many synthetic sentences are made."""

UNKNOWN_CLASS = -1
"""The phone class in clips that could not be aligned."""

SILENCE_S = (0.25, 0.6)
"""Least and most silence before and after a synthetic sentence."""


@dataclass(frozen=True)
class Corpus:
    """Clips of any length; what belongs to clip i is at index i.

    Attributes:
        names: SPEAKER/SENTENCE, or VOICE/NUMBER.
        samples: 16 kHz mono, [N] int16 each.
        measures: Mouth measures at 25 frames/s, [T, len(MEASURES)] float32 each; None for voices.
        shapes: Controls, 100 rows/s, [S, len(CONTROLS)] float32 each.
        classes: Phone classes, 100 rows/s, [S] int8 each; -1 where they are unknown.
    """

    names: list[str]
    samples: list[np.ndarray]
    measures: list[np.ndarray] | None
    shapes: list[np.ndarray]
    classes: list[np.ndarray]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, indices: list[int]) -> "Corpus":
        """Select clips.

        Args:
            indices: Which ones.

        Returns:
            A corpus of these clips, in this order.
        """

        def pick(values: list) -> list:
            return [values[i] for i in indices]

        return Corpus(
            pick(self.names),
            pick(self.samples),
            None if self.measures is None else pick(self.measures),
            pick(self.shapes),
            pick(self.classes),
        )

    def pieces(self, length_s: int) -> "Corpus":
        """Divide a film's clips, so that no two windows of two clips show the same moment.

        Args:
            length_s: The length of the pieces; what is left at the end of a clip is a shorter one,
                or, under half of this, left out. A shorter clip is one piece.

        Returns:
            The pieces, each named as its clip.

        Raises:
            ValueError: If the corpus has no film.
        """
        if self.measures is None:
            raise ValueError("voices have no film")
        seen: list[np.ndarray] = []
        found = Corpus([], [], seen, [], [])
        for clip, name in enumerate(self.names):
            whole_s = len(self.samples[clip]) / SAMPLE_RATE
            for start_s in range(0, max(1, round(whole_s / length_s)) * length_s, length_s):

                def part(values: np.ndarray, rate: int, first: int = start_s) -> np.ndarray:
                    return values[first * rate : (first + length_s) * rate]

                found.names.append(name)
                found.samples.append(part(self.samples[clip], SAMPLE_RATE))
                seen.append(part(self.measures[clip], RATE))
                found.shapes.append(part(self.shapes[clip], STEP_RATE))
                found.classes.append(part(self.classes[clip], STEP_RATE))
        return found

    def save(self, folder: Path, name: str) -> None:
        """Write the corpus atomically, as two files.

        Args:
            folder: Where they go.
            name: Their name without the suffixes .flac and .npz.
        """
        with atomic(folder / f"{name}.flac") as temporary:
            soundfile.write(temporary, np.concatenate(self.samples), SAMPLE_RATE, subtype="PCM_16")
        arrays: dict[str, Any] = {
            "names": np.array(self.names),
            "lengths": np.array([len(s) for s in self.samples]),
            "rows": np.array([len(s) for s in self.shapes]),
            "shapes": np.concatenate(self.shapes).astype(np.float16),
            "classes": np.concatenate(self.classes),
        }
        if self.measures is not None:
            arrays["frames"] = np.array([len(m) for m in self.measures])
            arrays["measures"] = np.concatenate(self.measures)
        with atomic(folder / f"{name}.npz") as temporary:
            np.savez_compressed(temporary, **arrays)

    @classmethod
    def load(cls, folder: Path, name: str) -> "Corpus":
        """Read a corpus.

        Args:
            folder: Where `save` wrote it.
            name: The files' name without suffix.

        Returns:
            The corpus.
        """
        sound, _ = soundfile.read(folder / f"{name}.flac", dtype="int16")
        with np.load(folder / f"{name}.npz", allow_pickle=False) as data:

            def split(values: np.ndarray, lengths: str) -> list[np.ndarray]:
                return np.split(values, np.cumsum(data[lengths])[:-1])

            return cls(
                [str(n) for n in data["names"]],
                split(sound, "lengths"),
                split(data["measures"], "frames") if "measures" in data else None,
                split(data["shapes"].astype(np.float32), "rows"),
                split(data["classes"], "rows"),
            )


def splits(names: list[str]) -> dict[str, list[int]]:
    """Divide clips into those for training and those for measuring.

    Args:
        names: SPEAKER/SENTENCE of each clip.

    Returns:
        Indices by part: train, validation and test of the trained speaker, and other, of all other
        speakers.
    """
    own = [i for i, n in enumerate(names) if n.startswith(f"{TRAINED_SPEAKER}/")]
    random.Random(SEED).shuffle(own)
    held = TEST_CLIPS + VALIDATION_CLIPS
    return {
        "test": sorted(own[:TEST_CLIPS]),
        "validation": sorted(own[TEST_CLIPS:held]),
        "train": sorted(own[held:]),
        "other": [i for i, n in enumerate(names) if not n.startswith(f"{TRAINED_SPEAKER}/")],
    }


def build(cache: Path, folder: Path) -> None:
    """Make the data set: `film`, clips with their lips, and `voices`, with the lips phones ask for.

    Args:
        cache: The clips that `prepare` tracked.
        folder: Where the data set goes.

    Raises:
        InputError: If pocketsphinx or espeak-ng is not installed.
    """
    film, articulation = _film(cache)
    film.save(folder, "film")
    train = [i for i in splits(film.names)["train"] if articulation[i] is not None]
    model = Coarticulation.fit(
        [a for i in train if (a := articulation[i]) is not None], [film.shapes[i] for i in train]
    )
    with atomic(folder / "coarticulation.npz") as temporary:
        np.savez(temporary, weights=model.weights)
    _voices(model).save(folder, "voices")


def _film(cache: Path) -> tuple[Corpus, list[np.ndarray | None]]:
    """The prepared clips, and their articulation where the words could be aligned."""
    try:
        from .align import Aligner
    except ImportError:
        raise InputError(
            "pocketsphinx is not installed; it finds the phones in GRID's sentences. Install it: "
            "pip install 'pocketsphinx>=5.1'"
        ) from None
    aligner = Aligner()
    seen_all: list[np.ndarray] = []
    corpus = Corpus([], [], seen_all, [], [])
    articulation: list[np.ndarray | None] = []
    for path in (p for folder in sorted(cache.iterdir()) for p in clip_paths(folder)):
        clip = Clip.load(path)
        seen = measures(clip.points)
        steps = len(clip.samples) * STEP_RATE // SAMPLE_RATE + 1
        phones = aligner.align(clip)
        rows, classes = timeline(phones or [], steps)
        articulation.append(None if phones is None else rows)
        corpus.names.append(f"{path.parent.name}/{path.stem}")
        corpus.samples.append(to_int16(clip.samples))
        seen_all.append(seen)
        corpus.shapes.append(at_steps(film_controls(seen), steps))
        corpus.classes.append(np.full(steps, UNKNOWN_CLASS, np.int8) if phones is None else classes)
    log.info("%d clips, %d aligned", len(corpus), sum(a is not None for a in articulation))
    return corpus, articulation


def at_steps(frames: np.ndarray, steps: int, rate: float = RATE) -> np.ndarray:
    """Resample curves of a film to `STEP_RATE`, cubic between the frames' middles.

    Args:
        frames: K curves, a row a frame, [T, K] float.
        steps: How many rows are made.
        rate: Frames/s of the film.

    Returns:
        [steps, K] float32.
    """
    middles = (np.arange(len(frames)) + 0.5) / rate
    times = np.clip(np.arange(steps) / STEP_RATE, middles[0], middles[-1])
    return CubicSpline(middles, frames)(times).astype(np.float32)


def to_int16(samples: np.ndarray) -> np.ndarray:
    """Convert samples to 16 bit integers.

    Args:
        samples: [N] float in [-1, 1].

    Returns:
        [N] int16.
    """
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype(np.int16)


def _voices(model: Coarticulation) -> Corpus:
    """Nonsense in many languages and timbres."""
    from .synth import Voice, speak

    rng = random.Random(SEED)
    corpus = Corpus([], [], None, [], [])
    for number in range(UTTERANCES):
        language = LANGUAGES[number % len(LANGUAGES)]
        voice = Voice(
            language + rng.choice(VARIANTS),
            rng.randint(120, 210),
            rng.randint(20, 85),
            rng.randint(20, 80),
        )
        utterance = speak(nonsense(rng), voice)
        samples, phones = padded(utterance.samples, utterance.phones, rng)
        rows, classes = timeline(phones, len(samples) * STEP_RATE // SAMPLE_RATE + 1)
        corpus.names.append(f"{voice.name}/{number:04}")
        corpus.samples.append(to_int16(samples))
        corpus.shapes.append(model.shapes(rows))
        corpus.classes.append(classes)
    log.info("%d synthetic sentences", len(corpus))
    return corpus


def padded(
    samples: np.ndarray, phones: list[Phone], rng: random.Random
) -> tuple[np.ndarray, list[Phone]]:
    """Add silence before and after a sentence.

    Args:
        samples: 16 kHz mono, [N] float32.
        phones: Its phones.
        rng: The source of rng.

    Returns:
        The longer samples, [M] float32, and the phones at their new times.
    """
    before, after = (round(rng.uniform(*SILENCE_S) * SAMPLE_RATE) for _ in range(2))
    late = before / SAMPLE_RATE
    moved = [Phone(p.ipa, p.start_s + late, p.end_s + late) for p in phones]
    return np.pad(samples, (before, after)).astype(np.float32), moved


assert FEATURES[0] == "silence", "`targets` relies on it"
