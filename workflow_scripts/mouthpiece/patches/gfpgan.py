"""GFPGAN 1.4: a network that restores faces.

Wang et al., "Towards Real-World Blind Face Restoration with Generative Facial Prior", CVPR 2021
(arXiv:2101.04061). spandrel has the published network, with the published file's keys. It is run
without the noise that its makers' code draws for every picture: that flickers.
"""

import numpy as np
import torch

from ..core.batches import Batches
from ..core.errors import Fault
from ..weights.find import verified_weight_path
from ..weights.load import load_tensors

WEIGHTS = "GFPGANv1.4.pth"

SIDE_PX = 512
"""The side of the faces that it takes and gives."""

CPU_FACES = 1
"""A CPU restores no faster in batches."""


class Gfpgan:
    """Restores aligned faces (see `restore.alignment`).

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
        found = torch.cuda.is_available()
        if device == "cuda" and not found:
            raise Fault("enhance.device is cuda, but no CUDA GPU can be used")
        on_gpu = found and device != "cpu"
        self._device = "cuda" if on_gpu else "cpu"
        self.batches = Batches(batch_faces if on_gpu else CPU_FACES)
        tensors = load_tensors(verified_weight_path(WEIGHTS), torch.float32, self._device)
        self._network = network(tensors).to(self._device)

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

    @torch.inference_mode()
    def _restore(self, faces: np.ndarray) -> np.ndarray:
        pixels = torch.from_numpy(np.ascontiguousarray(faces)).to(self._device)
        scaled = pixels.permute(0, 3, 1, 2).float().contiguous() / 127.5 - 1
        drawn, _ = self._network(scaled, return_rgb=False, randomize_noise=False)
        levels = ((drawn.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        return levels.permute(0, 2, 3, 1).cpu().numpy()


def network(tensors: dict[str, torch.Tensor]) -> torch.nn.Module:
    """Build the network of published tensors.

    Args:
        tensors: The weight file's tensors, by key.

    Returns:
        The network, ready for inference.

    Raises:
        Fault: The tensors are not GFPGAN's.
    """
    from spandrel import ModelLoader, UnsupportedModelError

    try:
        found = ModelLoader().load_from_state_dict(tensors)
    except (UnsupportedModelError, RuntimeError) as error:
        raise Fault(f"{WEIGHTS}: the weight file does not fit: {error}") from None
    if found.architecture.id != "GFPGAN":
        raise Fault(f"{WEIGHTS}: holds a network of another kind, {found.architecture.name}")
    return found.model.eval().requires_grad_(False)
