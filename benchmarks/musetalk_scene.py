"""What the MuseTalk benchmarks work on: random weights, pictures, a face track, a mezzanine."""

import importlib.util
import json
import shutil
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import torch
from safetensors.torch import save_file

from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE, Speech
from mouthpiece.engines.musetalk.landmarks import MESH_OF_68
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.networks.unet import UNet, UNetConfig
from mouthpiece.networks.vae import Vae, VaeConfig
from mouthpiece.networks.whisper import WhisperConfig, WhisperEncoder
from mouthpiece.weights import table as weight_table

WHISPER = {
    "d_model": 384,
    "encoder_layers": 4,
    "encoder_attention_heads": 6,
    "encoder_ffn_dim": 1536,
}
"""Whisper's tiny encoder."""

PARITY = Path(__file__).parents[1] / "tests" / "parity"
RATE = Fraction(25)
FACE_SHARE = 0.33
"""Height of the face, as a share of the picture's."""


def weights_folder(folder: Path, small: bool) -> Path:
    """A folder of weights, made if it is not there; converted copies are kept in it too."""
    weight_table.MODELS = folder / "project"
    if not folder.exists():
        _maker().main(folder) if small else _write_published_sizes(folder)
    return folder


def _maker() -> Any:
    """The maker of small seeded weights."""
    spec = importlib.util.spec_from_file_location("make_weights", PARITY / "make_weights.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _write_published_sizes(folder: Path) -> None:
    """Write random weights of the published sizes, fp32, in upstream's layout."""
    published = PARITY / "published"
    for name in ("musetalkV15", "sd-vae", "whisper", "face-parse-bisent"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    config = shutil.copy(published / "musetalk.json", folder / "musetalkV15")
    vae_config = shutil.copy(published / "sd-vae-config.json", folder / "sd-vae" / "config.json")
    (folder / "whisper" / "config.json").write_text(json.dumps(WHISPER))
    with torch.device("meta"):
        unet = UNet(UNetConfig.model_validate_json(Path(config).read_text())).state_dict()
        vae = Vae(VaeConfig.model_validate_json(Path(vae_config).read_text())).state_dict()
        encoder = WhisperEncoder(WhisperConfig.model_validate(WHISPER)).state_dict()
    torch.save(random_like(unet), folder / "musetalkV15" / "unet.pth")
    torch.save(random_like(vae), folder / "sd-vae" / "diffusion_pytorch_model.bin")
    hearing = {f"model.encoder.{key}": value for key, value in random_like(encoder).items()}
    save_file(hearing, folder / "whisper" / "model.safetensors")
    keys = json.loads((PARITY / "bisenet_keys.json").read_text())
    parser = {
        key: torch.empty(shape, dtype=getattr(torch, dtype), device="meta")
        for key, (shape, dtype) in keys.items()
    }
    torch.save(random_like(parser), folder / "face-parse-bisent" / "79999_iter.pth")


def random_like(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Random values of a scale that keeps activations finite; drawn on the GPU if there is one."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    made = {}
    for key, tensor in tensors.items():
        if not tensor.is_floating_point():
            made[key] = torch.zeros(tensor.shape, dtype=tensor.dtype)
            continue
        value = torch.randn(tensor.shape, device=device)
        if key.endswith("running_var"):
            value = 1 + 0.1 * value.abs()
        elif key.endswith(("running_mean", "bias")):
            value *= 0.05
        elif tensor.dim() == 1:
            value = 1 + 0.1 * value
        else:
            value /= tensor[0].numel() ** 0.5
        made[key] = value.cpu()
    return made


def some_pictures(frames: int, width: int, height: int) -> list[np.ndarray]:
    """RGB pictures [H, W, 3] uint8: smooth noise that moves."""
    random = np.random.default_rng(1)
    noise = cv2.GaussianBlur(
        random.uniform(0, 255, (height, width, 3)).astype(np.float32), (0, 0), 4
    )
    picture = cv2.normalize(noise, noise.copy(), 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    return [np.roll(picture, 2 * i, axis=1) for i in range(frames)]


def some_track(frames: int, width: int, height: int) -> Track:
    """A face in the middle that sways: the 68 landmarks are placed, the other points are noise."""
    face = FACE_SHARE * height
    t = np.linspace(0, 2 * np.pi, 17)
    outline = np.stack([-np.cos(t / 2) * 0.4, np.sin(t / 2) * 0.5], -1)
    points = np.random.default_rng(3).normal(0, 0.1 * face, (MESH_POINTS, 3))
    shape = np.concatenate([outline, np.zeros((51, 2))])
    shape[27:31, 1] = np.linspace(-0.2, 0.05, 4)
    points[list(MESH_OF_68), :2] = shape * face
    sway = np.stack([np.sin(np.linspace(0, 6, frames)), np.cos(np.linspace(0, 5, frames))], -1)
    centre = np.array([width, height]) / 2 + 10 * sway
    moved = np.repeat(points[None], frames, axis=0)
    moved[..., :2] += centre[:, None]
    return Track(moved.astype(np.float32), np.ones(frames, bool))


def some_speech(frames: int) -> Speech:
    """Noise as loud as speech, as long as the frames, with its context."""
    samples = int(frames / RATE * SAMPLE_RATE) + 2 * CONTEXT_S * SAMPLE_RATE
    random = np.random.default_rng(2)
    return Speech(
        (0.1 * random.standard_normal(samples)).astype(np.float32), CONTEXT_S * SAMPLE_RATE
    )


def write_mezzanine(pictures: Iterable[np.ndarray], path: Path) -> None:
    """Write an all-intra H.264 file of the pictures, as the workflow's mezzanine is."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264",
            rate=RATE,
            options={"crf": "4", "preset": "veryfast", "x264-params": "keyint=1:cabac=0"},
        )
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def flat_rows(found: dict[str, Any], name: str = "") -> list[tuple[str, str]]:
    """The figures as rows of a table, those of inner parts by dotted names."""
    rows: list[tuple[str, str]] = []
    for key, value in found.items():
        if isinstance(value, dict):
            rows += flat_rows(value, f"{name}{key}.") if key != "settings" else []
        elif value is not None:
            rows.append((name + key, f"{value:,.4g}" if isinstance(value, float) else str(value)))
    return rows


def report(found: dict[str, Any], write: Callable[[str], object], out: Path | None) -> None:
    """Say what ran where, print the figures, and write them as JSON."""
    found["torch"] = str(torch.__version__)
    found["device"] = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    for key, value in flat_rows(found):
        write(f"{key:36} {value}")
    if out:
        out.write_text(json.dumps(found, indent=1))
