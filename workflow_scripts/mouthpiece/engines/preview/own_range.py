"""A person's own range: how far they open, spread and narrow their mouth, from their film.

What turns sound into mouth shapes knows what is said, not who says it. People differ: one opens the
mouth three times as far as another for the same vowel.
"""

import numpy as np

from ...core.curves import swing

FULL = 0.95
"""The quantile of the openings that is a mouth's full one."""

ENDS = (0.05, 0.95)
"""The quantiles of the widths between which a mouth moves."""

HELD, MANY = 2.0, 0.75
"""How many times as far as in this quantile of the frames a full mouth is open at most: mouths that
talk open 1.1 to 1.9 times as far. More is a mouth that is held open: a yawn, or a laugh."""

WIDEST = 1.2
"""How much further than its full opening a mouth opens at most. Wider than a person's own, it would
be torn at its corners."""

OPENING_GAINS, WIDTH_GAINS = (0.3, 2.5), (0.5, 8.0)
"""How much less and how much more than heard a mouth may do."""

USUAL_OPENING, USUAL_WIDTHS = 0.3, 0.16
"""The full opening and the span of the widths of most people, in mouth widths at rest."""

WIDTH_DRAWN = 1.4
"""How much more the corners are moved than the width asks for: a face mesh finds less of it in what
is drawn."""

SPREAD_OPENS, SPREAD_GAINS = 20.0, (0.3, 2.5)
"""How much more, as a share, the mouth of somebody whose opening and width go entirely together
opens for each mouth width by which the voice spreads it; and how much less and more at most."""

SURE_FRAMES = 25
"""A cut of this many frames is trusted as much as what is usual: in a short one, few sounds are
made."""


MOVING, MOVING_FRAMES = 0.02, 9
"""A mouth whose opening changes by this within so many frames, in mouth widths at rest, talks; in
the frames in which it does not, the person is silent, and nothing is learnt of how they talk."""


def in_own_range(controls: np.ndarray, heard: np.ndarray, mouth: np.ndarray) -> np.ndarray:
    """Scale controls so that the mouth moves as far as the person's own does in the cut.

    Some people open the mouth by dropping the jaw, which narrows it; others bare the teeth, which
    spreads it. What the voice spreads opens the mouth of the latter more. A shut mouth stays shut.
    The jaw goes with the opening. What a person does in silence does not count. No sound, however
    strange, opens a mouth much further than the person does, or spreads or narrows it twice as far.

    Somebody who is not seen to talk opens and spreads the mouth as most people do.

    Args:
        controls: [T, 4] float64, columns as `shape.CONTROLS`.
        heard: The controls of frames in which somebody speaks, by which it is told how far the
            voice moves the mouth, [N, 4]; none: nothing is scaled.
        mouth: The person's own apertures and widths, [S, 2].

    Returns:
        [T, 4] float64.
    """
    scaled = controls.copy()
    if not len(heard):
        return scaled
    talking = _talking(mouth)
    rises = SPREAD_OPENS * _goes_together(talking)
    middle = float(np.median(heard[:, 1]))
    scaled[:, [0, 2]] *= _spread_gain(controls, rises, middle)[:, None]
    opened = heard[:, 0] * _spread_gain(heard, rises, middle)
    wanted = _sure(_full(talking[:, 0]), USUAL_OPENING, len(talking))
    given = _sure(_full(opened), USUAL_OPENING, len(heard))
    scaled[:, [0, 2]] *= np.clip(wanted / given, *OPENING_GAINS)
    scaled[:, [0, 2]] *= _held_to(scaled[:, 0], wanted)[:, None]
    wanted = _sure(_span(talking[:, 1]), USUAL_WIDTHS, len(talking))
    given = _sure(_span(heard[:, 1]), USUAL_WIDTHS, len(heard))
    gain = WIDTH_DRAWN * np.clip(wanted / given, *WIDTH_GAINS)
    moved = gain * (controls[:, 1] - middle)
    most = WIDTH_DRAWN * wanted
    usual = talking if len(talking) >= SURE_FRAMES else mouth
    scaled[:, 1] = np.median(usual[:, 1]) + np.clip(moved, -most, most)
    return scaled


def full_opening(openings: np.ndarray, apertures: np.ndarray) -> tuple[float, float]:
    """Find a person's full opening.

    Args:
        openings: How far the mouth is open, [T], by whatever measures it.
        apertures: The same in mouth widths at rest, [T], which tells when the person talks.

    Returns:
        The full opening, and how far it is to be trusted, 0 to 1.
    """
    talks = swing(apertures, MOVING_FRAMES) > MOVING
    frames = int(talks.sum())
    return _full(openings[talks]), min(1.0, frames / (2 * SURE_FRAMES))


def _talking(mouth: np.ndarray) -> np.ndarray:
    """The frames [N, 2] in which a mouth talks."""
    return mouth[swing(mouth[:, 0], MOVING_FRAMES) > MOVING]


def _goes_together(mouth: np.ndarray) -> float:
    """How far a mouth [N, 2] is wider where it is more open, 0 to 1; 0 where it is narrower."""
    if len(mouth) < 2 or not mouth.std(0).all():
        return 0.0
    share = len(mouth) / (len(mouth) + SURE_FRAMES)
    return share * max(float(np.corrcoef(mouth.T)[0, 1]), 0.0)


def _spread_gain(controls: np.ndarray, rises: float, middle: float) -> np.ndarray:
    """The factor by which the width of controls [T, 4] changes their opening, [T]."""
    return np.clip(1 + rises * (controls[:, 1] - middle), *SPREAD_GAINS)


def _held_to(openings: np.ndarray, full: float) -> np.ndarray:
    """The factor by which openings [T] become no greater than the widest, [T]."""
    beyond, most = np.maximum(openings - full, 0), (WIDEST - 1) * full
    eased = openings - beyond + most * np.tanh(beyond / most)
    return np.where(beyond > 0, eased / np.maximum(openings, 1e-6), 1)


def _full(values: np.ndarray) -> float:
    if not len(values):
        return 0.0
    full, many = np.quantile(values, (FULL, MANY))
    return float(min(full, HELD * many) if many > 0 else full)


def _span(values: np.ndarray) -> float:
    return float(np.diff(np.quantile(values, ENDS))[0]) if len(values) else 0.0


def _sure(found: float, usual: float, frames: int) -> float:
    """A measure over some frames, drawn towards the usual one the fewer they are."""
    share = frames / (frames + SURE_FRAMES)
    return float(max(found, 0.01) ** share * usual ** (1 - share))
