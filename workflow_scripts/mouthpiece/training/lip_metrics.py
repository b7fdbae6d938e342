"""How well predicted lips follow those of a film."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ..audio.loudness import frame_energy
from ..audio.phone_features import has_encoder
from ..audio.speech import Speech
from ..core.spans import find_spans
from ..core.timeline import Clock
from ..engines.preview.lip_network import REST, LipPredictor
from .film import Film
from .intervals import mean, median
from .phones import CLASSES, STEP_RATE
from .prepare import RATE

CLOSED_APERTURE = 0.015
"""A predicted gap of less than this, in widths of the mouth, is a closed mouth."""

TOUCHING_APERTURE = 0.025
"""The mesh's noise: 95 % of the bilabials that are visible in the film are closer than this."""

ENERGY_MOVES = (0.1, -0.05, 0.07, 0.01, 0.07, 0.01)
"""By how much the loudest moment moves each control but closure in `energy_lips`."""

LAGS = 5
"""The largest lag that is tried either way, in frames."""

Lips = Callable[[np.ndarray, int], np.ndarray]
"""A predictor: from samples [N] and a count of frames T at 25 frames/s to controls, columns as
`lip_network.CONTROLS`, [T, 6 or 7]; closure may be left out."""


def network_lips(phones: bool = False) -> Lips:
    """Load the embedded lip network.

    Args:
        phones: Whether the recognizer's encoder is asked, too.

    Returns:
        A predictor.

    Raises:
        Fault: If its weights are damaged.
    """
    predictor = LipPredictor(phones)

    def lips(samples: np.ndarray, frames: int) -> np.ndarray:
        return predictor.predict(Speech(samples, 0), Clock(Fraction(RATE), 0, frames)).values

    return lips


def energy_lips(samples: np.ndarray, frames: int) -> np.ndarray:
    """Predict lips from loudness alone, a control: the louder, the wider open.

    Args:
        samples: 16 kHz mono, [N] float32.
        frames: How many frames are predicted, at 25 frames/s.

    Returns:
        Controls in mouth widths without closure, on average as open as the network's, [frames, 6]
        float64.
    """
    energy = frame_energy(samples, RATE, frames)
    moved = np.array(ENERGY_MOVES) * energy[:, None]
    return moved + np.array(REST[:-1])


def lip_metrics(films: list[Film], part: str) -> dict[str, Any]:
    """Compare predicted with true lips: correlations, lag and closures, with three controls.

    Args:
        films: Clips to measure on.
        part: A suffix of the figures' names.

    Returns:
        JSON values by name.
    """
    lips = network_lips()
    predicted = [lips(f.samples, len(f.shapes)) for f in films]
    controls = {
        "energy": [energy_lips(f.samples, len(f.shapes)) for f in films],
        # Not a neighbour's: neighbours in the alphabet say nearly the same.
        "wrong_audio": predicted[len(films) // 2 :] + predicted[: len(films) // 2],
        "mean_track": [np.mean([f.shapes for f in films], 0)] * len(films),
    }
    found: dict[str, Any] = {}
    for column, name in enumerate(("aperture", "width")):
        found[f"lip_{name}_corr_{part}"] = median(_correlations(films, predicted, column))
        for control, tracks in controls.items():
            found[f"lip_{name}_corr_{part}_{control}"] = median(
                _correlations(films, tracks, column)
            )
    lags = [abs(_lag(f.shapes[:, 0], p[:, 0])) <= 1 for f, p in zip(films, predicted, strict=True)]
    found[f"lip_lag_ok_{part}"] = mean([[float(ok)] for ok in lags])
    found[f"closure_rate_{part}"] = mean(_closure_hits(films, predicted))
    for control, tracks in controls.items():
        found[f"closure_rate_{part}_{control}"] = mean(_closure_hits(films, tracks))
    closed = [p[_silent(f), 0] <= CLOSED_APERTURE for f, p in zip(films, predicted, strict=True)]
    found[f"silence_closed_{part}"] = mean([list(c.astype(float)) for c in closed])
    if has_encoder():
        found |= _with_phones(films, part)
    true = [f.shapes[_silent(f), 0] <= TOUCHING_APERTURE for f in films]
    found[f"silence_closed_{part}_in_the_film"] = mean([list(c.astype(float)) for c in true])
    return found


def _with_phones(films: list[Film], part: str) -> dict[str, Any]:
    """The same figures of the network together with the recognizer's encoder."""
    lips = network_lips(phones=True)
    predicted = [lips(f.samples, len(f.shapes)) for f in films]
    lags = [abs(_lag(f.shapes[:, 0], p[:, 0])) <= 1 for f, p in zip(films, predicted, strict=True)]
    return {
        f"lip_aperture_corr_{part}_phones": median(_correlations(films, predicted, 0)),
        f"lip_width_corr_{part}_phones": median(_correlations(films, predicted, 1)),
        f"lip_lag_ok_{part}_phones": mean([[float(ok)] for ok in lags]),
        f"closure_rate_{part}_phones": mean(_closure_hits(films, predicted)),
    }


def _correlations(films: list[Film], tracks: list[np.ndarray], column: int) -> list[float]:
    return [
        _correlation(f.shapes[:, column], t[:, column]) for f, t in zip(films, tracks, strict=True)
    ]


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _lag(true: np.ndarray, predicted: np.ndarray) -> int:
    """Frames by which the prediction is late, where it correlates best with the truth."""
    inner = slice(LAGS, len(true) - LAGS)
    lags = range(-LAGS, LAGS + 1)
    return max(lags, key=lambda lag: _correlation(true[inner], np.roll(predicted, -lag)[inner]))


def _bilabials(film: Film) -> list[int]:
    """Frames at which the lips of a film are closest in each bilabial inside the sentence."""
    classes = film.classes
    frames = []
    for first, end in find_spans(classes == CLASSES.index("bilabial")):
        before, after = classes[max(first - 6, 0) : first], classes[end : end + 6]
        if (before <= 0).any() or (after <= 0).any():
            continue
        low = max(int(first / STEP_RATE * RATE), 0)
        high = min(int(np.ceil(end / STEP_RATE * RATE)) + 1, len(film.shapes))
        closest = low + int(film.shapes[low:high, 0].argmin())
        if film.shapes[closest, 0] <= TOUCHING_APERTURE:
            frames.append(closest)
    return frames


def _closure_hits(films: list[Film], tracks: list[np.ndarray]) -> list[list[float]]:
    """For each bilabial of each clip, whether the track is closed within a frame of it."""
    return [
        [float(t[max(b - 1, 0) : b + 2, 0].min() <= CLOSED_APERTURE) for b in _bilabials(f)]
        for f, t in zip(films, tracks, strict=True)
    ]


def _silent(film: Film) -> np.ndarray:
    """Whether each frame of an aligned film is at least a fifth of a second from any phone, [T]."""
    middles = (np.arange(len(film.shapes)) + 0.5) * STEP_RATE / RATE
    steps = np.minimum(middles.astype(int), len(film.classes) - 1)
    spoken = np.convolve(film.classes != 0, np.ones(41), "same") > 0
    return ~spoken[steps]
