"""The embedded networks give in NumPy, where they are used, what they give in PyTorch."""

import numpy as np
import pytest
import torch

from mouthpiece.audio import convolution, logmel
from mouthpiece.audio.logmel import BANDS, SAMPLE_RATE
from mouthpiece.audio.phone_features import FEATURES
from mouthpiece.engines.preview import lip_network
from mouthpiece.faces.mouth import MEASURES
from mouthpiece.scorers import phone_sync, towers
from mouthpiece.scorers.embedded import network, scorer
from mouthpiece.training import logmel as batched
from mouthpiece.training import networks
from mouthpiece.weights import embedded

ROWS = [1, 2, 3, 50, 201]


def features(rows: int, columns: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


def with_weights(net: torch.nn.Module, name: str) -> torch.nn.Module:
    """The network with the weights that are shipped; every one of them is used."""
    net.load_state_dict({k: torch.from_numpy(v) for k, v in embedded.load(name).items()})
    return net.eval()


@pytest.fixture(scope="module")
def lips() -> torch.nn.Module:
    return with_weights(networks.LipNet(), lip_network.WEIGHTS)


@pytest.fixture(scope="module")
def sync() -> torch.nn.Module:
    return with_weights(networks.SyncNet(), scorer.WEIGHTS)


@pytest.mark.parametrize("rows", ROWS)
def test_the_lip_network(lips: torch.nn.Module, rows: int) -> None:
    mel = features(rows, BANDS, rows)
    found = lip_network.LipNet(embedded.load(lip_network.WEIGHTS))(mel)
    with torch.inference_mode():
        wanted = lips(torch.from_numpy(mel)[None])
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other[0].numpy(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("frames", ROWS)
def test_the_sync_scorers_networks(sync: torch.nn.Module, frames: int) -> None:
    mel, seen = features(4 * frames, BANDS, frames), 0.02 * features(frames, len(MEASURES), 7)
    net = network.SyncNet(embedded.load(scorer.WEIGHTS))
    with torch.inference_mode():
        curves = networks.lip_curves(torch.from_numpy(seen)[None])
        wanted = sync.lips(curves)[0].numpy(), sync.sound(torch.from_numpy(mel)[None])[0][0].numpy()
    np.testing.assert_allclose(towers.lip_curves(seen), curves[0].numpy(), atol=1e-6)
    np.testing.assert_allclose(net.lips(towers.lip_curves(seen)), wanted[0], atol=1e-5)
    np.testing.assert_allclose(net.sound(mel), wanted[1], atol=1e-5)


@pytest.mark.parametrize("frames", ROWS)
def test_the_towers_that_hear_by_a_recognizer(frames: int) -> None:
    tensors = embedded.load(phone_sync.WEIGHTS)
    mean, basis = (tensors.pop(name) for name in ("mean", "basis"))
    trained = networks.PhoneSyncNet()
    trained.load_state_dict({key: torch.from_numpy(value) for key, value in tensors.items()})
    trained.eval()
    net = phone_sync.PhoneSyncNet(embedded.load(phone_sync.WEIGHTS))
    heard = mean + features(2 * frames, FEATURES, frames)
    curves = towers.lip_curves(0.02 * features(frames, len(MEASURES), 7))
    with torch.inference_mode():
        components = torch.from_numpy((heard - mean) @ basis)[None]
        wanted = trained.lips(torch.from_numpy(curves)[None])[0], trained.sound(components)[0]
    np.testing.assert_allclose(net.lips(curves), wanted[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(net.sound(heard), wanted[1].numpy(), atol=1e-5)


@pytest.mark.parametrize("samples", [0, 1, 159, 160, 7000, SAMPLE_RATE])
@pytest.mark.parametrize("stretch", [0.9, 1.0, 1.1])
def test_the_features_of_sound(samples: int, stretch: float) -> None:
    sound = 0.1 * features(samples, 1, samples)[:, 0]
    found = logmel.log_mel(logmel.power_spectrum(sound), stretch)
    wanted = batched.log_mel(torch.from_numpy(sound)[None], stretch)[0].numpy()
    assert found.dtype == wanted.dtype
    np.testing.assert_allclose(found, wanted, atol=5e-5)


def test_the_error_function() -> None:
    at = np.linspace(-6, 6, 10_001, dtype=np.float32)
    wanted = torch.special.erf(torch.from_numpy(at).double()).numpy()
    np.testing.assert_allclose(convolution.erf(at), wanted, atol=5e-7)
