"""How well the embedded scorer tells sound that belongs to lips from other sound."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..audio.loudness import frame_energy
from ..faces.mouth import MEASURES
from ..scorers import lse
from ..scorers.base import SCORE_RATE
from ..scorers.embedded.scorer import SAMPLES_PER_FRAME, Embedded
from ..scorers.lse import MAX_OFFSET_FRAMES
from .film import Film
from .intervals import SEED, mean, separation
from .phones import STEP_RATE
from .prepare import RATE

LEAST_SPEECH_SHARE = 0.5
"""A window with less speech, by the transcript, has nothing to judge."""

LENGTHS_S = (0.4, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Lengths of windows that are measured."""

SHIFTS = (-8, -6, -4, -2, 2, 4, 6, 8)
"""Frames by which sound is moved where the scorer must find an offset other than 0."""


@dataclass(frozen=True)
class Judged:
    """A scorer's judgement of a window.

    Attributes:
        confidence: LSE-C.
        here: The same at offset 0.
        error_frames: The offset less the true one.
    """

    confidence: float
    here: float
    error_frames: int


Judge = Callable[[Film, int, int, np.ndarray, int], Judged]
"""A scorer: from a film, a window's first frame and frame count, samples and the true offset."""


def sync_metrics(films: list[Film], part: str) -> dict[str, Any]:
    """Measure the scorer by length of window, and a control at one second.

    The scorer is given no more than the window: T frames of lips and T frames of sound.

    Args:
        films: Clips to measure on.
        part: A suffix of the figures' names.

    Returns:
        JSON values by name.
    """
    found: dict[str, Any] = {}
    curves: dict[str, dict[str, Any]] = {}
    network = network_judge()
    for length_s in LENGTHS_S:
        curves[f"{length_s}"] = _sync_at(films, network, length_s)
    found[f"sync_all_windows_{part}"] = _sync_at(films, network, 1.0, least_speech=0)
    at_second = curves["1.0"]
    found[f"sync_auc_{part}"] = at_second["auc_swapped"]
    found[f"sync_auc_shifted_{part}"] = at_second["auc_shifted"]
    found[f"sync_offset_ok_{part}"] = at_second["offset_ok"]
    found[f"sync_offset_ok_moved_{part}"] = at_second["offset_ok_moved"]
    found[f"sync_offset_ok_half_second_{part}"] = curves["0.5"]["offset_ok"]
    found[f"sync_by_length_{part}"] = curves
    found[f"sync_{part}_energy"] = _sync_at(films, energy_judge, 1.0)
    return found


def network_judge() -> Judge:
    """Load the embedded scorer.

    Returns:
        The scorer.

    Raises:
        Fault: If its weights are damaged.
    """
    scorer = Embedded()

    def judge(film: Film, first: int, frames: int, sound: np.ndarray, true: int) -> Judged:
        return _judged(scorer.distances(film.measures[first : first + frames], sound), true)

    return judge


def energy_judge(film: Film, first: int, frames: int, sound: np.ndarray, true: int) -> Judged:
    """Judge by opening against loudness, a control: both standardized, by the same arithmetic.

    Args:
        film: The clip of the lips.
        first: The window's first frame.
        frames: How many frames it has.
        sound: Its samples, [N] float32.
        true: The true offset in frames.

    Returns:
        The judgement.
    """
    opening = film.measures[first : first + frames, MEASURES.index("gap")]
    curves = (opening, frame_energy(sound, RATE, frames))
    lips, loudness = (((c - c.mean()) / max(float(c.std()), 1e-6))[:, None] for c in curves)
    return _judged(lse.distance_table(lips, loudness), true)


def _judged(table: np.ndarray, true: int) -> Judged:
    curve, score = lse.curve(table), lse.lse(table)
    here = float(np.median(curve) - curve[MAX_OFFSET_FRAMES])
    return Judged(score.confidence, here, score.offset_frames - true)


def _sync_at(
    films: list[Film], judge: Judge, length_s: float, least_speech: float = LEAST_SPEECH_SHARE
) -> dict[str, Any]:
    """AUCs and rates of found offsets of windows of one length, a window every quarter length."""
    frames = round(length_s * SCORE_RATE)
    own, swapped, shifted = ([list[Judged]() for _ in films] for _ in range(3))
    found, moved, fooled = ([list[float]() for _ in films] for _ in range(3))
    rng = np.random.default_rng(SEED)
    for i, film in enumerate(films):
        for first in range(0, len(film.measures) - frames + 1, frames // 4):
            if _speech_share(film, first, frames) < least_speech:
                continue
            judged = judge(film, first, frames, _sound(film, first, frames), 0)
            own[i].append(judged)
            found[i].append(float(abs(judged.error_frames) <= 1))
            wrong = films[(i + 1 + int(rng.integers(len(films) - 1))) % len(films)]
            judged = judge(film, first, frames, _sound(wrong, first, frames), 0)
            swapped[i].append(judged)
            fooled[i].append(float(abs(judged.error_frames) <= 1))
            late = int(rng.choice(SHIFTS))
            if 0 <= first + late <= len(film.measures) - frames:
                # Later sound played now comes before its lips: offset > 0.
                judged = judge(film, first, frames, _sound(film, first + late, frames), late)
                shifted[i].append(judged)
                moved[i].append(float(abs(judged.error_frames) <= 1))
    return {
        "auc_swapped": _separation(own, swapped, "confidence"),
        "auc_shifted": _separation(own, shifted, "here"),
        "offset_ok": mean(found),
        "offset_ok_moved": mean(moved),
        "offset_near_0_swapped": mean(fooled),
        "windows": sum(len(group) for group in own),
    }


def _speech_share(film: Film, first: int, frames: int) -> float:
    """Share of a window in which a phone is spoken; 0 for a film that could not be aligned."""
    steps = film.classes[first * STEP_RATE // RATE : (first + frames) * STEP_RATE // RATE]
    return float((steps > 0).mean())


def _sound(film: Film, first: int, frames: int) -> np.ndarray:
    return film.samples[first * SAMPLES_PER_FRAME : (first + frames) * SAMPLES_PER_FRAME]


def _separation(
    positive: list[list[Judged]], negative: list[list[Judged]], field: str
) -> dict[str, Any]:
    return separation(
        *([[getattr(j, field) for j in group] for group in part] for part in (positive, negative))
    )
