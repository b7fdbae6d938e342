"""How fast Wav2Lip is here: random weights of the published size, frames of a real size.

    python benchmarks/wav2lip.py --frames 500 --out wav2lip.json      # the GPU, if there is one
    python benchmarks/wav2lip.py --frames 50 --device cpu --threads 1

Prints a table and writes JSON. `draft` is from an avatar in memory to patches in memory, after one
that warms up; `cpu_s` are seconds of all cores, which other work on the machine changes little.
"""

import argparse
import importlib.util
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from musetalk_scene import RATE, report, some_pictures, some_speech, some_track

from mouthpiece.core.timeline import Clock
from mouthpiece.engines.wav2lip.avatar import Avatar
from mouthpiece.engines.wav2lip.engine import Wav2LipEngine
from mouthpiece.engines.wav2lip.settings import Wav2LipSettings
from mouthpiece.weights import table as weight_table

MAKER = Path(__file__).parents[1] / "tests" / "parity" / "wav2lip" / "make_weights.py"


def weights_folder(folder: Path) -> Path:
    """A folder of seeded weights; converted copies are kept in it too."""
    weight_table.MODELS = folder / "project"
    spec = importlib.util.spec_from_file_location("wav2lip_weights", MAKER)
    assert spec and spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    maker.main(folder / "checkpoints")
    return folder


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock, and of all cores."""
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - cpu


def measured(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Frames/s of bake and draft, and what they took of memory."""
    settings = Wav2LipSettings(
        research_use=True,  # the weights are random ones
        models=str(weights_folder(folder)),
        keep_silence=False,
        batch_frames=options.batch,
        precision=options.precision,
        device=options.device,
    )
    engine, path = Wav2LipEngine(settings), folder / "avatar.zip"
    size = options.frames, *(int(side) for side in options.size.split("x"))
    pictures, track, speech = some_pictures(*size), some_track(*size), some_speech(options.frames)
    clock = Clock(RATE, 0, options.frames)
    load_s, _ = spent(lambda: engine.generator)
    bake_s, bake_cpu_s = spent(lambda: engine.prepare(iter(pictures), track, path))
    person = Avatar.load(path)
    first_s, _ = spent(lambda: list(engine.draw(person, speech, clock)))
    draft_s, draft_cpu_s = spent(lambda: list(engine.draw(person, speech, clock)))
    found = {
        "load_s": load_s,
        "bake_frames_per_s": options.frames / bake_s,
        "bake_cpu_s_per_frame": bake_cpu_s / options.frames,
        "first_draft_s": first_s,
        "draft_frames_per_s": options.frames / draft_s,
        "draft_cpu_s_per_frame": draft_cpu_s / options.frames,
        "batch_frames": engine.generator.batches.frames,
        "peak_rss_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }
    if torch.cuda.is_available() and options.device != "cpu":
        found["peak_gpu_allocated_gib"] = torch.cuda.max_memory_allocated() / 2**30
    return {"settings": settings.model_dump(), "speed": found}


def parsed() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--size", default="1920x1080", help="of pictures")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, help="of PyTorch")
    parser.add_argument("--out", type=Path, help="a JSON file")
    return parser.parse_args()


def main() -> None:
    """Measure what was asked for."""
    logging.basicConfig(level=logging.WARNING)
    options = parsed()
    if options.threads:
        torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        found = measured(options, Path(folder))
        report(found, lambda line: sys.stdout.write(f"{line}\n"), options.out)


if __name__ == "__main__":
    main()
