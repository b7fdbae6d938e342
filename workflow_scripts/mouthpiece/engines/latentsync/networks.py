"""LatentSync's networks, read from files that are named and laid out as upstream's."""

import contextlib
import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

import torch
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from ...core.errors import Fault, InputError
from ...networks.acceleration import kernels_run
from ...networks.config import NetworkConfig
from ...networks.graphs import Replayed
from ...networks.runtime import (
    chosen_device,
    chosen_dtype,
    free_gpu_bytes,
    room,
    usable,
)
from ...networks.vae import Vae, VaeConfig, todays_names
from ...networks.video_unet import VideoUNet, VideoUNetConfig
from ...networks.whisper import WhisperConfig, WhisperEncoder, from_openai
from ...weights.find import first_weight_path
from ...weights.load import fill, load_sizes, load_tensors
from . import weight_files
from .ddim import ScheduleConfig
from .settings import LatentSyncSettings

KNOWN_CHANNELS = 9
"""What the UNet is given beside noise: the mask, and twice the latents of a face."""

FILE_ITEM_BYTES = 4
"""Bytes of a number in the UNet's file."""

Frames = Annotated[int, Field(ge=0, le=12)]


class DataConfig(NetworkConfig):
    """The keys of a published config, section `data`, that say what the network was trained on."""

    num_frames: Annotated[int, Field(ge=1, le=64)]
    resolution: Annotated[int, Field(ge=64, le=1024, multiple_of=8)]
    audio_feat_length: tuple[Frames, Frames]


class PublishedConfig(BaseModel):
    """A published `configs/unet/*.yaml`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: DataConfig
    model: VideoUNetConfig

    @model_validator(mode="after")
    def _chunks_have_places(self) -> Self:
        places = self.model.motion_module_kwargs.temporal_position_encoding_max_len
        if self.data.num_frames > places:
            raise ValueError(f"num_frames is more than the {places} places of a chunk")
        return self


class Networks:
    """The networks, each read when first asked for.

    Attributes:
        device: "cuda" or "cpu".
        dtype: Their precision.
    """

    def __init__(self, settings: LatentSyncSettings) -> None:
        """Choose the networks; none is read yet.

        Args:
            settings: The engine's settings.

        Raises:
            Fault: A GPU is asked for that is not there.
        """
        self._version, self._folder = settings.version, settings.weights_folder
        self.device = chosen_device(settings.device, "engines.latentsync.device")
        self.dtype = chosen_dtype(settings.precision, self.device)

    @cached_property
    def config(self) -> PublishedConfig:
        """How large the UNet is, and what it was trained on."""
        path = self._path(weight_files.CONFIGS[self._version])
        with usable(path):
            return PublishedConfig.model_validate(yaml.safe_load(path.read_text("utf-8")))

    @cached_property
    def schedule(self) -> ScheduleConfig:
        """How noise was added in training."""
        path = self._path(weight_files.SCHEDULE)
        with usable(path):
            return ScheduleConfig.model_validate(json.loads(path.read_text("utf-8")))

    @cached_property
    def unet(self) -> Any:
        """Latents, timestep and tokens to noise.

        Raises:
            Fault: The network takes or gives other channels than LatentSync's.
        """
        config = self.config.model
        vae = self.vae.config.latent_channels
        if (config.in_channels, config.out_channels) != (KNOWN_CHANNELS + vae, vae):
            raise Fault(
                f"{self._path(weight_files.CONFIGS[self._version])}: a network of "
                f"{config.in_channels} to {config.out_channels} channels is none of LatentSync's"
            )
        network = self._made(weight_files.CONFIGS[self._version], lambda: VideoUNet(config))
        network = self._filled(network, self._tensors(weight_files.UNETS[self._version]))
        if self._has_kernels:
            from .fused import fuse_unet

            fuse_unet(network)
        return network

    @cached_property
    def predict(self) -> Callable[..., tuple[Tensor, ...]]:
        """What the UNet predicts; on a GPU, what it returns is overwritten by the next call.

        Python launches its kernels no faster than an H100 runs them: so they are recorded.
        """
        unet = self.unet
        if self.device == "cpu":
            return unet.predict
        return Replayed(unet.predict, torch.cuda.graph_pool_handle())

    @cached_property
    def vae(self) -> Any:
        """Pictures in [-1, 1] to latents, and back."""
        path = self._path(weight_files.VAE_CONFIG)
        with usable(path):
            config = VaeConfig.model_validate_json(path.read_text("utf-8"))
        network = self._made(weight_files.VAE_CONFIG, lambda: Vae(config))
        network = self._filled(network, todays_names(self._tensors(weight_files.VAE)))
        if self._has_kernels:
            from ...networks.fused import fuse_vae

            fuse_vae(network)
        return network

    @cached_property
    def encoder(self) -> Any:
        """Whisper's encoder."""
        path = self._path(weight_files.WHISPER)
        dims = load_sizes(path, "dims")
        network = self._made(
            weight_files.WHISPER, lambda: WhisperEncoder(WhisperConfig.of_dims(dims))
        )
        return self._filled(network, from_openai(self._tensors(weight_files.WHISPER)))

    @property
    def free_bytes(self) -> int | None:
        """The GPU's free memory once the UNet is loaded, too; None on a CPU."""
        if self.device == "cpu":
            return None
        free = free_gpu_bytes()
        if "unet" not in self.__dict__:
            with contextlib.suppress(InputError):  # a bake can do without it
                size = self._path(weight_files.UNETS[self._version]).stat().st_size
                free -= size * self.dtype.itemsize // FILE_ITEM_BYTES
        return free

    @property
    def reduction(self) -> int:
        """Pixels of a picture along one of its latents."""
        return int(2 ** (len(self.vae.config.block_out_channels) - 1))

    @property
    def _has_kernels(self) -> bool:
        return self.device == "cuda" and kernels_run()

    def _path(self, names: weight_files.Group) -> Path:
        return first_weight_path(names, self._folder)

    def _made(self, names: weight_files.Group, make: Callable[[], nn.Module]) -> nn.Module:
        """A network on the meta device, as a file describes it."""
        with usable(self._path(names)), torch.device("meta"):
            return make()

    def _tensors(self, names: weight_files.Group) -> dict[str, Tensor]:
        path = self._path(names)
        with room(path):
            return load_tensors(path, self.dtype, self.device)

    def _filled(self, network: nn.Module, tensors: dict[str, Tensor]) -> nn.Module:
        with room(type(network).__name__):
            fill(network, tensors)
            if self.device == "cuda":
                network = network.to(memory_format=torch.channels_last)
        return network
