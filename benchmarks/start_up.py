"""Measure what a job of each stage pays before its work begins, and what a second cut still pays.

    python benchmarks/start_up.py [STAGE ...]
    python benchmarks/start_up.py --cuts GRID [--count 20]

The first form imports each stage in a process of its own, with the embedded engine and scorer where
it uses them, and prints CPU seconds, resident memory and the large packages that came with it.
`python -X importtime -c "import mouthpiece.stages.STAGE"` says where the time of one goes.

The second form makes, in this one process, the stages of --count cuts: of 1 s without a face, and
of 3 s of a GRID clip that talks. It prints the CPU seconds of the first cut and the mean of the
others.
"""

import argparse
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from mouthpiece.core.paths import PACKAGE  # noqa: E402

PLUGINS = {
    "bake": ("engines.preview.engine",),
    "draft": ("engines.preview.engine", "engines.preview.lip_network"),
    "guard": ("scorers.embedded.scorer",),
    "score": ("scorers.embedded.scorer",),
    "enhance": ("scorers.embedded.scorer",),
    "retry": ("scorers.embedded.scorer",),
}
"""What the default config adds to a stage."""

LARGE = (
    *("torch", "pandas", "snakemake", "scipy.signal", "scipy", "matplotlib", "cv2", "onnxruntime"),
)

IMPORT = """
import importlib, resource, sys, time
began = time.process_time()
for name in sys.argv[1].split(","):
    importlib.import_module(name)
spent = time.process_time() - began
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(spent, memory, *(name for name in sys.argv[2].split(",") if name in sys.modules))
"""

RATE, FACELESS_FRAMES = 25, 25


def import_cost(stage: str) -> tuple[float, float, list[str]]:
    """CPU seconds, MB and large packages of a stage's imports: the fastest of three processes."""
    names = (f"stages.{stage}", *PLUGINS.get(stage, ()))
    modules = ",".join(f"mouthpiece.{name}" for name in names)
    command = [sys.executable, "-c", IMPORT, modules, ",".join(LARGE)]
    environment = {"PYTHONPATH": str(ROOT / "workflow_scripts"), "OPENBLAS_NUM_THREADS": "1"}
    found = []
    for _ in range(3):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        spent, memory, *large = done.stdout.split()
        found.append((float(spent), float(memory), large))
    return min(found)


def print_imports(stages: list[str]) -> None:
    """Print a row for each stage."""
    print(f"{'stage':18} {'CPU s':>6} {'MB':>5}  large packages")
    for stage in stages:
        spent, memory, large = import_cost(stage)
        print(f"{stage:18} {spent:6.2f} {memory:5.0f}  {' '.join(large)}", flush=True)


class Timed:
    """Sums the CPU seconds of steps by name, cut by cut."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = defaultdict(list)

    def __call__(self, name: str, work: Callable[[], object]) -> None:
        """Do a step."""
        began = time.process_time()
        work()
        self.spent[name].append(time.process_time() - began)

    def report(self, title: str) -> None:
        """Print the first cut, and the mean of the others."""
        print(f"\n{title}\n{'step':18} {'first':>7} {'others':>7}   CPU s")
        for name, values in self.spent.items():
            print(f"{name:18} {values[0]:7.3f} {np.mean(values[1:]):7.3f}")
        totals = np.sum(list(self.spent.values()), axis=0)
        print(f"{'all':18} {totals[0]:7.3f} {totals[1:].mean():7.3f}")


def write_faceless(path: Path) -> None:
    """Write a second of moving colours."""
    picture = np.random.default_rng(0).integers(0, 255, (18, 32, 3), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for number in range(FACELESS_FRAMES):
            large = np.kron(np.roll(picture, number, 1), np.ones((20, 20, 1), np.uint8))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(large, format="rgb24")))
        container.mux(stream.encode())


def make_cuts(source: Path, folder: Path, count: int, title: str) -> None:
    """Make the stages of a cut so many times in this process."""
    from mouthpiece.audio.slices import write_slice
    from mouthpiece.config.guard import Guard
    from mouthpiece.config.normalize import Normalize
    from mouthpiece.core.cuts import cut_id
    from mouthpiece.engines.registry import engine_settings
    from mouthpiece.media.encode import Encoding
    from mouthpiece.media.mezzanine import cut_clock, probe_mezzanine
    from mouthpiece.scorers.registry import scorer_settings
    from mouthpiece.stages import bake, draft, guard, requests, score, segment, speech
    from mouthpiece.stages.normalize import normalize

    at = folder / source.stem
    at.mkdir()
    mezzanine, sound, whole, heard = (at / n for n in ("m.mp4", "s.flac", "s.wav", "cut.wav"))
    normalize(source, mezzanine, sound, at / "source.json", Normalize())
    cut = cut_id(0, probe_mezzanine(mezzanine).frames)
    clock = cut_clock(mezzanine, cut)
    if sound.stat().st_size:
        speech.write_speech(sound, whole)
        write_slice(whole, clock, heard)
    settings = engine_settings()["preview"]()
    engine = {"engine": "preview", "settings": settings.model_dump()}
    limits = scorer_settings()["embedded"]().speaking_limits.model_dump()
    one = {"mezzanine": mezzanine, "cut": cut}
    verdict, track, avatar = (at / n for n in ("guard.json", "track.npz", "avatar.zip"))
    patches, row, scored = (at / n for n in ("draft.zip", "row.json", "score.json"))
    asked = {
        guard.guard: requests.GuardRequest(
            **one, speech=whole, settings=Guard().model_dump(), speaker_mode="passthrough",
            scorer="embedded", limits=limits, verdict=verdict, track=track,
        ),
        bake.bake: requests.BakeRequest(**one, **engine, track=track, avatar=avatar),
        draft.draft: requests.DraftRequest(
            **one, **engine, track=track, avatar=avatar, speech=heard, baked={}, weights="",
            code="", patches=patches, row=row,
        ),
        score.score: requests.ScoreRequest(
            **one, track=track, draft=patches, speech=heard, scorer="embedded", score=scored
        ),
    }  # fmt: skip
    encoding, timed = Encoding(crf=18, preset="medium", pixel_format="mezzanine"), Timed()
    for _ in range(count):
        for work, request in asked.items():
            timed(work.__name__, lambda work=work, request=request: work(request))
        for name, drawn in (("original", None), ("lipsync", patches)):
            made = at / f"{name}.mp4"
            timed(name, lambda d=drawn, m=made: segment.segment(mezzanine, clock, d, m, encoding))
    timed.report(f"{title}, {clock.frames} frames, {count} in one process")


def main() -> None:
    """Measure."""
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("stages", nargs="*", metavar="STAGE")
    parser.add_argument("--cuts", type=Path, metavar="GRID")
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    if not options.cuts:
        known = sorted(path.stem for path in (PACKAGE / "stages").glob("*.py"))
        skipped = ("__init__", "requests")
        print_imports(options.stages or [name for name in known if name not in skipped])
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_faceless(folder / "faceless_source.mp4")
        make_cuts(folder / "faceless_source.mp4", folder, options.count, "without a face")
        clip = min(options.cuts.glob("*/*.mpg"))
        make_cuts(clip, folder, options.count, "talking")
    print(f"\n{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at its peak")


if __name__ == "__main__":
    main()
