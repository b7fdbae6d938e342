"""LatentSync's published pipeline on faces in memory, to compare with: `latentsync.py --upstream`.

It is the code of a checkout of bytedance/LatentSync that the user gives: its UNet, its loop, with
diffusers' VAE. What reads and writes files and finds faces is left out of both sides: they begin
with aligned faces in memory, and end with drawn ones. Ours hears the speech, too.
"""

import argparse
import gc
import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import torch
import yaml
from musetalk_parts import timed
from musetalk_scene import some_pictures
from torch import Tensor

from mouthpiece.core.errors import Fault

LIMITS_GIB = (12, 8)
"""Cards, by their memory. What fits into 18 GiB is told by the peaks without a limit."""

WARM_STEPS = 2
"""Of what is drawn before the clock runs."""

CHUNK_FRAMES, COMPARED_FRAMES = 16, 32
"""What is drawn where memory is limited, and where it is not."""


class Sound:
    """What hears: tokens that are given."""

    def __init__(self, tokens: Tensor) -> None:
        self.tokens = tokens

    def audio2feat(self, path: str) -> str:
        """Hear nothing."""
        return path

    def feature2chunks(self, feature_array: str, fps: int) -> list[Tensor]:
        """Each frame's tokens, whatever was heard."""
        del feature_array, fps
        return list(self.tokens)


class Upstream:
    """The published pipeline with the weights of a folder laid out as its own."""

    def __init__(self, code: Path, tree: Path, small: bool) -> None:
        """Load the networks.

        Args:
            code: The checkout.
            tree: See `latentsync.weights_folder`.
            small: Whether they run in 32 bits, where they are: on a CPU.
        """
        from diffusers import AutoencoderKL, DDIMScheduler

        self._mask = str(code / "latentsync" / "utils" / "mask.png")
        self.module = _pipeline_module(code)
        dtype = torch.float32 if small else torch.float16
        (path,) = (tree / "configs" / "unet").glob("*.yaml")
        self._config = yaml.safe_load(path.read_text())
        model = self._config["model"] | {"norm_eps": float(self._config["model"]["norm_eps"])}
        unet, _ = self.module.UNet3DConditionModel.from_pretrained(
            model, str(tree / "checkpoints" / "latentsync_unet.pt")
        )
        vae = AutoencoderKL.from_pretrained(str(tree / "sd-vae-ft-mse"), torch_dtype=dtype)
        vae.config.scaling_factor, vae.config.shift_factor = 0.18215, 0
        scheduler = DDIMScheduler.from_pretrained(str(tree / "configs"))
        self._dtype, self._sound = dtype, Sound(torch.zeros(0))
        self.pipeline = self.module.LipsyncPipeline(
            vae=vae, audio_encoder=self._sound, unet=unet.to(dtype), scheduler=scheduler
        ).to("cuda" if torch.cuda.is_available() else "cpu")
        self.pipeline.set_progress_bar_config(disable=True)

    @property
    def side_px(self) -> int:
        """Side of a face."""
        return int(self._config["data"]["resolution"])

    def draw(self, faces: np.ndarray, tokens: Tensor, steps: int, guidance: float) -> np.ndarray:
        """Draw faces.

        Args:
            faces: Aligned faces, RGB, [T, S, S, 3] uint8.
            tokens: What each frame hears, [T, L, width].
            steps: Steps.
            guidance: Guidance.

        Returns:
            RGB, [T, S, S, 3] uint8.
        """
        planes = torch.from_numpy(faces).permute(0, 3, 1, 2)
        drawn: list[np.ndarray] = []

        def restore(found: Tensor, *_: object) -> np.ndarray:
            drawn.append(self.pipeline.pixel_values_to_images(found))
            return drawn[0]

        self._sound.tokens = tokens.cpu()
        self.module.read_video = lambda *_, **__: faces
        self.pipeline.affine_transform_video = lambda _: (planes, [], [])
        self.pipeline.restore_video = restore
        data = self._config["data"]
        with tempfile.TemporaryDirectory() as folder:
            self.pipeline(
                "", "", "", num_frames=data["num_frames"], num_inference_steps=steps,
                guidance_scale=guidance, weight_dtype=self._dtype, width=data["resolution"],
                height=data["resolution"], mask_image_path=self._mask, temp_dir=f"{folder}/temp",
            )  # fmt: skip
        return drawn[0]


def figures(work: Callable[[int, int], object], frames: int, steps: int) -> dict[str, Any]:
    """Frames/s, and what they take of the GPU's memory.

    Args:
        work: Draws so many frames in so many steps.
        frames: How many.
        steps: How many.

    Returns:
        The figures; or that memory ran out.
    """
    try:
        work(min(frames, CHUNK_FRAMES), WARM_STEPS)
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        seconds, _ = timed(lambda: work(frames, steps))
    except (torch.OutOfMemoryError, Fault) as error:
        return {"failed": str(error).splitlines()[0][:100]}
    found: dict[str, Any] = {"frames_per_s": frames / seconds}
    if torch.cuda.is_available():
        found["peak_allocated_gib"] = torch.cuda.max_memory_allocated() / 2**30
        found["peak_reserved_gib"] = torch.cuda.max_memory_reserved() / 2**30
    sys.stdout.write(f"{found}\n")
    return found


@contextmanager
def limited(gib: float) -> Iterator[None]:
    """Leave the process as much memory as a smaller card has, what CUDA itself takes included.

    Args:
        gib: The card's memory.

    Yields:
        Nothing.
    """
    free, total = torch.cuda.mem_get_info()
    own = total - free - torch.cuda.memory_reserved()
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction((gib * 2**30 - own) / total)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def compared(
    theirs: Upstream, ours: Callable[[], Callable[[int, int], object]], options: argparse.Namespace
) -> dict[str, Any]:
    """Compare both pipelines, on this GPU and as on smaller ones.

    Args:
        theirs: The published pipeline; its networks are freed in the end.
        ours: Loads our networks, and returns what draws so many frames with them.
        options: The command line.

    Returns:
        The figures.
    """
    side, frames, steps = theirs.side_px, min(options.frames, COMPARED_FRAMES), options.steps
    faces, tokens = np.stack(some_pictures(frames, side, side)), torch.randn(frames, 50, 384)

    def draw(count: int, steps: int) -> object:
        return theirs.draw(faces[:count], tokens[:count], steps, options.guidance)

    limits = [gib for gib in LIMITS_GIB if torch.cuda.is_available()]
    found: dict[str, Any] = {"upstream": {"whole": figures(draw, frames, steps)}, "ours": {}}
    for gib in limits:
        with limited(gib):
            found["upstream"][f"{gib}_gib"] = figures(draw, min(frames, CHUNK_FRAMES), steps)
    theirs.pipeline = None
    gc.collect()
    found["ours"]["whole"] = figures(ours(), frames, steps)
    for gib in limits:
        gc.collect()
        with limited(gib):
            found["ours"][f"{gib}_gib"] = figures(ours(), min(frames, CHUNK_FRAMES), steps)
    speeds = [found[side]["whole"].get("frames_per_s", 0.0) for side in ("ours", "upstream")]
    found["times_upstream"] = speeds[0] / speeds[1] if speeds[1] else None
    return found


def _pipeline_module(code: Path) -> Any:
    """Upstream's module of its pipeline, without what reads files and finds faces."""

    def nothing(*_: object, **__: object) -> None:
        return None

    edges: dict[str, dict[str, Callable[..., Any]]] = {
        "utils.util": {
            "read_video": nothing,
            "write_video": nothing,
            "read_audio": lambda *_: torch.zeros(0),
            "check_ffmpeg_installed": nothing,
            "zero_rank_log": nothing,
        },
        "utils.affine_transform": {"AlignRestore": nothing},
        "utils.face_detector": {"FaceDetector": nothing},
        "whisper.audio2feature": {"Audio2Feature": Sound},
    }
    for name, members in edges.items():
        module = ModuleType(f"latentsync.{name}")
        module.__dict__.update(members)
        sys.modules[module.__name__] = module
    package = ModuleType("latentsync")  # the name is that of a benchmark, too
    package.__path__ = [str(code / "latentsync")]
    sys.modules["latentsync"] = package
    found: Any = importlib.import_module("latentsync.pipelines.lipsync_pipeline")
    found.subprocess = SimpleNamespace(run=nothing)
    found.sf = SimpleNamespace(write=nothing)
    return found
