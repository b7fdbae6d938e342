import numpy as np
import pytest

from mouthpiece.audio import phone_features
from mouthpiece.audio.phone_features import FEATURES, PhoneEncoder, has_encoder
from mouthpiece.audio.whisper_mel import ROW, spectrogram

needs_weights = pytest.mark.skipif(not has_encoder(), reason="the recognizer's weights")


def babble(seconds: float) -> np.ndarray:
    """Noise that swells as syllables do."""
    time = np.arange(round(seconds * 16000)) / 16000
    noise = np.random.default_rng(4).normal(size=len(time))
    return (0.1 * noise * (1 + np.sin(2 * np.pi * 4 * time))).astype(np.float32)


def test_the_spectrogram_is_the_one_that_whisper_was_trained_with() -> None:
    from faster_whisper.feature_extractor import FeatureExtractor

    sound = babble(1.5)
    wanted = FeatureExtractor(feature_size=80)(sound).T
    inner = slice(4, 145)  # the library mirrors the ends, where here is silence
    np.testing.assert_allclose(spectrogram(sound)[inner], wanted[inner], atol=2e-3)


@pytest.mark.parametrize("samples", [0, 1, ROW - 1, ROW, 16000])
def test_two_rows_of_the_spectrogram_are_one_of_features(samples: int) -> None:
    assert len(spectrogram(np.zeros(samples, np.float32))) == 2 * (samples // ROW + 1)


@needs_weights
def test_a_long_sound_is_heard_in_parts_that_agree() -> None:
    sound = babble(10)
    encoder = PhoneEncoder()
    rows = encoder.rows(sound)
    assert rows.shape == (len(sound) // ROW + 1, FEATURES)
    np.testing.assert_array_equal(encoder.rows(sound), rows)
    edge = phone_features.STEP_ROWS
    steps = np.linalg.norm(np.diff(rows, axis=0), axis=1)
    assert steps[edge - 1] < 3 * np.median(steps), "no jump where a part ends"
