"""Seconds a job takes with a worker and without: what a cut costs besides drawing it.

    python benchmarks/worker.py --tree TREE --jobs 8                 # a GPU, published sizes
    python benchmarks/worker.py --small --jobs 4 --frames 4          # anywhere, small networks

Each job is a process of its own, as Snakemake starts them (its own share of a job is not in it).
Without a worker each loads the models; with one, the first waits for that, and those after it are
what counts. Prints a table and writes JSON.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from typing import Any

import musetalk
import numpy as np
import soundfile
import torch

from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.worker.endpoint import private_folder
from mouthpiece.worker.stop import stop
from mouthpiece.worker.tasks import Bake, Draft

JOB = """
import json, sys
from pathlib import Path
from mouthpiece.worker import client, orders

name, fields, paths, idle_s = json.loads(sys.argv[1])
order = getattr(orders, name)(**fields | {key: Path(fields[key]) for key in paths})
client.carry_out(order, idle_s)
"""


def run(order: Bake | Draft, idle_s: float) -> float:
    """Run an order as a job; the seconds that it took."""
    fields = asdict(order)
    paths = [key for key, value in fields.items() if isinstance(value, Path)]
    given = json.dumps([type(order).__name__, fields, paths, idle_s], default=str)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", JOB, given], check=True)
    return time.perf_counter() - start


def orders_of(folder: Path, tree: Path, options: argparse.Namespace) -> tuple[Bake, Draft]:
    """A scene, and the orders to bake and to draft it."""
    width, height = (int(v) for v in options.size.split("x"))
    pictures = musetalk.some_pictures(options.frames, width, height)
    musetalk.write_mezzanine(pictures, folder / "m.mp4")
    musetalk.some_track(options.frames, width, height).save(folder / "track.npz")
    samples = musetalk.some_speech(options.frames).samples
    soundfile.write(folder / "speech.wav", samples, SAMPLE_RATE, subtype="PCM_16")
    chosen = MusetalkSettings(models=str(tree), compile=options.compile)
    baked = chosen.model_dump(include=set(chosen.baked))
    neutral = chosen.model_dump(include=set(chosen.neutral))
    scene = (folder / "m.mp4", f"{0:06}-{options.frames - 1:06}", folder / "track.npz")
    bake = Bake(
        *scene,
        {"engine": "musetalk", "settings": baked, "weights": ""},
        neutral,
        folder / "avatar.zip",
    )
    draft = Draft(
        *scene,
        {
            "engine": "musetalk",
            "settings": chosen.model_dump(exclude=set(chosen.neutral)),
            "weights": "",
        },
        neutral,
        source_cut={},
        avatar=folder / "avatar.zip",
        speech=folder / "speech.wav",
        baked=baked,
        chances=None,
        source=None,
        code="",
        patches=folder / "draft.zip",
        row=folder / "draft.json",
    )
    return bake, draft


def measure(folder: Path, tree: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Every figure; the bytes of both ways are compared, too (equal on a CPU)."""
    bake, draft = orders_of(folder, tree, options)
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
        tree = options.tree or Path(temporary) / "models"
        if not tree.exists():
            musetalk.maker().main(tree) if options.small else musetalk.write_tree(tree)
        try:
            found = measure(Path(temporary), tree, options)
        finally:
            stop(private_folder())
    found["torch"] = str(torch.__version__)
    found["device"] = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    for key, value in musetalk.rows_of(found):
        print(f"{key:36} {value}")
    if options.out:
        options.out.write_text(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
