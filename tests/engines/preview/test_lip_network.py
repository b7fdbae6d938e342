import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mouthpiece.audio.speech import SAMPLE_RATE, Speech
from mouthpiece.core.errors import Fault
from mouthpiece.core.timeline import Clock, sample_of
from mouthpiece.engines.preview import lip_network as lips
from mouthpiece.weights import embedded

RATES = [Fraction(25), Fraction(30000, 1001), Fraction(24), Fraction(50), Fraction(60)]


@pytest.fixture(scope="module")
def motion() -> lips.LipPredictor:
    return lips.LipPredictor()


def vowel(seconds: float, pitch_hz: float = 120) -> np.ndarray:
    """A buzz through three resonances, as of an "a"."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.zeros_like(time)
    for harmonic in range(1, 40):
        hz = harmonic * pitch_hz
        gain = sum(1 / (1 + ((hz - f) / 90) ** 2) for f in (750, 1250, 2600))
        sound += gain * np.sin(2 * np.pi * hz * time)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def babble(seconds: float) -> np.ndarray:
    """Vowels and silences by turns."""
    sound = np.concatenate([np.zeros(SAMPLE_RATE // 2, np.float32), vowel(0.4)] * 5)
    return sound[: round(seconds * SAMPLE_RATE)]


@pytest.mark.parametrize("rate", RATES)
def test_one_row_a_frame_at_any_rate(motion: lips.LipPredictor, rate: Fraction) -> None:
    clock = Clock(rate, 101, 53)
    first, end = clock.samples(SAMPLE_RATE)
    context = SAMPLE_RATE
    speech = Speech(babble((end - first) / SAMPLE_RATE + 2), context)
    shapes = motion.predict(speech, clock)
    assert shapes.values.shape == (53, len(lips.CONTROLS))
    assert shapes.values.dtype == np.float32
    assert np.isfinite(shapes.values).all()
    assert (shapes.column("aperture") >= 0).all()


def test_no_frames_no_rows(motion: lips.LipPredictor) -> None:
    shapes = motion.predict(Speech(np.zeros(1600, np.float32), 0), Clock(Fraction(25), 0, 0))
    assert shapes.values.shape == (0, len(lips.CONTROLS))


def test_silence_is_a_closed_mouth(motion: lips.LipPredictor) -> None:
    silence = Speech(np.zeros(3 * SAMPLE_RATE, np.float32), SAMPLE_RATE)
    shapes = motion.predict(silence, Clock(Fraction(25), 0, 25))
    assert shapes.column("aperture").max() < 0.01
    assert shapes.column("width") == pytest.approx(1, abs=0.06)


def test_opens_for_a_vowel_and_shuts_after_it(motion: lips.LipPredictor) -> None:
    sound = np.concatenate([np.zeros(SAMPLE_RATE), vowel(0.5), np.zeros(SAMPLE_RATE)])
    shapes = motion.predict(Speech(sound.astype(np.float32), 0), Clock(Fraction(25), 0, 62))
    aperture = shapes.column("aperture")
    assert aperture[28:36].max() > 0.04
    assert aperture[:20].max() < 0.015
    assert aperture[45:].max() < 0.015


def test_the_same_sound_at_another_place_gives_the_same_mouth(motion: lips.LipPredictor) -> None:
    rate = Fraction(25)
    sound = np.pad(babble(3), SAMPLE_RATE)
    whole = motion.predict(Speech(sound, SAMPLE_RATE), Clock(rate, 0, 75))
    # The cut begins 20 frames later in the film: its first sample is later in the same sound.
    part = motion.predict(
        Speech(sound, SAMPLE_RATE + sample_of(20, rate, SAMPLE_RATE)), Clock(rate, 20, 30)
    )
    np.testing.assert_allclose(part.values, whole.values[20:50], atol=1e-5)


def test_a_frame_shows_the_sound_of_its_middle(motion: lips.LipPredictor) -> None:
    speech = Speech(babble(3), 0)
    slow = motion.predict(speech, Clock(Fraction(25), 0, 60)).column("aperture")
    rows = motion.rows(speech.samples)[:, 0]
    middles_s = (np.arange(60) + 0.5) / 25
    seen = np.interp(middles_s, np.arange(len(rows)) * lips.ROW / SAMPLE_RATE, rows)
    np.testing.assert_allclose(slow, seen, atol=1e-6)


def test_loudness_of_the_recording_does_not_matter(motion: lips.LipPredictor) -> None:
    clock = Clock(Fraction(25), 0, 60)
    noise = np.random.default_rng(0).normal(0, 4e-3, 3 * SAMPLE_RATE).astype(np.float32)
    sound = np.resize(babble(3), 3 * SAMPLE_RATE) + noise
    loud, quiet = (motion.predict(Speech(sound * g, 0), clock).values for g in (1, 0.3))
    np.testing.assert_allclose(loud, quiet, atol=0.02)


def test_the_gap_is_drawn_shut_where_the_lips_touch() -> None:
    raw = np.zeros((3, len(lips.CONTROLS)), np.float32)
    raw[:, 0] = 3
    raw[:, -1] = [-8.0, 8.0, -8.0]
    classes = np.zeros((3, lips.PHONE_CLASSES), np.float32)
    classes[:, 0] = 9
    classes[2, lips.BILABIAL] = 20
    controls = lips.to_controls(raw, classes)
    assert controls[:, 0].tolist() == pytest.approx([3 * lips.SCALE[0], 0, 0])
    assert controls[:, -1].tolist() == pytest.approx([0, 1, 1], abs=1e-2)


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    shutil.copy(embedded.FOLDER / embedded.MANIFEST, tmp_path)
    weights = bytearray((embedded.FOLDER / lips.WEIGHTS).read_bytes())
    weights[-1] ^= 1
    (tmp_path / lips.WEIGHTS).write_bytes(weights)
    with pytest.raises(Fault, match=lips.WEIGHTS):
        embedded.load(lips.WEIGHTS, tmp_path)
    with pytest.raises(Fault, match="missing"):
        embedded.load("other.safetensors", tmp_path)


def test_has_at_most_a_million_weights() -> None:
    assert sum(weights.size for weights in embedded.load(lips.WEIGHTS).values()) <= 1_000_000
