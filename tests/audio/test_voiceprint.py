"""The voice encoder gives in NumPy what its layers give in PyTorch."""

import numpy as np
import pytest
import torch

from mouthpiece.audio import voiceprint
from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.audio.voiceprint import BANDS, FFT, HOP, LAYERS, SIZE, LongShortTerm, Voiceprints


@pytest.fixture
def lstm() -> torch.nn.LSTM:
    torch.manual_seed(0)
    return torch.nn.LSTM(BANDS, SIZE, LAYERS, batch_first=True)


def arrays(lstm: torch.nn.LSTM) -> dict[str, np.ndarray]:
    linear = torch.nn.Linear(SIZE, SIZE)
    states = {"lstm": lstm.state_dict(), "linear": linear.state_dict()}
    return {f"{a}.{b}": v.numpy() for a, state in states.items() for b, v in state.items()}


def test_its_layers(lstm: torch.nn.LSTM) -> None:
    hidden = given = np.random.default_rng(0).normal(size=(30, 3, BANDS)).astype(np.float32)
    for number in range(LAYERS):
        hidden = LongShortTerm.of(arrays(lstm), number)(hidden)
    with torch.inference_mode():
        wanted = lstm(torch.from_numpy(given).transpose(0, 1))[0].transpose(0, 1)
    assert hidden.dtype == np.float32
    np.testing.assert_allclose(hidden, wanted.numpy(), atol=1e-5)


@pytest.mark.parametrize("samples", [0, 1, HOP, 5 * HOP + 7])
def test_its_bands(samples: int) -> None:
    sound = np.random.default_rng(samples).normal(size=samples).astype(np.float32)
    window = torch.hann_window(FFT)
    spectrum = torch.stft(
        torch.from_numpy(sound), FFT, HOP, FFT, window, pad_mode="constant", return_complex=True
    )
    wanted = spectrum.abs().square().T.numpy() @ voiceprint._bank().T
    np.testing.assert_allclose(voiceprint._mel(sound), wanted, rtol=1e-4, atol=1e-5)


def test_pieces_are_embedded_together_as_alone(
    lstm: torch.nn.LSTM, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = arrays(lstm)
    monkeypatch.setattr(voiceprint, "verified_weight_path", lambda name: name)
    monkeypatch.setattr(voiceprint, "load_arrays", lambda path: weights)
    monkeypatch.setattr(voiceprint, "AT_ONCE", 3)
    chance, prints = np.random.default_rng(1), Voiceprints()
    sounds = [
        chance.normal(0, 0.1, round(length_s * SAMPLE_RATE)).astype(np.float32)
        for length_s in (0.0, 0.3, 4.0, 1.6, 2.9)
    ]
    together = prints.of(sounds)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for sound, vector in zip(sounds, together, strict=True):
        np.testing.assert_allclose(prints.of([sound])[0], vector, atol=1e-5)
