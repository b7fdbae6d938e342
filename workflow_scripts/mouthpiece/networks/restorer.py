"""Restores aligned faces with GFPGAN 1.4.

It is run without the noise that its makers' code draws for every picture: that flickers. On a GPU
it computes in bfloat16. float16 may not hold all of its numbers: spandrel, which has the same
network, does not allow it.
"""

import functools
from typing import Any

import numpy as np
import torch

from ..core.batches import Batches, halved
from ..weights.find import verified_weight_path
from ..weights.load import load_tensors
from ..weights.version import fingerprint
from .gfpgan import built
from .runtime import chosen_device

WEIGHTS = "GFPGANv1.4.pth"

CPU_FACES = 1
"""A CPU restores no faster in batches."""


class Gfpgan:
    """Restores aligned faces (see `patches.alignment`).

    Attributes:
        batches: How many faces are restored at once.
    """

    def __init__(self, device: str, batch_faces: int) -> None:
        """Load the network.

        Args:
            device: "auto", "cuda" or "cpu".
            batch_faces: How many faces are restored at once on a GPU, at most.

        Raises:
            InputError: The weights are missing.
            Fault: The weights are not GFPGAN's, or the GPU that is asked for is not there.
        """
        self._device = chosen_device(device, "enhance.device")
        on_gpu = self._device == "cuda"
        has_bf16 = on_gpu and torch.cuda.is_bf16_supported(including_emulation=False)
        self._dtype = torch.bfloat16 if has_bf16 else torch.float32
        self.batches = Batches(batch_faces if on_gpu else CPU_FACES)
        path = verified_weight_path(WEIGHTS)
        network = built(load_tensors(path, torch.float32)).to(self._device, self._dtype)
        self._network = network.to(memory_format=torch.channels_last)

    def __call__(self, faces: np.ndarray) -> np.ndarray:
        """Restore faces; the same faces give the same pictures.

        Args:
            faces: RGB, [N, 512, 512, 3] uint8.

        Returns:
            The same faces, sharper, [N, 512, 512, 3] uint8.

        Raises:
            Fault: Memory does not hold one face.
        """
        restored = np.empty_like(faces)
        for part, batch in self.batches.run(len(faces), lambda part: self._restore(faces[part])):
            restored[part] = batch
        return restored

    def facts(self) -> dict[str, Any]:
        """Tell what a cut's row says of restoring.

        Returns:
            Whether memory ran out: `core.batches.halved`.
        """
        return halved(batch_faces=self.batches)

    @torch.inference_mode()
    def _restore(self, faces: np.ndarray) -> np.ndarray:
        # [N, H, W, C] in memory, which is what channels_last means: nothing is copied.
        pixels = torch.from_numpy(np.ascontiguousarray(faces)).to(self._device).permute(0, 3, 1, 2)
        drawn = self._network((pixels.float() / 127.5 - 1).to(self._dtype))
        levels = ((drawn.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        return levels.permute(0, 2, 3, 1).cpu().numpy()


def load_restorer(device: str, batch_faces: int) -> Gfpgan:
    """Load the network, or find it loaded, with the batch size that was found before.

    Args:
        device: See `Gfpgan`.
        batch_faces: See `Gfpgan`.

    Returns:
        The network.

    Raises:
        InputError: See `Gfpgan`.
        Fault: See `Gfpgan`.
    """
    return _loaded(device, batch_faces, fingerprint(verified_weight_path(WEIGHTS)))


@functools.lru_cache(maxsize=1)
def _loaded(device: str, batch_faces: int, _weights: str) -> Gfpgan:
    return Gfpgan(device, batch_faces)
