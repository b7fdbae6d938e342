"""How a mouth comes to rest: closed lips in silence, and where the source's own picture is kept."""

import numpy as np

from ...audio.silence import shut
from ...core.spans import find_spans
from ...core.timeline import Clock
from .avatar import Avatar
from .warp import smoothstep

SHUT_APERTURE, STILL_APERTURE = 0.02, 0.02
"""A source mouth open by at most the first, moving by at most the second a frame, is shut; in mouth
widths at rest."""

SHUT_SHARE = 0.05
"""The share of the person's range of opening, as the mesh sees it, up to which a mouth is shut."""

SHUT_S = 0.2
"""Seconds of silence from which the lips are closed in it."""

PRESSED = 0.6
"""How firmly lips are pressed together in silence, 0 to 1."""

CLOSING_FRAMES = 2
"""Frames after the sound in which lips close, and before it in which they open."""


def settled(controls: np.ndarray, moved: np.ndarray, strength: float) -> np.ndarray:
    """Bring mouths to rest where nobody speaks.

    Args:
        controls: [T, 4] float64, columns as `shape.CONTROLS`.
        moved: How far the mouth may move in each frame, [T], see `eased`.
        strength: Scale of the opening.

    Returns:
        [T, 4] float64.
    """
    rested = controls.copy()
    rested[:, [0, 2]] *= strength
    rested[:, 0] *= 1 - rested[:, 3]
    rested *= moved[:, None]
    rested[:, 1] += 1 - moved
    rested[:, 3] = np.maximum(rested[:, 3], PRESSED * (1 - moved))
    return rested


def eased(silent: np.ndarray, clock: Clock) -> np.ndarray:
    """Find how far the mouth may move in each frame.

    Args:
        silent: Whether nobody speaks, [T] bool.
        clock: The frames.

    Returns:
        1 in speech, eased to 0 in silences, [T] float64.
    """
    spoken = np.ones(len(silent), bool)
    for first, end in find_spans(silent):
        spoken[first:end] = end - first <= SHUT_S * clock.rate
    if not spoken.any():
        return np.zeros(len(silent))
    at = np.flatnonzero(spoken)
    frame = np.arange(len(silent))
    after = frame - at[np.clip(np.searchsorted(at, frame, "right") - 1, 0, None)]
    before = at[np.clip(np.searchsorted(at, frame), None, len(at) - 1)] - frame
    away = np.minimum(np.abs(after), np.abs(before))
    return np.asarray(smoothstep(1 - away / (CLOSING_FRAMES + 1)), np.float64)


def source_opening(person: Avatar) -> np.ndarray:
    """Find how far the source's mouth is open, in doubt not shut.

    Args:
        person: The avatar.

    Returns:
        Apertures, [T], in mouth widths at rest.
    """
    unsure = person.beyond_shut / max(SHUT_SHARE * np.quantile(person.beyond_shut, 0.95), 1e-3)
    return np.asarray(np.maximum(person.mouth[:, 0], SHUT_APERTURE * unsure))


def idle(aperture: np.ndarray, silent: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Find the frames in which nobody speaks and both mouths are shut.

    Args:
        aperture: How far the mouth shall be open, [T], in mouth widths at rest.
        silent: Whether nobody speaks, [T] bool.
        source: The source's own aperture, [T].

    Returns:
        [T] bool.
    """
    closed = shut(source, SHUT_APERTURE, STILL_APERTURE)
    return np.asarray(silent & closed & (aperture < 0.01))
