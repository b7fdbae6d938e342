"""The separator spleeter: two networks, which share each bin of a spectrogram among them."""

import functools

import numpy as np
import torch
from torch.nn import functional

from ...core.errors import Fault
from ...weights.find import verified_weight_path
from ...weights.load import fill
from ..base import NetworkSeparator
from .checkpoint import read_checkpoint
from .network import SMALLEST, UNet, network_tensors
from .settings import SpleeterSettings

FRAME, HOP = 4096, 1024
"""The window of a spectrogram and its step, in samples."""

FRAMES = 512
"""Of how many windows a block's spectrogram consists: that many the networks were trained with."""

BINS = {"11kHz": 1024, "16kHz": 1536}
"""How many frequencies the networks hear, by the setting `band`. Both are upstream's, with the same
weights."""

EPSILON = 1e-10

LEVEL = 0.1
"""The mean level to which a block is brought, -20 dBFS. The networks were trained on songs at full
level: speech over music at -32 dBFS is separated 6 dB worse than at -20 (SDR)."""

MOST_GAIN = 1000.0
"""By how much a block is made louder at most: 60 dB."""

STEMS = ("vocals", "accompaniment")
"""The stems, in the order of their layers in the checkpoint."""

WEIGHTS = ("spleeter/2stems/model.index", "spleeter/2stems/model.data-00000-of-00001")


class Spleeter(NetworkSeparator):
    """Separates with Spleeter's networks.

    Args:
        settings: Its settings.
    """

    block_s = (FRAMES - 1) * HOP / NetworkSeparator.rate_hz

    def __init__(self, settings: SpleeterSettings) -> None:
        self._bins = BINS[settings.band]

    @functools.cached_property
    def _networks(self) -> list[UNet]:
        index, data = (verified_weight_path(name) for name in WEIGHTS)
        checkpoint = read_checkpoint(index, data)
        networks = []
        for stem in range(len(STEMS)):
            with torch.device("meta"):
                network = UNet()
            try:
                fill(network, network_tensors(checkpoint, stem))
            except KeyError as error:
                raise Fault(f"{index}: has no tensor {error}") from None
            networks.append(network)
        return networks

    @torch.inference_mode()
    def voice(self, sound: np.ndarray) -> np.ndarray:
        """See `NetworkSeparator.voice`.

        Args:
            sound: See there.

        Returns:
            See there.
        """
        gain = min(LEVEL / max(float(np.sqrt(np.mean(np.square(sound)))), 1e-9), MOST_GAIN)
        samples = torch.from_numpy(sound * np.float32(gain))
        window = torch.hann_window(FRAME)
        length = max(samples.shape[1], HOP)
        padded = functional.pad(samples, (0, length - samples.shape[1]))
        spectrum = torch.stft(
            padded, FRAME, HOP, window=window, pad_mode="constant", return_complex=True
        )
        masked = spectrum * self._mask(spectrum.abs())
        found = torch.istft(masked, FRAME, HOP, window=window, length=length)
        return found[:, : samples.shape[1]].numpy() / np.float32(gain)

    def _mask(self, magnitudes: torch.Tensor) -> torch.Tensor:
        """The voice's share of a spectrum of [2, F, T], [2, F, T]."""
        frames = magnitudes.shape[2]
        heard = magnitudes[:, : self._bins].transpose(1, 2)[None]
        heard = functional.pad(heard, (0, 0, 0, -frames % SMALLEST))
        powers = [
            torch.square(network(heard) * heard)[0, :, :frames].transpose(1, 2)
            for network in self._networks
        ]
        share = (powers[0] + EPSILON / 2) / (sum(powers) + EPSILON)
        above = magnitudes.shape[1] - self._bins  # as much as in what is heard, on average
        return torch.cat([share, share.mean(1, keepdim=True).expand(-1, above, -1)], 1)
