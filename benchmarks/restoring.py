"""How fast close-ups are restored here: GFPGAN's network of the published size, random weights.

    python benchmarks/restoring.py --out restoring.json               # a GPU
    python benchmarks/restoring.py --small --frames 12 --size 640x360 # anywhere, a small network

Prints each figure when it is found, then a table, and writes JSON:
  cut        frames/s of a whole cut, from mezzanine and draft to the restored draft, file to file;
             and without the network, which is what the processor does; CPU time a frame, of all
             threads
  compared   frames/s of measuring warp error and identity before and after, the network of the
             identity aside
  network    faces/s from pictures in memory to pictures in memory, by batch: in bfloat16 as it is
             run, in float32, and with --compile in bfloat16 compiled (a minute or two)
  published  the same of the published code as spandrel has it, where that is installed: float32 and
             bfloat16, its kernels apart for each face
  apart      how far bfloat16 is from float32, mean over the picture in levels of 255
Random weights draw noise: it says how long it takes, not how a face looks.
"""

import argparse
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from musetalk_parts import timed
from musetalk_scene import RATE, report, some_pictures, write_mezzanine

from mouthpiece.core.timeline import Clock
from mouthpiece.faces.track import Track
from mouthpiece.networks import restorer
from mouthpiece.networks.gfpgan import GfpganNetwork
from mouthpiece.patches.alignment import MESH, SIDE_PX, STEADY_S, TEMPLATE_PX, alignment
from mouthpiece.patches.comparison import compare
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.patch_set import PatchReader, write_patches
from mouthpiece.patches.restore import Restoration, Restorer, fineness, restored

SMALL = ((16,) * 8, 32)
FACE_SHARE = 0.6
"""Side of the aligned face, as a share of the picture's height: a close-up."""
PATCH_PX = 256
REPEATS = 3


def main() -> None:
    """Measure, print, write."""
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--batches", type=int, nargs="+", default=[8, 16])
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    torch.manual_seed(1)
    with tempfile.TemporaryDirectory() as folder:
        report(_measured(options, Path(folder)), print, options.out)


def _measured(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    network = _seeded(GfpganNetwork(*SMALL) if options.small else GfpganNetwork())
    device = "cuda" if torch.cuda.is_available() else "cpu"
    found = dict(_told(_cuts(options, _restorer(network, device, torch.bfloat16), folder)))
    return found | dict(_told(_networks(options, network, device)))


def _told(figures: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The figures, each printed when it is found: what is waited for next may take a minute."""
    for name, figure in figures:
        print(f"{name}: {figure}", flush=True)
        yield name, figure


def _networks(
    options: argparse.Namespace, network: GfpganNetwork, device: str
) -> Iterator[tuple[str, Any]]:
    """Faces/s of the network alone, in each way in which it is run."""
    faces = np.random.default_rng(1).integers(0, 256, (max(options.batches), SIDE_PX, SIDE_PX, 3))
    faces = np.stack([cv2.GaussianBlur(face.astype(np.uint8), (0, 0), 3) for face in faces])
    ways = {"network": _restorer(network, device, torch.bfloat16)}
    if device == "cuda":
        ways["network, float32"] = _restorer(network, device, torch.float32)
        if options.compile:
            ways["network, compiled"] = _compiled(network, device)
        ways |= _published(network, device)
        exact = ways["network, float32"](faces).astype(np.int16)
        yield "apart", float(np.abs(ways["network"](faces) - exact).mean())
    for name, way in ways.items():
        first_s, _ = timed(lambda way=way: way(faces[: options.batches[0]]))
        found = {"first_s": first_s}
        for batch in options.batches:
            part = faces[:batch]
            way(part)
            took = [timed(lambda way=way, part=part: way(part))[0] for _ in range(REPEATS)]
            found[f"faces_per_s_of_{batch}"] = batch / min(took)
        yield name, found
    if device == "cuda":
        yield "peak_gpu_gib", torch.cuda.max_memory_allocated() / 2**30


def _cuts(
    options: argparse.Namespace, network: Restorer, folder: Path
) -> Iterator[tuple[str, Any]]:
    """A cut, file to file, with the network and without."""
    width, height = (int(side) for side in options.size.split("x"))
    mezzanine, draft = folder / "mezzanine.mp4", folder / "draft.zip"
    write_mezzanine(some_pictures(options.frames, width, height), mezzanine)
    track, clock = _track(options.frames, width, height), Clock(RATE, 0, options.frames)
    places = alignment(track.points, STEADY_S * float(RATE))
    write_patches(draft, _draft(places), "none")
    yield "a cut of", {"size": options.size, "threads": options.threads}
    for name, way in (("without the network", lambda faces: faces), ("restored", network)):
        patches = PatchReader(draft)
        how = Restoration(places, fineness(patches.affine, places), way, 0.5)

        def run(patches: PatchReader = patches, how: Restoration = how) -> None:
            write_patches(
                folder / "r.zip", restored(mezzanine, clock, patches, how, options.threads), "none"
            )

        run()
        began_s = time.process_time()
        took, _ = timed(run)
        cpu_ms = (time.process_time() - began_s) * 1000 / options.frames
        yield f"cut, {name}", {"frames_per_s": options.frames / took, "cpu_ms_a_frame": cpu_ms}
    both = PatchReader(draft), PatchReader(folder / "r.zip")
    began_s = time.process_time()
    took, _ = timed(lambda: compare(mezzanine, clock, track, both, None, options.threads))
    cpu_ms = (time.process_time() - began_s) * 1000 / options.frames
    yield "compared", {"frames_per_s": options.frames / took, "cpu_ms_a_frame": cpu_ms}


def _seeded(network: GfpganNetwork) -> GfpganNetwork:
    """Random weights under which every layer counts."""
    for name, value in network.state_dict().items():
        if name.endswith("modulation.bias"):
            value.fill_(1)
        elif value.dim() >= 2:
            value.normal_(std=value[0].numel() ** -0.5)
    return network.eval().requires_grad_(False)


def _restorer(network: GfpganNetwork, device: str, dtype: torch.dtype) -> restorer.Gfpgan:
    """A restorer of a network in memory."""
    made = object.__new__(restorer.Gfpgan)
    made.__dict__ |= {"_device": device, "_dtype": dtype, "batches": restorer.Batches(64)}
    copied = GfpganNetwork(*network.sizes)
    copied.load_state_dict(network.state_dict())
    made.__dict__["_network"] = (
        copied.eval().requires_grad_(False).to(device, dtype, memory_format=torch.channels_last)
    )
    return made


def _compiled(network: GfpganNetwork, device: str) -> restorer.Gfpgan:
    made = _restorer(network, device, torch.bfloat16)
    made.__dict__["_network"] = torch.compile(made.__dict__["_network"], dynamic=False)
    return made


def _published(network: GfpganNetwork, device: str) -> dict[str, Callable[[np.ndarray], object]]:
    try:
        from spandrel.architectures.GFPGAN import GFPGAN
    except ImportError:
        return {}
    theirs = GFPGAN(num_style_feat=network.sizes[1]).eval().to(device)

    @torch.inference_mode()
    def draw(faces: np.ndarray, dtype: torch.dtype) -> np.ndarray:
        pixels = torch.from_numpy(faces).to(device).permute(0, 3, 1, 2).contiguous()
        drawn, _ = theirs.to(dtype)((pixels / 127.5 - 1).to(dtype), return_rgb=False)
        return ((drawn.clamp(-1, 1) + 1) * 127.5).byte().permute(0, 2, 3, 1).cpu().numpy()

    return {
        "published, float32": lambda faces: draw(faces, torch.float32),
        "published, bfloat16": lambda faces: draw(faces, torch.bfloat16),
    }


def _track(frames: int, width: int, height: int) -> Track:
    """A face in the middle that sways."""
    pitch = FACE_SHARE * height / SIDE_PX
    points = np.zeros((frames, 468, 3), np.float32)
    sway = 10 * np.stack([np.sin(np.linspace(0, 6, frames)), np.cos(np.linspace(0, 5, frames))], 1)
    for group, spot in zip(MESH, TEMPLATE_PX, strict=True):
        place = (np.array(spot) - SIDE_PX / 2) * pitch + np.array([width, height]) / 2
        points[:, list(group), :2] = (place + sway)[:, None]
    return Track(points, np.ones(frames, bool))


def _draft(places: np.ndarray) -> Iterator[Patch]:
    """A patch of 256 px over the lower half of each face, whose lips move."""
    chance = np.random.default_rng(2)
    skin = cv2.GaussianBlur(chance.normal(0, 60, (PATCH_PX, PATCH_PX, 3)), (0, 0), 3) + 150
    mask = np.zeros((PATCH_PX, PATCH_PX), np.uint8)
    cv2.ellipse(mask, (128, 128), (100, 90), 0, 0, 360, 255, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 5)
    scale = 320 / PATCH_PX
    for number, place in enumerate(places):
        pixels = np.clip(skin, 0, 255).astype(np.uint8)
        cv2.ellipse(pixels, (128, 140), (40, 5 + number % 12), 0, 0, 360, (90, 30, 30), -1)
        inside = np.array([[scale, 0, 96], [0, scale, 180], [0, 0, 1]])
        yield Patch(pixels, mask, place @ inside, 1.0)


if __name__ == "__main__":
    main()
