"""A network that stays loaded from cut to cut."""

import gc
from typing import Any

import torch

from ...core.batches import Batches
from ...core.errors import InputError
from ...networks.runtime import chosen_device, chosen_dtype, room
from ...weights.find import first_weight_path
from ...weights.load import fill, load_tensors
from ...weights.version import fingerprint
from . import weight_files
from .generate import Generator
from .network import Wav2Lip
from .settings import Wav2LipSettings

PREFIX = "module."
"""Of the names in the published files, which were trained on several GPUs."""


class ModelCache:
    """One network. It is loaded again where the settings ask for another, or its file changed."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._generator: Generator | None = None

    def generator(self, settings: Wav2LipSettings) -> Generator:
        """Find the generator of some settings.

        Args:
            settings: The engine's settings.

        Returns:
            The generator; with the batch size that was found before, unless another is asked for.

        Raises:
            InputError: Config does not accept the terms of the weights, or they are missing.
            Fault: They cannot be used.
        """
        if problem := settings.problem():
            raise InputError(f"engines.wav2lip.{problem}")
        device = chosen_device(settings.device, "engines.wav2lip.device")
        dtype = chosen_dtype(settings.precision, device)
        group = weight_files.CHECKPOINTS[settings.version]
        path = first_weight_path(group, settings.weights_folder).resolve()
        key = (device, dtype, settings.batch_frames, path, fingerprint(path))
        if self._generator is None or key != self._key:
            self._generator = None
            gc.collect()  # frees the old network's memory before the new one needs it
            with room(path):
                network = loaded(load_tensors(path, dtype, device))
                if device == "cuda":
                    network = network.to(memory_format=torch.channels_last)
            self._key, self._generator = key, Generator(network, Batches(settings.batch_frames))
        return self._generator


def loaded(tensors: dict[str, torch.Tensor]) -> Wav2Lip:
    """Build the network with its weights.

    Args:
        tensors: Those of a checkpoint.

    Returns:
        The network.

    Raises:
        Fault: They are another network's.
    """
    with torch.device("meta"):
        network = Wav2Lip()
    fill(network, {key.removeprefix(PREFIX): value for key, value in tensors.items()})
    return network
