"""A cut's avatar as an object: speech goes in, mouths come out, for any dub and any length."""

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.speech import CONTEXT_S, SAMPLE_RATE, Speech
from ..core.cuts import Cut
from ..core.errors import InputError
from ..core.loop import Piece, pieces
from ..core.timeline import Clock
from ..core.user_files import MISSING, file_problem, shown
from ..engines.avatar_file import avatar_engine
from ..engines.base import Engine
from ..engines.heard import heard
from ..engines.registry import create_engine, engine_settings, read_settings
from ..patches.archive import read_meta
from ..patches.composite import lay_in_rgb
from ..patches.patch import Patch


def load_avatar(path: str | os.PathLike[str], **settings: Any) -> "Avatar":
    """Load the avatar of a cut, as a run leaves it in results/VIDEO/_shared/cuts/CUT/avatar.zip.

    Args:
        path: The avatar's file.
        settings: Settings of the engine that baked it, such as `strength=0.8` for the preview;
            config/README.md lists them below `engines`.

    Returns:
        The avatar. The engine's networks are loaded when it first speaks.

    Raises:
        InputError: There is no such file, the cut has no face to redraw, or its engine is not
            installed, or sends pictures to a service.
        Fault: The file is broken.
    """
    file = Path(path)
    if problem := file_problem(file):
        what = "there is no such avatar" if problem == MISSING else problem
        raise InputError(f"{shown(file)}: {what}")
    if not file.stat().st_size:
        raise InputError(f"{file}: is empty; the cut has no face to redraw, see its guard.json")
    engine = avatar_engine(file)
    if engine not in engine_settings():
        raise InputError(f"{file}: was baked by the engine {engine!r}, which is not installed")
    if engine_settings()[engine].sends_pictures:
        raise InputError(
            f"{file}: was baked by the engine {engine!r}, which sends pictures of people to a "
            "service; it draws in a run only, where videos.tsv says whether they may leave"
        )
    return Avatar(file, engine, settings)


class Avatar:
    """A person in a cut, who can be made to say anything.

    Attributes:
        path: The file.
        engine: The name of the engine that baked it.
        frames: How many frames the cut has.
    """

    def __init__(self, path: Path, engine: str, settings: Mapping[str, Any]) -> None:
        self.path, self.engine = path, engine
        self.frames = int(read_meta(path)["frames"])
        self._settings = read_settings(engine, dict(settings))
        self._engine: Engine = create_engine(self._settings)

    def speak(
        self, speech: np.ndarray, sample_rate: int, *, rate: Fraction | int = 25
    ) -> Iterator[Patch]:
        """Draw the mouth for some speech.

        Where the speech is longer than the cut, the cut is shown forward and in reverse in turn.

        Args:
            speech: Mono, [N] floats in [-1, 1].
            sample_rate: Samples/s.
            rate: Frames/s of the picture.

        Yields:
            A patch for each frame that begins within the speech, in order: pixels, mask, and the
            affine onto the cut's picture. They are drawn as they are asked for.

        Raises:
            InputError: The speech is not one channel of numbers, or is empty.
        """
        samples = _at_16k(speech, sample_rate)
        for piece in self._pieces(samples, Fraction(rate)):
            clock = piece.clock(Fraction(rate))
            sound = heard(self._settings, _slice(samples, clock), clock)
            yield from self._engine.render(self.path, sound, clock)

    def render(
        self,
        pictures: Sequence[np.ndarray],
        speech: np.ndarray,
        sample_rate: int,
        *,
        rate: Fraction | int = 25,
    ) -> Iterator[np.ndarray]:
        """Draw the mouth for some speech into the cut's pictures.

        Args:
            pictures: The frames of the cut, RGB, `frames` of [H, W, 3] uint8.
            speech: Mono, [N] floats in [-1, 1].
            sample_rate: Samples/s.
            rate: Frames/s of the picture.

        Yields:
            A picture for each frame that begins within the speech, [H, W, 3] uint8; the cut is
            shown forward and in reverse in turn.

        Raises:
            InputError: There are not as many pictures as the cut has frames, or the speech is
                wrong.
        """
        if len(pictures) != self.frames:
            raise InputError(f"{len(pictures)} pictures; the avatar's cut has {self.frames}")
        samples = _at_16k(speech, sample_rate)
        order = (
            frame
            for piece in self._pieces(samples, Fraction(rate))
            for frame in piece.clock(Fraction(rate)).frame_order
        )
        patches = self.speak(samples, SAMPLE_RATE, rate=rate)
        for frame, patch in zip(order, patches, strict=True):
            yield lay_in_rgb(pictures[frame], patch)

    def _pieces(self, samples: np.ndarray, rate: Fraction) -> list[Piece]:
        """What is shown: the cut again and again, for as long as the speech lasts."""
        frames = math.ceil(len(samples) * rate / SAMPLE_RATE)
        return pieces([Cut.of(0, self.frames)], frames)


def _at_16k(speech: np.ndarray, sample_rate: int) -> np.ndarray:
    """Speech as engines hear it, [N] float32."""
    samples = np.asarray(speech, np.float32)
    if samples.ndim != 1 or not len(samples):
        raise InputError(f"speech has shape {samples.shape}; wanted one channel, [N]")
    if sample_rate == SAMPLE_RATE:
        return samples
    from scipy.signal import resample_poly  # it takes two seconds to import

    factor = math.gcd(SAMPLE_RATE, sample_rate)
    heard = resample_poly(samples, SAMPLE_RATE // factor, sample_rate // factor)
    return np.asarray(heard, np.float32)


def _slice(samples: np.ndarray, clock: Clock) -> Speech:
    """A piece's part of the speech, with context around it; silence beyond the ends."""
    first, end = clock.samples(SAMPLE_RATE)
    context = CONTEXT_S * SAMPLE_RATE
    padded = np.pad(samples, (context, context + max(0, end - len(samples))))
    return Speech(padded[first : end + 2 * context], context)
