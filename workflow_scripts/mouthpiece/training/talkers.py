"""Talking clips of any people as training data: free speech, and what their lips do to it.

GRID's man says 51 words. How lips move to others, and how other people move them, is in any film of
somebody who talks.
"""

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..audio.slices import speech_of
from ..audio.speech import SAMPLE_RATE, Speech
from ..config.cuts import Cuts
from ..config.guard import Guard
from ..config.normalize import Normalize
from ..core.errors import InputError
from ..core.timeline import Clock
from ..faces.mouth import measures
from ..faces.track import Track
from ..media.decode import read_rgb
from ..media.mezzanine import probe_mezzanine
from ..media.shots import detect
from ..scorers.base import SCORE_RATE, Scorer, Seen, at_score_rate, points_of
from ..scorers.lse import MAX_OFFSET_FRAMES
from ..scorers.registry import create_scorer
from ..scorers.speaking import NO_PICTURE
from ..stages.guard import watch
from ..stages.normalize import normalize
from ..stages.speech import write_speech
from .dataset import UNKNOWN_CLASS, Corpus, at_steps, to_int16
from .held_back import held_back, is_among
from .phones import STEP_RATE
from .targets import film_controls

log = logging.getLogger(__name__)

NAME = "talkers"
"""The corpus' name in the data set."""

LEAST_S, LONGEST_S = 2.0, 60.0
"""Cuts that are used, in seconds; of longer ones, the beginning."""

SURE = 0.15
"""The scorer's confidence from which a sound is taken to belong to the lips. Of strangers in 4 s,
nine of ten have it with their own sound and 6 % with another's, in 2 s a third with another's: so
choose clips with sound of their own."""

MOST_FRAMES = MAX_OFFSET_FRAMES - 1
"""The furthest offset, in frames of 25 fps, that is believed: the ends of what is tried are no
valley."""


@dataclass(frozen=True)
class Talk:
    """A cut in which one face is seen to talk.

    Attributes:
        name: The clip's name and the cut's first frame.
        samples: Its sound, moved to the lips, 16 kHz mono, [N] float32.
        measures: Mouth measures, a row a frame, [T, len(MEASURES)] float32.
        at_25: The same at 25 frames/s, [F, len(MEASURES)] float32.
        clock: Its frames.
    """

    name: str
    samples: np.ndarray
    measures: np.ndarray
    at_25: np.ndarray
    clock: Clock


def collect(folder: Path, data: Path) -> int:
    """Add talking clips to a data set.

    Used are cuts that the guard keeps, of one face, whose sound the scorer finds to belong to it.
    A recording that the data set holds back to measure networks is left out, whatever its name.

    Args:
        folder: The clips.
        data: The data set. Talkers that it has are replaced.

    Returns:
        How many cuts it has of them.

    Raises:
        InputError: The folder is missing, or no cut can be used.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder")
    scorer, measured_on = create_scorer("embedded"), held_back(data)
    seen: list[np.ndarray] = []
    corpus = Corpus([], [], seen, [], [])
    for source in sorted(folder.iterdir()):
        for talk in _talks(source, scorer):
            samples = to_int16(talk.samples)
            if is_among(samples, measured_on):
                log.warning("%s: the networks are measured on this clip; it is left out", talk.name)
                continue
            steps = len(talk.samples) * STEP_RATE // SAMPLE_RATE + 1
            controls = film_controls(talk.measures)
            corpus.names.append(talk.name)
            corpus.samples.append(samples)
            seen.append(talk.at_25)
            corpus.shapes.append(at_steps(controls, steps, float(talk.clock.rate)))
            corpus.classes.append(np.full(steps, UNKNOWN_CLASS, np.int8))
    if not len(corpus):
        raise InputError(f"{folder}: no clip in it shows one clear face whose own sound is heard")
    corpus.save(data, NAME)
    return len(corpus)


def has_talkers(data: Path) -> bool:
    """Tell whether a data set has talkers.

    Args:
        data: The data set.

    Returns:
        Whether it has.
    """
    return (data / f"{NAME}.npz").exists()


def _talks(source: Path, scorer: Scorer) -> Iterator[Talk]:
    """The cuts of a clip that can be used."""
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary)
        mezzanine, sound = made / "film.mp4", made / "sound.flac"
        try:
            normalize(source, mezzanine, sound, made / "probe.json", Normalize())
        except InputError as error:
            log.warning("%s", error)
            return
        if not sound.exists():
            log.warning("%s: no sound", source)
            return
        write_speech(sound, made / "speech.wav")
        rate = probe_mezzanine(mezzanine).rate
        for cut in detect(mezzanine, Cuts()):
            clock = Clock(rate, cut.first_frame, min(cut.frames, int(LONGEST_S * rate)))
            if clock.frames < LEAST_S * rate:
                continue
            name = f"{source.stem}/{clock.first_frame}"
            _, tracks = watch(read_rgb(mezzanine, clock), clock, Guard())
            if len(tracks) != 1:
                log.info("%s: not one clear face", name)
                continue
            talk = _at_lips(name, tracks[0], speech_of(made / "speech.wav", clock), clock, scorer)
            if talk:
                yield talk


def _at_lips(name: str, track: Track, sound: Speech, clock: Clock, scorer: Scorer) -> Talk | None:
    """A cut, its sound moved to where the scorer finds it to belong; None where it does not."""
    seen = (Seen(NO_PICTURE, points) for points in track.points)
    face = list(at_score_rate(seen, clock.rate, clock.frames))
    score = scorer.score(face, sound.cut_samples(clock))
    if score.confidence < SURE or abs(score.offset_frames) > MOST_FRAMES:
        log.info("%s: the sound is not sure to belong to the lips", name)
        return None
    moved = sound.later(round(score.offset_frames * SAMPLE_RATE / SCORE_RATE), clock)
    log.info("%s: %.1f s", name, clock.frames / clock.rate)
    at_25 = measures(points_of(face))
    return Talk(name, moved.cut_samples(clock), measures(track.points), at_25, clock)
