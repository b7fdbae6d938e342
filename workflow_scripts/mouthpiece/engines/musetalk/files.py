"""MuseTalk's files, named and laid out as in upstream's `models/`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ...core.errors import InputError
from ...weights.find import first_weight_path
from .settings import MusetalkSettings

UNETS = {"1.5": "musetalkV15/unet.pth", "1.0": "musetalk/pytorch_model.bin"}

UNET_CONFIGS = {"1.5": "musetalkV15/musetalk.json", "1.0": "musetalk/musetalk.json"}

VAE = ("sd-vae/diffusion_pytorch_model.safetensors", "sd-vae/diffusion_pytorch_model.bin")

VAE_CONFIG = "sd-vae/config.json"

WHISPER = ("whisper/model.safetensors", "whisper/pytorch_model.bin")

WHISPER_CONFIG = "whisper/config.json"

WHISPER_MEL = "whisper/preprocessor_config.json"

PARSER = "face-parse-bisent/79999_iter.pth"

DWPOSE = "dwpose/dw-ll_ucoco_384.onnx"


def tree(chosen: MusetalkSettings) -> Path | None:
    """The folder that the settings name; None: the project's own."""
    return Path(chosen.models).expanduser() if chosen.models else None


def baked_from(chosen: MusetalkSettings) -> list[Path]:
    """The files that an avatar depends on. Raises InputError where one is missing."""
    groups = [VAE, (VAE_CONFIG,)]
    groups += [(PARSER,)] if chosen.parsing == "bisenet" else []
    groups += [(DWPOSE,)] if chosen.landmarks == "dwpose" else []
    return [first_weight_path(group, tree(chosen)) for group in groups]


def drawn_from(chosen: MusetalkSettings) -> list[Path]:
    """The files that a draft depends on besides its avatar. Raises InputError likewise."""
    unet = ((UNETS[chosen.version],), (UNET_CONFIGS[chosen.version],))
    groups = [*unet, VAE, (VAE_CONFIG,), WHISPER, (WHISPER_CONFIG,), (WHISPER_MEL,)]
    return [first_weight_path(group, tree(chosen)) for group in groups]


def there(chosen: MusetalkSettings) -> Iterator[Path]:
    """Of all files that may be loaded, those that are there."""
    unet = ((UNETS[chosen.version],), (UNET_CONFIGS[chosen.version],))
    whisper = (WHISPER, (WHISPER_CONFIG,), (WHISPER_MEL,))
    for group in (*unet, VAE, (VAE_CONFIG,), *whisper, (PARSER,), (DWPOSE,)):
        with contextlib.suppress(InputError):
            yield first_weight_path(group, tree(chosen))
