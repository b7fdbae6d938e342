"""How fast LatentSync is here: random weights of the published sizes, frames of a real size.

    python benchmarks/latentsync.py --frames 100 --out latentsync.json   # a GPU, published sizes
    python benchmarks/latentsync.py --frames 100 --memory-limit-gib 8    # as on a smaller card
    python benchmarks/latentsync.py --small --frames 40                  # anywhere, small networks
    python benchmarks/latentsync.py --small --frames 16 --loss           # fewer steps against 20
    python benchmarks/latentsync.py --small --frames 44 --seams 0 4 8    # how well chunks join
    python benchmarks/latentsync.py --frames 96 --upstream CHECKOUT      # and upstream's own code
    python benchmarks/latentsync.py --frames 100 --worker                # and a draft as a job

Prints a table and writes JSON. `load` draws a first chunk, too; `draft` is from an avatar in memory
to patches in memory. `seams` is how much more the faces of a still picture change where two chunks
meet than elsewhere (median without overlap): of each meeting the largest change, their mean and the
largest of all. `elsewhere` is the largest change at no meeting: the sound's. Random weights draw
noise: it says whether chunks join, not how a trained network looks. --weights-seed draws others.

CHECKOUT is a folder with bytedance/LatentSync at a229c39, whose own code runs there; it needs
diffusers and einops. Both pipelines draw the same number of frames from aligned faces in memory,
with the same steps, guidance and chunks; `18_gib` and so on are cards with so much memory.
"""

import argparse
import gc
import importlib.util
import json
import logging
import resource
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from musetalk_parts import consume, timed
from musetalk_scene import RATE, random_like, report, some_pictures, some_speech

from mouthpiece.core.timeline import Clock
from mouthpiece.engines.latentsync import align, sound
from mouthpiece.engines.latentsync.avatar import Avatar
from mouthpiece.engines.latentsync.chunks import plan
from mouthpiece.engines.latentsync.engine import LatentSyncEngine
from mouthpiece.engines.latentsync.generate import Generator
from mouthpiece.engines.latentsync.model_cache import ModelCache
from mouthpiece.engines.latentsync.settings import LatentSyncSettings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.networks.vae import Vae, VaeConfig
from mouthpiece.patches.patch import Patch
from mouthpiece.weights import table as weight_table

PARITY = Path(__file__).parents[1] / "tests" / "parity" / "latentsync"
UNET_WIDTHS, VAE_WIDTHS = [320, 640, 1280, 1280], [128, 256, 512, 512]
PUBLISHED_PX = {"1.6": 512, "1.5": 256}
FEWER: tuple[dict[str, Any], ...] = (
    {"steps": 15},
    {"steps": 10},
    {"steps": 5},
    {"deep_every": 2},
    {"deep_every": 3},
    {"steps": 10, "deep_every": 2},
)
JOB_STEPS = 4
"""Of a worker's job: what it takes beside drawing does not depend on them."""

FACE_SHARE = 0.33
"""Width of an aligned face, as a share of the picture's height."""


def weights_folder(folder: Path, small: bool, version: str, seed: int = 0) -> Path:
    """A folder of weights, made if it is not there; converted copies are kept in it too."""
    weight_table.MODELS = folder / "project"
    if (folder / "checkpoints").exists():
        return folder
    spec = importlib.util.spec_from_file_location("latentsync_weights", PARITY / "make_weights.py")
    assert spec and spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    maker.zlib = SimpleNamespace(crc32=lambda key: zlib.crc32(key, seed))
    if not small:
        keys = json.loads((PARITY / "unet_keys.json").read_text())
        maker.MODEL["block_out_channels"] = UNET_WIDTHS
        maker.VAE["block_out_channels"] = VAE_WIDTHS
        maker.DATA["resolution"] = PUBLISHED_PX[version]
        maker.unet_state = lambda: random_like(
            {key: torch.empty(shape, device="meta") for key, (shape, _) in keys.items()}
        )
    with torch.device("meta"):
        vae = Vae(VaeConfig.model_validate(maker.VAE)).state_dict()
    maker.vae_state = lambda: maker.seeded(vae)
    maker.main(folder)
    if version == "1.5":
        (folder / "configs/unet/stage2_512.yaml").rename(folder / "configs/unet/stage2.yaml")
    return folder


def some_track(frames: int, width: int, height: int) -> Track:
    """A face in the middle that sways: brows and nose are placed, the other points are noise."""
    unit = FACE_SHARE * height / align.WIDTH_UNITS
    points = np.random.default_rng(3).normal(0, 10 * unit, (MESH_POINTS, 3))
    middle = align.TEMPLATE_UNITS.mean(0)
    for group, place in zip((*align.BROWS, align.NOSE), align.TEMPLATE_UNITS, strict=True):
        points[list(group), :2] = (place - middle) * unit
    sway = np.stack([np.sin(np.linspace(0, 6, frames)), np.cos(np.linspace(0, 5, frames))], -1)
    moved = np.repeat(points[None], frames, axis=0)
    moved[..., :2] += (np.array([width, height]) / 2 + 10 * sway)[:, None]
    return Track(moved.astype(np.float32), np.ones(frames, bool))


class Benchmark:
    """A cut in memory, and what is measured of it."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        size = options.frames, *(int(side) for side in options.size.split("x"))
        self.frames, self.clock = options.frames, Clock(RATE, 0, options.frames)
        self.pictures, self.track = some_pictures(*size), some_track(*size)
        self.speech, self.path = some_speech(options.frames), folder / "avatar.zip"
        self.settings = LatentSyncSettings(
            models=str(options.tree or folder / "tree"),
            version=options.version,
            steps=options.steps,
            guidance=options.guidance,
            overlap_frames=options.overlap,
            deep_every=options.deep_every,
            batch_chunks=options.batch_chunks,
            vae_batch_frames=options.vae_batch,
            precision=options.precision,
            keep_silence=False,
        )
        self.engine = LatentSyncEngine(self.settings)

    def parts(self) -> dict[str, Callable[[], Any]]:
        """What the command line asks for, in order."""
        options = self.options
        if options.loss:
            return {"from_20_steps": self.losses}
        if options.seams:
            return {"seams": self.seams}
        chosen = {
            "speed": (True, self.speed),
            "seams": (not options.no_seams, self.seams),
            "worker": (options.worker, self.through_worker),
            "compared": (options.upstream, self.against),
        }
        return {name: part for name, (is_asked, part) in chosen.items() if is_asked}

    def speed(self) -> dict[str, Any]:
        """Frames/s of bake and draft, and what they took of memory."""
        load_s, _ = timed(self.engine.warm_up)
        bake_s, _ = timed(self._bake)
        draft_s, _ = timed(lambda: list(self._patches(self.engine)))
        found = {
            "load_s": load_s,
            "bake_frames_per_s": self.frames / bake_s,
            "draft_s": draft_s,
            "draft_frames_per_s": self.frames / draft_s,
            "vae_batch_frames": self.engine.generator.sizes.vae.frames,
            "unet_batch": self.engine.generator.sizes.unet.frames,
            "peak_rss_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        }
        if torch.cuda.is_available():
            found["peak_gpu_allocated_gib"] = torch.cuda.max_memory_allocated() / 2**30
            found["peak_gpu_reserved_gib"] = torch.cuda.max_memory_reserved() / 2**30
        return found

    def seams(self) -> dict[str, dict[str, float]]:
        """How much faces jump where chunks meet, by how much these overlap."""
        length = self.engine.window_frames
        still = np.broadcast_to(self.pictures[0], (self.frames, *self.pictures[0].shape))
        steady = Track(np.repeat(self.track.points[:1], self.frames, 0), self.track.seen)
        self.engine.prepare(iter(still), steady, self.path)
        found = {}
        usual = 0.0
        for overlap in sorted({*(self.options.seams or [self.settings.overlap_frames]), 0}):
            engine = self._other({"overlap_frames": overlap})
            pixels = np.stack([patch.pixels for patch in self._patches(engine)]).astype(np.float32)
            steps = np.abs(np.diff(pixels, axis=0)).mean((1, 2, 3))
            # Where an overlap is, the change is spread over it: the largest of it counts.
            meetings = [
                np.arange(later.first - 1, min(chunk.end, self.frames - 1))
                for chunk, later in pairwise(plan(self.frames, length, overlap))
            ]
            if not usual:
                rest = np.delete(steps, np.concatenate([*meetings, []]).astype(int))
                usual = float(np.median(rest))
                found["elsewhere"] = {"largest": float(rest.max()) / usual}
            if meetings:
                jumps = np.array([steps[at].max() for at in meetings]) / usual
                found[f"overlap_{overlap}"] = {
                    "mean": float(jumps.mean()),
                    "largest": float(jumps.max()),
                }
        return found

    def against(self) -> dict[str, Any]:
        """The published pipeline's figures, and those of this one with the same chunks."""
        from latentsync_upstream import Upstream, compared

        tree = Path(self.settings.models)
        theirs = Upstream(
            self.options.upstream, tree, self.engine.generator.networks.device == "cpu"
        )
        self.engine.loaded = ModelCache()
        return compared(theirs, self._drawing, self.options)

    def through_worker(self) -> dict[str, float]:
        """Seconds of a draft in few steps: in memory, and as a worker's job, from files to files.

        The first job loads the networks, the next one has them.
        """
        from latentsync_worker import job_seconds, write_cut

        settings = self.settings.model_copy(update={"steps": JOB_STEPS})
        engine = self._other({"steps": JOB_STEPS})
        own_s, _ = timed(lambda: consume(self._patches(engine)))
        write_cut(self.path.parent, self.pictures, self.track, self.speech)
        first_s, job_s = job_seconds(self.path.parent, settings, self.frames, 2)
        found = {"steps": JOB_STEPS, "own_s": own_s, "first_job_s": first_s, "job_s": job_s}
        return found | {"more_s": job_s - own_s}

    def _drawing(self) -> Callable[[int, int], object]:
        """What draws so many aligned faces in so many steps, with networks that it loads now."""
        loaded = self.engine.loaded = ModelCache()
        gc.collect()  # what was loaded before
        side_px = loaded.generator(self.settings).side_px
        faces = np.stack(some_pictures(self.frames, side_px, side_px))

        def draw(count: int, steps: int) -> object:
            generator = self._other({"overlap_frames": 0, "steps": steps}).generator
            known = generator.encode(faces[:count])
            return list(generator.draw(known, *self._sound(generator, count)))

        return draw

    def losses(self) -> dict[str, dict[str, float]]:
        """How far fewer steps are from all of them: pixels in levels of 255, mean; and latents, as
        the root of the mean square, in standard deviations.
        """
        self._bake()
        all_steps = {"steps": 20, "deep_every": 1}
        wanted, seen = self._drawn(all_steps)
        found = {}
        for changed in FEWER:
            latents, pixels = self._drawn(all_steps | changed)
            found[" ".join(f"{key}={value}" for key, value in changed.items())] = {
                "levels": float(np.abs(pixels - seen).mean()),
                "latents": float((latents - wanted).square().mean().sqrt() / wanted.std()),
            }
        return found

    def _drawn(self, changed: dict[str, Any]) -> tuple[torch.Tensor, np.ndarray]:
        """Latents and pixels that other settings draw."""
        generator, known = self._other(changed).generator, Avatar.load(self.path).latents
        latents = torch.cat(list(generator.latents(known, *self._sound(generator, len(known)))))
        pixels = np.concatenate(list(generator.decode(latents)))
        return latents.cpu(), pixels.astype(np.float32)

    def _sound(self, generator: Generator, frames: int) -> tuple[torch.Tensor, np.ndarray]:
        """What is heard, and which of it each frame hears."""
        rows = generator.hear(self.speech.samples)
        around = generator.networks.config.data.audio_feat_length
        return rows, sound.windows(len(rows), self.speech.start, frames, RATE, around)

    def _other(self, changed: dict[str, Any]) -> LatentSyncEngine:
        """An engine with other settings and the same networks."""
        engine = LatentSyncEngine(self.settings.model_copy(update=changed))
        engine.loaded = self.engine.loaded
        return engine

    def _bake(self) -> None:
        self.engine.prepare(iter(self.pictures), self.track, self.path)

    def _patches(self, engine: LatentSyncEngine) -> Iterator[Patch]:
        return engine.draw(Avatar.load(self.path), self.speech, self.clock)


def parsed() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--size", default="1920x1080", help="of pictures")
    parser.add_argument("--version", default="1.6", choices=sorted(PUBLISHED_PX))
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=1.5)
    parser.add_argument("--overlap", type=int, default=4)
    parser.add_argument("--deep-every", type=int, default=1)
    parser.add_argument("--batch-chunks", type=int, default=1)
    parser.add_argument("--vae-batch", type=int, default=8)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--small", action="store_true", help="small networks, of 128 px")
    parser.add_argument("--loss", action="store_true", help="only compare fewer steps with 20")
    parser.add_argument("--upstream", type=Path, help="a checkout to compare with")
    parser.add_argument("--worker", action="store_true", help="time a draft's job, too")
    parser.add_argument("--seams", type=int, nargs="+", help="only seams, with these overlaps")
    parser.add_argument("--weights-seed", type=int, default=0, help="0: those of the tests")
    parser.add_argument("--no-seams", action="store_true", help="leave the seams out")
    parser.add_argument("--memory-limit-gib", type=float, help="of the GPU's memory")
    parser.add_argument("--tree", type=Path, help="keep the weights in this folder")
    parser.add_argument("--out", type=Path, help="a JSON file")
    return parser.parse_args()


def main() -> None:
    """Measure what was asked for."""
    logging.basicConfig(level=logging.WARNING)
    options = parsed()
    if options.memory_limit_gib and torch.cuda.is_available():
        whole = torch.cuda.get_device_properties(0).total_memory / 2**30
        torch.cuda.set_per_process_memory_fraction(min(options.memory_limit_gib / whole, 1.0))
    with tempfile.TemporaryDirectory() as folder:
        tree = options.tree or Path(folder) / "tree"
        weights_folder(tree, options.small, options.version, options.weights_seed)
        benchmark = Benchmark(options, Path(folder))
        found: dict[str, Any] = {"settings": benchmark.settings.model_dump()}
        for name, part in benchmark.parts().items():
            found[name] = part()
            sys.stdout.write(f"{name}: {found[name]}\n")
        report(found, lambda line: sys.stdout.write(f"{line}\n"), options.out)


if __name__ == "__main__":
    main()
