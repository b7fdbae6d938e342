"""Lip shapes to learn: those of a film, and those that phones ask for where there is no film.

`Coarticulation` is a linear model of the lips given the articulation around a moment: each feature
adds its own curve, over time, to each control. It is fitted to aligned film and then stands in for
film where only phones and their times are known (synthetic voices, other languages). Its idea is
that of Cohen and Massaro's dominance functions ("Modeling coarticulation in synthetic visual
speech", 1993), fitted by least squares.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..core.spans import find_spans
from ..faces.mouth import MEASURES
from .easing import eased
from .phones import FEATURES, STEP_RATE
from .visemes import with_visemes

CLOSED_QUANTILE, CLOSED_MARGIN = 0.1, 0.01
"""Frames whose gap, in widths, is within the margin of this quantile show the mouth at rest."""

LAGS_S = np.arange(-0.3, 0.301, 0.05)
"""Moments around a row at which the model reads the articulation."""

LAG_WIDTH_S = 0.035
"""Standard deviation of the window around each of them."""

RIDGE = 3.0
"""Weight of the penalty on large coefficients."""

CLOSING_S = 0.05
"""Time in which lips close for a bilabial, and open after it."""

LEAST_CLOSURE_S = 0.08
"""A bilabial keeps the lips together for at least this long."""

PAUSE_S = 0.2
"""In a silence of at least this length the mouth shuts."""

PAUSE_LEAD_S, PAUSE_LAG_S = 0.06, 0.08
"""The mouth opens this long before speech, and shuts this long after it."""

HEIGHT_GAIN, MIDDLE_OPENNESS, HEIGHT_REACH_S = 0.9, 0.45, 0.03
"""How much a vowel's height in the IPA changes its opening. The corpus does not show it: its close
vowels are those of stressed letter names, spoken with the lips far apart."""


def film_controls(measures: np.ndarray) -> np.ndarray:
    """Derive the controls of a film from its mouth measures.

    Args:
        measures: What `faces.mouth.measures` returns, [T, len(MEASURES)] float.

    Returns:
        The columns of `CONTROLS`, in mouth widths at rest, against the clip's mouth at rest;
        closure is 1 where the lips touch. [T, len(CONTROLS)] float32.
    """
    column = {name: measures[:, i].astype(np.float64) for i, name in enumerate(MEASURES)}
    opening = column["gap"] / column["width"]
    closed = opening <= np.quantile(opening, CLOSED_QUANTILE) + CLOSED_MARGIN
    rest = {name: float(np.median(values[closed])) for name, values in column.items()}
    unit = rest["width"]
    depth = (column["upper_depth"] + column["lower_depth"]) / 2
    rest_depth = float(np.median(depth[closed]))
    aperture = np.maximum(column["gap"] - rest["gap"], 0) / unit
    return np.stack(
        [
            aperture,
            column["width"] / unit,
            (column["chin"] - rest["chin"]) / unit,
            (rest["upper"] - column["upper"]) / unit,
            (column["lower"] - rest["lower"]) / unit,
            (rest_depth - depth) / unit,
            (aperture < CLOSED_MARGIN).astype(np.float64),
        ],
        1,
    ).astype(np.float32)


@dataclass(frozen=True)
class Coarticulation:
    """A linear model from phones to lips.

    Attributes:
        weights: [1 + lags * features, controls without closure] float32.
    """

    weights: np.ndarray

    @classmethod
    def fit(cls, rows: list[np.ndarray], shapes: list[np.ndarray]) -> "Coarticulation":
        """Fit the model to clips by ridge regression.

        Args:
            rows: The articulation of each clip at `STEP_RATE`, [S, len(FEATURES)] float32.
            shapes: The controls of each clip at `STEP_RATE`, [S, len(CONTROLS)] float32.

        Returns:
            The model.
        """
        x = np.concatenate([_lagged(r) for r in rows]).astype(np.float64)
        y = np.concatenate([s[:, :-1] for s in shapes]).astype(np.float64)
        penalty = RIDGE * np.eye(x.shape[1]) * len(x) / 1000
        penalty[0, 0] = 0
        return cls(np.linalg.solve(x.T @ x + penalty, x.T @ y).astype(np.float32))

    def shapes(self, rows: np.ndarray) -> np.ndarray:
        """Predict lips, with complete closures.

        Args:
            rows: Articulation at `STEP_RATE`, [S, len(FEATURES)] float32.

        Returns:
            Controls at `STEP_RATE`, [S, len(CONTROLS)] float32.
        """
        curves = _lagged(rows) @ self.weights
        closed = closures(rows)
        shut = pauses(rows)
        curves[:, 0] = np.maximum(curves[:, 0], 0) * _heights(rows)
        curves = with_visemes(curves, rows)
        curves[:, 0] *= 1 - np.maximum(closed, shut)
        rest = np.array([0, 1, 0, 0, 0, 0])
        curves = curves + shut[:, None] * (rest - curves)
        closure = np.maximum(closed, shut) > 0.99
        return np.column_stack([curves, closure]).astype(np.float32)


def _lagged(rows: np.ndarray) -> np.ndarray:
    """The articulation in soft windows around each moment, [S, 1 + lags * F]."""
    reach = round((LAGS_S[-1] + 3 * LAG_WIDTH_S) * STEP_RATE)
    offsets = np.arange(-reach, reach + 1) / STEP_RATE
    windows = np.exp(-0.5 * ((offsets - LAGS_S[:, None]) / LAG_WIDTH_S) ** 2)
    windows /= windows.sum(1, keepdims=True)
    padded = np.pad(rows, ((reach, reach), (0, 0)), mode="edge")
    seen = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    lagged = np.einsum("sfo,lo->slf", seen, windows).reshape(len(rows), -1)
    return np.column_stack([np.ones(len(rows)), lagged]).astype(np.float32)


def _heights(rows: np.ndarray) -> np.ndarray:
    """The factor [S] by which the height of the vowels around each row changes the opening."""
    vowel, openness = (rows[:, FEATURES.index(name)] for name in ("vowel", "openness"))
    change = HEIGHT_GAIN * (openness - MIDDLE_OPENNESS * vowel)
    return 1 + gaussian_filter1d(change, HEIGHT_REACH_S * STEP_RATE, mode="nearest")


def closures(rows: np.ndarray) -> np.ndarray:
    """Compute how far bilabials close the lips.

    Args:
        rows: Articulation at `STEP_RATE`, [S, len(FEATURES)] float32.

    Returns:
        0 to 1 with soft edges, [S] float64.
    """
    return _envelope(rows[:, FEATURES.index("bilabial")] > 0.5, LEAST_CLOSURE_S, CLOSING_S)


def pauses(rows: np.ndarray) -> np.ndarray:
    """Compute how far pauses shut the mouth.

    Args:
        rows: Articulation at `STEP_RATE`, [S, len(FEATURES)] float32.

    Returns:
        0 to 1 with soft edges, [S] float64.
    """
    silent = rows[:, 0] > 0.5
    shut = np.zeros(len(rows), bool)
    for first, end in find_spans(silent):
        if (end - first) / STEP_RATE >= PAUSE_S or first == 0 or end == len(rows):
            lag = 0 if first == 0 else round(PAUSE_LAG_S * STEP_RATE)
            lead = 0 if end == len(rows) else round(PAUSE_LEAD_S * STEP_RATE)
            shut[first + lag : max(end - lead, 0)] = True
    return _envelope(shut, 0, PAUSE_LEAD_S)


def _envelope(flags: np.ndarray, least_s: float, ramp_s: float) -> np.ndarray:
    """1 in runs of flags, extended to `least_s` at their start, with soft edges of `ramp_s`."""
    held = round(least_s * STEP_RATE)
    spans = ((min(first, end - held), end) for first, end in find_spans(flags))
    return eased(spans, len(flags), ramp_s, ramp_s)
