"""Seconds a job takes with a worker and without: what a cut costs besides drawing it.

    python benchmarks/worker.py --tree TREE --jobs 8                 # a GPU, published sizes
    python benchmarks/worker.py --small --jobs 4 --frames 4          # anywhere, small networks

Each job is a process of its own, as Snakemake starts them (its own share of a job is not in it).
Without a worker each loads the models; with one, the first waits for that, and those after it are
what counts. Prints a table and writes JSON.
"""

import argparse
import logging
import os
import pickle
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import soundfile
from musetalk_scene import (
    report,
    some_pictures,
    some_speech,
    some_track,
    weights_folder,
    write_mezzanine,
)

from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.stages.requests import BakeRequest, DraftRequest
from mouthpiece.worker.endpoint import private_folder
from mouthpiece.worker.stop import stop

JOB = """
import pickle, sys
from mouthpiece.worker.client import run_task

task, idle_s = pickle.loads(bytes.fromhex(sys.argv[1]))
run_task(task, idle_s)
"""


def run(task: BakeRequest | DraftRequest, idle_s: float) -> float:
    """Run a task as a job; the seconds that it took."""
    given = pickle.dumps((task, idle_s)).hex()
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", JOB, given], check=True)
    return time.perf_counter() - start


def tasks_of(
    folder: Path, tree: Path, options: argparse.Namespace
) -> tuple[BakeRequest, DraftRequest]:
    """A scene, and the requests to bake and to draft it."""
    width, height = (int(v) for v in options.size.split("x"))
    write_mezzanine(some_pictures(options.frames, width, height), folder / "m.mp4")
    some_track(options.frames, width, height).save(folder / "track.npz")
    samples = some_speech(options.frames).samples
    soundfile.write(folder / "speech.wav", samples, SAMPLE_RATE, subtype="PCM_16")
    chosen = MusetalkSettings(models=str(tree), compile=options.compile)
    baked = chosen.model_dump(include=set(chosen.baked))
    scene = {
        "mezzanine": folder / "m.mp4",
        "cut": f"{0:06}-{options.frames - 1:06}",
        "track": folder / "track.npz",
        "engine": "musetalk",
        "runtime_options": chosen.model_dump(include=set(chosen.runtime_options)),
    }
    bake = BakeRequest(**scene, settings=baked, avatar=folder / "avatar.zip")
    draft = DraftRequest(
        **scene,
        settings=chosen.model_dump(exclude=set(chosen.runtime_options)),
        avatar=folder / "avatar.zip",
        speech=folder / "speech.wav",
        baked=baked,
        weights="",
        code="",
        patches=folder / "draft.zip",
        row=folder / "draft.json",
    )
    return bake, draft


def measure(folder: Path, tree: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Every figure; the bytes of both ways are compared, too (equal on a CPU)."""
    bake, draft = tasks_of(folder, tree, options)
    found: dict[str, Any] = {"frames_a_cut": options.frames}
    found["first_bake_ever_s"] = run(bake, 0)  # converts the weights
    found["bake_without_s"] = median(run(bake, 0) for _ in range(options.jobs))
    found["draft_without_s"] = median(run(draft, 0) for _ in range(options.jobs))
    alone = draft.patches.read_bytes()
    nothing = folder / "nothing.npz"
    Track(np.zeros((0, MESH_POINTS, 3), np.float32), np.zeros(0, bool)).save(nothing)
    found["empty_without_s"] = median(run(replace(draft, track=nothing), 0) for _ in range(3))
    stop(private_folder())
    found["first_bake_with_s"] = run(bake, 600)
    found["first_draft_with_s"] = run(draft, 600)
    found["bake_with_s"] = median(run(bake, 600) for _ in range(options.jobs))
    found["draft_with_s"] = median(run(draft, 600) for _ in range(options.jobs))
    found["same_bytes"] = draft.patches.read_bytes() == alone
    found["empty_with_s"] = median(run(replace(draft, track=nothing), 600) for _ in range(3))
    return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--jobs", type=int, default=8, help="jobs a figure is the median of")
    parser.add_argument("--frames", type=int, default=100, help="frames a cut")
    parser.add_argument("--size", default="704x1216", help="width x height of the pictures")
    parser.add_argument("--compile", default="off")
    parser.add_argument("--small", action="store_true", help="small networks instead of full ones")
    parser.add_argument("--tree", type=Path, help="keep the weights in this folder between runs")
    parser.add_argument("--out", type=Path, help="write JSON here")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    os.environ["OMP_NUM_THREADS"] = "1"  # as in a job of the workflow
    with tempfile.TemporaryDirectory(prefix="w") as temporary:
        os.environ["XDG_RUNTIME_DIR"] = temporary  # a worker of its own
        tree = weights_folder(options.tree or Path(temporary) / "models", options.small)
        try:
            found = measure(Path(temporary), tree, options)
        finally:
            stop(private_folder())
    report(found, print, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
