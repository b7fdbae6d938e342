"""Faces and sound to faces: what runs on the GPU."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from ...core.batches import Batches
from .network import SIDE_PX, Wav2Lip


class Generator:
    """Runs the network in batches, whose size shrinks where memory runs out.

    Attributes:
        network: The network.
        batches: The batches.
    """

    def __init__(self, network: Wav2Lip, batches: Batches) -> None:
        """Build the generator.

        Args:
            network: The network, with its weights.
            batches: How many faces are drawn at once.
        """
        self.network, self.batches = network, batches
        weight = next(network.parameters())
        self._device, self._dtype = weight.device, weight.dtype

    def draw(self, faces: np.ndarray, sound: np.ndarray) -> Iterator[np.ndarray]:
        """Draw faces, as batches become ready.

        Args:
            faces: RGB, [T, 96, 96, 3] uint8.
            sound: Mel spectrograms, [T, 80, 16] float32.

        Yields:
            RGB, [N, 96, 96, 3] uint8; T in all.

        Raises:
            Fault: Memory does not hold one face.
        """
        work = self.batches.run(len(faces), lambda part: self.drawn(faces[part], sound[part]))
        for _, drawn in work:
            pixels = (drawn * 255).round().to(torch.uint8).flip(1)
            yield pixels.permute(0, 2, 3, 1).contiguous().cpu().numpy()

    @torch.inference_mode()
    def drawn(self, faces: np.ndarray, sound: np.ndarray) -> Tensor:
        """Draw a batch.

        Args:
            faces: RGB, [N, 96, 96, 3] uint8.
            sound: Mel spectrograms, [N, 80, 16] float32.

        Returns:
            BGR, [N, 3, 96, 96] float32 in [0, 1].
        """
        pixels = torch.from_numpy(faces).to(self._device).permute(0, 3, 1, 2).flip(1)
        whole = pixels.to(self._dtype) / 255
        hidden = whole.clone()
        hidden[:, :, SIDE_PX // 2 :] = 0
        heard = torch.from_numpy(np.ascontiguousarray(sound)).to(self._device, self._dtype)
        seen = torch.cat([hidden, whole], 1)
        if self._device.type == "cuda":
            seen = seen.contiguous(memory_format=torch.channels_last)
        drawn: Tensor = self.network(heard[:, None], seen)
        return drawn.float()
