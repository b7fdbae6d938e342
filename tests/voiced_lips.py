"""Talkers made of a voice: lips that do what the shipped network hears, and nobody's face."""

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

from mouthpiece.audio.slices import speech_of, write_samples
from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview.motion import NetworkMotion
from mouthpiece.engines.preview.shape import displacement
from mouthpiece.faces.track import Track
from places import ROOT

sys.path.append(str(ROOT / "tests" / "engines" / "preview"))

from drawn import draw_person

RATE = Fraction(25)
FRAME = SAMPLE_RATE // 25


def lips_of(speech: Path, frames: int) -> np.ndarray:
    """How lips move that speak a sound of 16 kHz: [T, 4], columns as `shape.CONTROLS`."""
    clock = Clock(RATE, 0, frames)
    return NetworkMotion()(speech_of(speech, clock), clock).controls


def talker(controls: np.ndarray) -> Track:
    """A drawn person's mesh whose lips move so, [T, 4] as `lips_of` gives them."""
    mouth_px = 60
    (still,) = draw_person(np.zeros(1)).track.points / mouth_px
    at_rest = [0, 1, 0, 0]
    points = mouth_px * (still + displacement(still, controls - at_rest))
    return Track(points.astype(np.float32), np.ones(len(points), bool))


def write_late(speech: Path, frames: int, path: Path) -> Path:
    """Write a sound of 16 kHz so many frames late; with less than 0, its start is left out."""
    samples, _ = soundfile.read(speech, dtype="int16")
    late = np.pad(samples, (max(0, frames) * FRAME, 0))
    write_samples(late[max(0, -frames) * FRAME :], path)
    return path
