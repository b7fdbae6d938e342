"""How fast MuseTalk is here: random weights of the published sizes, frames of a real size.

    python benchmarks/musetalk.py --cuts 50 --out musetalk.json      # a GPU, published sizes
    python benchmarks/musetalk.py --small --cuts 2 --frames 12       # anywhere, small networks
    python benchmarks/musetalk.py --flow 1 --gpus 2 --bake-cuts 0    # many cuts, file to file

`bake` and `draft` are of pictures and avatars in memory, `bake_stage` and `draft_stage` of files,
as in a job. Prints a table and writes JSON. Compilation is timed by itself and left out of every
rate.
"""

import argparse
import logging
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from musetalk_flow import run_flow
from musetalk_parts import (
    Person,
    Scene,
    bake_parts,
    consume,
    draft_parts,
    draw,
    median,
    repeated,
    timed,
)
from musetalk_scene import RATE, flat_rows, report, weights_folder

from mouthpiece.core.timeline import Clock
from mouthpiece.engines.musetalk.bake import bake_batches
from mouthpiece.engines.musetalk.engine import MusetalkEngine
from mouthpiece.engines.musetalk.model_cache import ModelCache
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.patches.patch import Patch
from mouthpiece.patches.patch_set import write_patches
from mouthpiece.stages.bake import bake
from mouthpiece.stages.draft import draft
from mouthpiece.stages.requests import BakeRequest, DraftRequest

log = logging.getLogger("benchmark")

BOUND_GFLOP = 178 + 622
"""UNet and VAE decoder, a frame."""


def deliver(mezzanine: Path, frames: int, patches: Path, segment: Path) -> None:
    """Lay a patch file into its cut and encode the segment: what one segment job does."""
    from mouthpiece.media.encode import Encoding
    from mouthpiece.stages.segment import segment as run

    encoding = Encoding(crf=12, preset="veryfast", pixel_format="mezzanine")
    run(mezzanine, Clock(RATE, 0, frames), patches, segment, encoding)


class Benchmark:
    """An engine, a cut, and what is measured of them."""

    def __init__(self, options: argparse.Namespace, tree: Path, folder: Path) -> None:
        self.options, self.scene = options, Scene.of(options, folder)
        self.settings = MusetalkSettings(
            models=str(tree),
            batch_frames=options.batch,
            precision=options.precision,
            compile=options.compile,
            parsing=options.parsing,
            threads=options.threads,
        )
        self.engine = MusetalkEngine(self.settings)
        self.found: dict[str, Any] = {
            "settings": self.settings.model_dump(), "size": options.size,
            "cuts": options.cuts, "frames_a_cut": options.frames,
        }  # fmt: skip

    def bake_in_memory(self) -> None:
        """Bake the cut, and keep nothing."""
        scene, generator = self.scene, self.engine.generator
        consume(bake_batches(scene.pictures, scene.track, self.settings, generator))

    def run(self, jobs: ProcessPoolExecutor) -> dict[str, Any]:
        """Every figure; `jobs` are the processes that deliver."""
        found, options, scene = self.found, self.options, self.scene
        scene.write()
        log.info("loading")
        found["load_s"], _ = timed(self.load)
        log.info("first bake")
        found["first_bake_s"], _ = timed(self.bake_in_memory)
        avatar = scene.folder / "avatar.zip"
        self.engine.prepare(iter(scene.pictures), scene.track, avatar)
        person = Person.load(avatar)
        log.info("first draft")
        found["first_draft_s"], _ = timed(lambda: consume(draw(self.engine, self.scene, person)))
        log.info("measuring")
        _reset_peak()
        seconds = repeated(options.bake_cuts, self.bake_in_memory)
        found["bake_frames_per_s"] = options.bake_cuts * options.frames / seconds
        seconds = repeated(options.cuts, lambda: consume(draw(self.engine, self.scene, person)))
        found["draft_frames_per_s"] = options.cuts * options.frames / seconds
        both = 1 / found["bake_frames_per_s"] + 1 / found["draft_frames_per_s"]
        found["first_language_frames_per_s"] = 1 / both
        found["second_language_frames_per_s"] = found["draft_frames_per_s"]
        found |= _peak() | {"batch_frames_found": self.engine.generator.draw_batches.frames}
        tflops = BOUND_GFLOP * found["draft_frames_per_s"] / 1000
        found["draft_tflop_per_s"] = None if options.small else tflops
        if options.parts:
            found["parts"] = draft_parts(self.engine, scene, person)
            found["bake_parts"] = bake_parts(self.engine, scene, self.settings)
        found |= self.stages()
        for key, value in flat_rows(found):
            log.info("%s %s", key, value)
        if options.deliver:
            found |= self.delivery(person, jobs)
        found["host_peak_rss_gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        return found

    def load(self) -> None:
        """Load every network."""
        for name in ("unet", "vae", "encoder", "parser"):
            getattr(self.engine.generator.networks, name)

    def stages(self) -> dict[str, float]:
        """What a job does once the networks are loaded, from files to files.

        `bake_stage`: mezzanine and track to avatar.zip. `draft_stage`: that and speech to
        draft.zip.
        """
        frames = self.options.frames
        baked, drafted = self.requests()
        seconds = {
            "bake_stage": median(lambda: bake(baked, lambda _: self.engine)),
            "draft_stage": median(lambda: draft(drafted, lambda _: self.engine)),
        }
        return {f"{name}_s": value for name, value in seconds.items()} | {
            f"{name}_frames_per_s": frames / value for name, value in seconds.items()
        }

    def requests(self) -> tuple[BakeRequest, DraftRequest]:
        """The jobs of a cut."""
        folder, frames = self.scene.folder, self.options.frames
        cut = {
            "mezzanine": folder / "mezzanine.mp4", "cut": f"000000-{frames - 1:06}",
            "track": folder / "track.npz", "engine": "musetalk",
            "settings": self.settings.model_dump(),
        }  # fmt: skip
        baked = BakeRequest(**cut, avatar=folder / "avatar.zip")
        drafted = DraftRequest(
            **cut, avatar=folder / "avatar.zip", speech=folder / "speech.wav", baked={},
            weights="", code="", patches=folder / "draft.zip", row=folder / "draft.json",
        )  # fmt: skip
        return baked, drafted

    def flow(self) -> dict[str, Any]:
        """Many cuts from file to file, by some processes on each GPU: on one, then on all."""
        self.scene.write()
        baked, drafted = self.requests()
        self.engine.prepare(iter(self.scene.pictures), self.scene.track, drafted.avatar)
        self.engine.loaded = ModelCache()
        torch.cuda.empty_cache()
        found: dict[str, Any] = {"processes_per_gpu": self.options.flow}
        for gpus in sorted({1, self.options.gpus}):
            found[f"gpus_{gpus}"] = run_flow(self.options, baked, drafted, gpus)
            log.info("%d GPUs: %s", gpus, found[f"gpus_{gpus}"])
        return found

    def delivery(self, person: Person, jobs: ProcessPoolExecutor) -> dict[str, Any]:
        """Drafting, patch files, compositing and encoding at the same time, as on one box."""
        folder, frames = self.scene.folder, self.options.frames
        mezzanine = folder / "mezzanine.mp4"
        cores = len(os.sched_getaffinity(0))

        def save(drawn: list[Patch], name: str) -> Path:
            path = folder / f"{name}.patches"
            write_patches(path, drawn, "musetalk", self.engine.extent(avatar, self.scene.clock))
            return path

        def handed_on(saved: Any, name: str) -> None:
            given = mezzanine, frames, saved.result(), folder / f"{name}.mp4"
            jobs.submit(deliver, *given).result()

        def chain() -> float:
            start = time.perf_counter()
            with (
                ThreadPoolExecutor(max(2, cores // 4)) as savers,
                ThreadPoolExecutor(self.options.cuts) as waiters,
            ):
                ends = []
                for i in range(self.options.cuts):
                    saved = savers.submit(save, list(draw(self.engine, self.scene, person)), str(i))
                    ends.append(waiters.submit(handed_on, saved, str(i)))
                drawn_s = time.perf_counter() - start
                for end in ends:
                    end.result()
            return drawn_s

        avatar = folder / "avatar.zip"
        first = save(list(draw(self.engine, self.scene, person)), "first")
        alone, _ = timed(lambda: deliver(mezzanine, frames, first, folder / "alone.mp4"))
        seconds, drawn_s = timed(chain)
        total = self.options.cuts * frames
        return {
            "deliver_one_core_frames_per_s": frames / alone,
            "draft_while_delivering_frames_per_s": total / drawn_s,
            "draft_to_segments_frames_per_s": total / seconds,
        }


def compare_precisions(tree: Path, options: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Mean and largest difference of drawn faces, of 255, of a precision against fp32."""
    drawn = {}
    options.frames, options.batch, options.compile = 8, 8, "off"
    for precision in ("fp32", "fp16", "bf16"):
        options.precision = precision
        one = Benchmark(options, tree, folder)
        avatar = folder / f"{precision}.zip"
        one.engine.prepare(iter(one.scene.pictures), one.scene.track, avatar)
        patches = one.engine.render(avatar, one.scene.speech, one.scene.clock)
        drawn[precision] = np.stack([patch.pixels for patch in patches]).astype(int)
    found = {"spread_of_pixels": float(drawn["fp32"].std())}
    for precision in ("fp16", "bf16"):
        apart = np.abs(drawn[precision] - drawn["fp32"])
        found[f"{precision}_mean"], found[f"{precision}_max"] = (
            float(apart.mean()),
            float(apart.max()),
        )
    return found


def _limit_memory(gib: float | None) -> None:
    if gib and torch.cuda.is_available():
        total = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(gib * 2**30 / total)


def _reset_peak() -> None:
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def _peak() -> dict[str, float]:
    if not torch.cuda.is_available():
        return {}
    return {
        "peak_allocated_gib": torch.cuda.max_memory_allocated() / 2**30,
        "peak_reserved_gib": torch.cuda.max_memory_reserved() / 2**30,
    }


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--bake-cuts", type=int, default=5, help="cuts that are baked")
    parser.add_argument("--frames", type=int, default=100, help="frames a cut")
    parser.add_argument("--size", default="704x1216", help="width x height of the pictures")
    parser.add_argument("--batch", type=int, default=MusetalkSettings().batch_frames)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--compile", default="off")
    parser.add_argument("--parsing", default="bisenet")
    parser.add_argument("--threads", type=int, default=MusetalkSettings().threads)
    parser.add_argument("--small", action="store_true", help="small networks instead of full ones")
    parser.add_argument("--parts", action="store_true", help="also hearing, networks, files alone")
    parser.add_argument("--deliver", action="store_true", help="also the way to encoded segments")
    parser.add_argument("--compare", action="store_true", help="only fp16 and bf16 against fp32")
    parser.add_argument("--flow", type=int, help="only so many processes for each GPU, many cuts")
    parser.add_argument("--gpus", type=int, default=1, help="GPUs that share the cuts of --flow")
    parser.add_argument("--memory-limit-gib", type=float)
    parser.add_argument("--tree", type=Path, help="keep the weights in this folder between runs")
    parser.add_argument("--out", type=Path, help="write JSON here")
    options = parser.parse_args()
    torch.set_num_threads(1)  # as in a job of the workflow
    logging.basicConfig(level=logging.WARNING, format="%(relativeCreated)d ms %(message)s")
    log.setLevel(logging.INFO)
    forked = get_context("fork")
    with (
        tempfile.TemporaryDirectory() as temporary,
        ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=forked) as jobs,
    ):
        jobs.submit(os.getpid).result()  # they deliver; forked before anything runs on the GPU
        folder = Path(temporary)
        tree = weights_folder(options.tree or folder / "models", options.small)
        _limit_memory(options.memory_limit_gib)
        if options.compare:
            found: dict[str, Any] = compare_precisions(tree, options, folder)
        elif options.flow:
            found = Benchmark(options, tree, folder).flow()
        else:
            found = Benchmark(options, tree, folder).run(jobs)
    report(found, print, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
