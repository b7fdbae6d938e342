"""The filters of a mel spectrogram are those that Whisper was trained with."""

import numpy as np
import pytest
from transformers.audio_utils import mel_filter_bank

from mouthpiece.audio.mel_bank import mel_bank


@pytest.mark.parametrize(
    ("bands", "fft", "low", "high"), [(80, 400, 0, 8000), (80, 800, 55, 7600), (40, 400, 0, 8000)]
)
def test_the_filters_are_slaneys(bands: int, fft: int, low: float, high: float) -> None:
    wanted = mel_filter_bank(
        fft // 2 + 1, bands, low, high, 16000, norm="slaney", mel_scale="slaney"
    ).T
    np.testing.assert_allclose(mel_bank(bands, fft, 16000, low, high), wanted, atol=1e-7)
