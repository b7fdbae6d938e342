"""MuseTalk's networks and where they run.

A UNet that predicts the latents of the redrawn face in one step, a VAE that reads and writes
latents (Rombach et al., arXiv:2112.10752), Whisper's encoder, and BiSeNet for the masks. Files lie
as in upstream's `models/`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import torch
from pydantic import BaseModel
from torch import Tensor, nn

from ...networks.acceleration import kernels_run
from ...networks.runtime import chosen_device, chosen_dtype, room, usable
from ...networks.unet import UNet, UNetConfig
from ...networks.vae import Vae, VaeConfig, todays_names
from ...networks.whisper import WhisperConfig, WhisperEncoder
from ...weights.find import first_weight_path, weight_path
from ...weights.load import fill, load_tensors
from . import weight_files
from .landmarks import Dwpose
from .settings import MusetalkSettings

Config = TypeVar("Config", bound=BaseModel)


@dataclass(frozen=True)
class Runtime:
    """Where and how precisely the networks run.

    Attributes:
        device: "cuda" or "cpu".
        dtype: Their precision.
        compile: See `MusetalkSettings.compile`; "off" on a CPU.
    """

    device: str
    dtype: torch.dtype
    compile: str

    @classmethod
    def of(cls, settings: MusetalkSettings) -> "Runtime":
        """Choose the runtime that the settings ask for.

        Args:
            settings: The engine's settings.

        Returns:
            The runtime.

        Raises:
            Fault: A GPU is asked for that is not there.
        """
        device = chosen_device(settings.device, "engines.musetalk.device")
        dtype = chosen_dtype(settings.precision, device)
        return cls(device, dtype, settings.compile if device == "cuda" else "off")


class Networks:
    """The networks, each read when first asked for.

    Attributes:
        runtime: Where and how precisely they run.
    """

    def __init__(self, settings: MusetalkSettings) -> None:
        """Choose the networks; none is read yet.

        Args:
            settings: The engine's settings.

        Raises:
            Fault: A GPU is asked for that is not there.
        """
        self._version = settings.version
        self._folder = settings.weights_folder
        self._threads = settings.threads
        self.runtime = Runtime.of(settings)

    @cached_property
    def unet(self) -> Any:
        """Latents [N, 8, 32, 32], timestep, tokens [N, 50, 384] to latents [N, 4, 32, 32]."""
        name = weight_files.UNET_CONFIGS[self._version]
        network = self._laid_out(name, UNetConfig, UNet)
        network = self._fill(network, self._tensors((weight_files.UNETS[self._version],)))
        if self._has_kernels:
            from .fused import fuse_unet

            fuse_unet(network)
        return network

    @cached_property
    def vae(self) -> Any:
        """Pictures in [-1, 1] to latents, and back."""
        network = self._laid_out(weight_files.VAE_CONFIG, VaeConfig, Vae)
        network = self._fill(network, todays_names(self._tensors(weight_files.VAE)))
        if self._has_kernels:
            from ...networks.fused import fuse_vae

            fuse_vae(network)
        return network

    @cached_property
    def encoder(self) -> Any:
        """Whisper's encoder."""
        network = self._laid_out(weight_files.WHISPER_CONFIG, WhisperConfig, WhisperEncoder)
        prefix = "encoder."
        tensors = {
            key[key.index(prefix) + len(prefix) :]: value
            for key, value in self._tensors(weight_files.WHISPER).items()
            if key.startswith((prefix, f"model.{prefix}"))
        }
        return self._fill(network, tensors)

    @cached_property
    def parser(self) -> nn.Module:
        """Normalized pictures [N, 3, 512, 512] to scores of 19 classes."""
        from .parsing import BiSeNet

        with torch.device("meta"):
            network = BiSeNet()
        tensors = self._tensors((weight_files.PARSER,))
        used = {k: v for k, v in tensors.items() if not k.startswith(BiSeNet.TRAINING_ONLY)}
        return self._fill(network, used)

    @cached_property
    def dwpose(self) -> Dwpose:
        """DWPose: pictures and boxes of faces to landmarks."""
        return Dwpose(
            weight_path(weight_files.DWPOSE, self._folder), self.runtime.device, self._threads
        )

    @cached_property
    def scale(self) -> float:
        """What latents are multiplied by."""
        return float(self.vae.config.scaling_factor)

    def _laid_out(
        self, name: str, config: type[Config], network: Callable[[Config], nn.Module]
    ) -> nn.Module:
        """A network on the meta device, as a config file describes it."""
        path = weight_path(name, self._folder)
        with usable(path):
            described = config.model_validate_json(path.read_text(encoding="utf-8"))
            with torch.device("meta"):
                return network(described)

    def _tensors(self, names: tuple[str, ...]) -> dict[str, Tensor]:
        path = first_weight_path(names, self._folder)
        with room(path):
            return load_tensors(path, self.runtime.dtype, self.runtime.device)

    def _fill(self, network: nn.Module, tensors: dict[str, Tensor]) -> nn.Module:
        with room(type(network).__name__):
            fill(network, tensors)
            if self.runtime.device == "cuda":
                network = network.to(memory_format=torch.channels_last)
        return network

    @property
    def _has_kernels(self) -> bool:
        return self.runtime.device == "cuda" and kernels_run()
