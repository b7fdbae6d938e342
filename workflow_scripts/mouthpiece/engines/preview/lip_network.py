"""From speech to the shape of the lips, frame by frame: the embedded network.

A convolutional network reads log-mel bands and writes a mouth shape every 20 ms, which is then
read at the middle of each frame of any clock. It was trained on one person's film and on synthetic
voices in many languages (`mouthpiece.training`); `models/embedded/README.md` states its limits.
Where a recognizer's encoder is there, the shape is a mean of what the two hear (`phone_lips`): the
less sure the network is of the phones, the less of its own; that the lips touch is for the network
to say, where the encoder hears no open mouth.
"""

from dataclasses import dataclass

import numpy as np

from ...audio.convolution import Convolution, Residual, Tensors
from ...audio.logmel import HOP, SAMPLE_RATE, log_mel, power_spectrum
from ...audio.speech import Speech
from ...core.timeline import Clock, sample_of
from ...weights import embedded
from .phone_lips import PhoneLips

WEIGHTS = "lips.safetensors"

CONTROLS = ("aperture", "width", "jaw", "upper", "lower", "protrusion", "closure")
"""Columns of `LipShapes.values`; lengths are in widths of the person's mouth at rest.

aperture: height of the gap between the lips; 0 is closed. width: distance of the corners; 1 is at
rest. jaw: drop of the chin. upper: rise of the upper lip. lower: drop of the lower lip. protrusion:
how far the lips are pushed forward. closure: the probability, 0 to 1, that the lips touch; the
aperture is already drawn shut by it.
"""

REST = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)

SCALE = (0.05, 0.03, 0.05, 0.015, 0.065, 0.02)
"""About a standard deviation of each control but closure: the unit in which the network speaks."""

SHUT_FROM, SHUT_AT = 0.45, 0.75
"""Closure probabilities between which the gap is drawn shut."""

BELIEVED_UNDER, REFUTED_FROM = 0.02, 0.08
"""Openings that `phone_lips` finds, in widths of the mouth, up to which the network is believed if
it hears the lips touch, and from which on it is not: in strangers' speech it does so too often."""

SURE_FROM, SURE_AT = 0.6, 0.9
"""Its probabilities of silence and of p, b and m between which it is believed all the same."""

PHONE_SHARE = 0.9
"""How much of each control but closure is what `phone_lips` finds, where the network does not know
the voice."""

KNOWN_NATS, STRANGE_NATS = 0.7, 1.4
"""Doubts of the network, see `_doubt`, up to which it is heard alone, and from which on
`PHONE_SHARE` is in force. Of the person whom it learnt from, its doubt is 0.6 to 0.8, of other
speakers of the same sentences 1.0 to 1.4, of strangers who speak freely 1.3 to 1.6."""

DOUBT_ROWS = 75
"""Rows before and after a moment, 1.5 s, that tell how well the network knows a voice."""

STRETCHES = (0.9, 1.0, 1.1)
"""The voice is also heard as from a longer and a shorter throat, and the answers are averaged."""

ROW = 2 * HOP
"""Samples between the network's shapes: 20 ms."""

DILATIONS = (1, 2, 4, 8, 1, 2, 4)

REACH = HOP * (2 * sum(DILATIONS) + 4)
"""Samples before and after a moment that the network looks at, at most."""

PHONE_CLASSES, SILENCE, BILABIAL, LABIODENTAL = 14, 0, 1, 2
"""Phone classes that the network names beside the shapes, and which of them are silence, p, b and
m, and f and v."""

BITTEN_GAP, BITTEN_FROM, BITTEN_AT = 0.035, 0.3, 0.7
"""Lips do not touch in f and v: the least gap, in widths of the mouth, that the upper teeth on the
lower lip leave, and the probabilities of f and v between which it opens. It is chosen. The film's
mesh shows these mouths as shut, and the network learnt so."""


class LipNet:
    """The network: log-mel rows to a mouth shape and phone classes for every other row.

    Args:
        tensors: Its weights.
    """

    def __init__(self, tensors: Tensors) -> None:
        self._stem = Convolution.of(tensors, "stem", stride=ROW // HOP, padding=2)
        self._blocks = [
            Residual.of(tensors, f"blocks.{number}", dilation, centred=True)
            for number, dilation in enumerate(DILATIONS)
        ]
        self._shapes = Convolution.of(tensors, "shapes")
        self._classes = Convolution.of(tensors, "classes")

    def __call__(self, mel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predict shapes and phone classes for every other row.

        Args:
            mel: Log-mel rows, [S, BANDS] float32.

        Returns:
            Shapes [R, len(CONTROLS)] and class logits [R, PHONE_CLASSES], R = (S + 1) // 2.
            Closure is a logit; the other controls are in units of `SCALE` off `REST`.
        """
        hidden = self._stem(mel)
        for block in self._blocks:
            hidden = block(hidden)
        return self._shapes(hidden), self._classes(hidden)


def to_controls(
    raw: np.ndarray, classes: np.ndarray, opening: np.ndarray | None = None
) -> np.ndarray:
    """Turn what the network predicts into controls.

    The gap is drawn shut where the lips touch: where the network says so, or hears p, b or m. Where
    it hears f or v, the lower lip is at the upper teeth, and a gap stays.

    Args:
        raw: Its shapes, [..., len(CONTROLS)] float32.
        classes: Its class logits, [..., PHONE_CLASSES] float32.
        opening: The aperture that `phone_lips` finds, [...], by which closures that are not sure
            are believed; None: all are.

    Returns:
        [..., len(CONTROLS)] float32, see `CONTROLS`.
    """
    curves = np.array(REST[:-1], np.float32) + raw[..., :-1] * np.array(SCALE, np.float32)
    likely = _softmax(classes)
    bitten = _eased(likely[..., LABIODENTAL], BITTEN_FROM, BITTEN_AT)
    touching = _sigmoid(raw[..., -1]) * (1 - bitten)
    closure = 1 - (1 - touching) * (1 - likely[..., BILABIAL])
    shut = _eased(closure, SHUT_FROM, SHUT_AT)
    if opening is not None:
        refuted = _eased(opening, BELIEVED_UNDER, REFUTED_FROM)
        sure = _eased(likely[..., [SILENCE, BILABIAL]].max(-1), SURE_FROM, SURE_AT)
        believed = 1 - refuted * (1 - sure)
        shut, closure = shut * believed, closure * believed
    aperture = np.maximum(curves[..., 0], BITTEN_GAP * bitten) * (1 - shut)
    return np.concatenate([aperture[..., None], curves[..., 1:], closure[..., None]], -1)


def _doubt(likely: np.ndarray) -> np.ndarray:
    """How unsure the network is of the phones around each moment.

    Args:
        likely: Its probabilities of the phone classes, a row every 20 ms, [R, PHONE_CLASSES].

    Returns:
        The entropy of the classes, in nats, a mean over the speech within `DOUBT_ROWS`; 0 in
        silence, of which it knows enough. [R] float64.
    """
    speech = 1 - likely[:, SILENCE]
    entropy = -(likely * np.log(likely + 1e-9)).sum(1)
    near = np.hanning(2 * DOUBT_ROWS + 1)
    heard, of = (
        np.convolve(np.pad(values, DOUBT_ROWS, mode="edge"), near, mode="valid")
        for values in (entropy * speech, speech)
    )
    return np.asarray(heard / (of + 0.1))


def _softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities from logits, over the last axis."""
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True))


def _eased(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 up to `low`, 1 from `high` on, with soft ends between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * logits))


@dataclass(frozen=True)
class LipShapes:
    """Mouth shapes, a row a frame.

    Attributes:
        values: [T, len(CONTROLS)] float32, columns as `CONTROLS`.
    """

    values: np.ndarray

    def column(self, name: str) -> np.ndarray:
        """Read one control over time.

        Args:
            name: One of `CONTROLS`.

        Returns:
            [T] float32.
        """
        return self.values[:, CONTROLS.index(name)]


class LipPredictor:
    """The embedded network, ready to use.

    Args:
        phones: Whether the recognizer's encoder is asked, too.
    """

    def __init__(self, phones: bool = False) -> None:
        self._net = LipNet(embedded.load(WEIGHTS))
        self._phones = PhoneLips() if phones else None

    def predict(self, speech: Speech, clock: Clock, since: int = 0) -> LipShapes:
        """Find the mouth's shape at the middle of each frame, whatever the clock's rate.

        Args:
            speech: The cut's speech.
            clock: The cut's frames.
            since: The first frame whose shape is wanted; before it, some shape is held.

        Returns:
            The shapes of `clock.frames` frames.
        """
        if clock.frames == 0:
            return LipShapes(np.zeros((0, len(CONTROLS)), np.float32))
        start = sample_of(clock.first_frame, clock.rate, SAMPLE_RATE)
        edges = [
            sample_of(frame, clock.rate, SAMPLE_RATE) - start + speech.start
            for frame in range(clock.first_frame, clock.end_frame + 1)
        ]
        middles = (np.array(edges[:-1]) + np.array(edges[1:])) / 2
        reach = REACH if self._phones is None else REACH + ROW * DOUBT_ROWS
        first_row = max(0, edges[since] - reach) // ROW if since else 0
        return LipShapes(at_times(self.rows(speech.samples, first_row), middles / ROW - first_row))

    def rows(self, samples: np.ndarray, first_row: int = 0) -> np.ndarray:
        """Find the mouth's shape every `ROW` samples.

        Args:
            samples: Sound, [N] float32, 16 kHz mono.
            first_row: The row from which on they are found; the first ones after it, up to `REACH`
                and, with the encoder, `DOUBT_ROWS` more, are not what they are with 0.

        Returns:
            [N // ROW + 1 - first_row, len(CONTROLS)] float32.
        """
        power = power_spectrum(samples)
        heard = (log_mel(power, stretch)[first_row * ROW // HOP :] for stretch in STRETCHES)
        answers = [self._net(mel) for mel in heard]
        raw, classes = (np.mean(part, axis=0) for part in zip(*answers, strict=True))
        if self._phones is None:
            return to_controls(raw, classes)
        told = self._phones.rows(samples)[first_row:]
        doubt = _doubt(_softmax(classes))
        share = np.interp(doubt, (KNOWN_NATS, STRANGE_NATS), (0, PHONE_SHARE)).astype(np.float32)
        raw[:, :-1] += share[:, None] * (told - raw[:, :-1])
        return to_controls(raw, classes, REST[0] + SCALE[0] * told[:, 0])


def at_times(rows: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Read rows between which positions lie, linearly; the ends are held.

    Args:
        rows: [S, K].
        steps: Fractional row numbers, [T].

    Returns:
        [T, K] float32.
    """
    at = np.arange(len(rows))
    return np.stack([np.interp(steps, at, column) for column in rows.T], 1).astype(np.float32)
