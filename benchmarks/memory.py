"""Peak memory of the stages of one cut, by its length.

    python benchmarks/memory.py [--seconds 10 60] [--size-px 512] [--stages draft score ...]

A person is drawn who talks for so long, and noise with pauses is the dub. The preview engine draws
patches of --size-px. Each stage runs in a process of its own, whose peak resident memory is read
when it ends. `enhance` smooths and, in the place of GFPGAN, restores by a network that changes
nothing. Prints a table: MB at each length, and what a minute more would take.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "tests" / "engines" / "preview")]

from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE  # noqa: E402
from mouthpiece.config.enhance import Enhance  # noqa: E402
from mouthpiece.core.cuts import cut_id  # noqa: E402
from mouthpiece.core.files import write_json  # noqa: E402
from mouthpiece.engines.preview.settings import PreviewSettings  # noqa: E402
from mouthpiece.faces.track import Track  # noqa: E402
from mouthpiece.scorers.embedded.settings import EmbeddedSettings  # noqa: E402
from mouthpiece.stages import requests  # noqa: E402

RATE = 25
STAGES = ("nothing", "bake", "draft", "score", "segment", "enhance")


def write_scene(folder: Path, frames: int) -> None:
    """Write mezzanine, track and speech of a cut, a frame at a time."""
    import av
    from drawn import draw_frames

    apertures = 0.15 - 0.15 * np.cos(np.arange(frames) * 2 * np.pi / 17)
    points = []
    with av.open(str(folder / "mezzanine.mp4"), "w") as container:
        stream = container.add_stream(
            "libx264",
            rate=Fraction(RATE),
            options={"crf": "4", "preset": "veryfast", "x264-params": "keyint=1:cabac=0"},
        )
        stream.pix_fmt = "yuv420p"
        for picture, mesh in draw_frames(apertures):
            if not points:
                stream.height, stream.width = picture.shape[:2]
            points.append(mesh.astype(np.float32))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    Track(np.stack(points), np.ones(frames, bool)).save(folder / "track.npz")
    samples = (frames * SAMPLE_RATE // RATE) + 2 * CONTEXT_S * SAMPLE_RATE
    sound = 0.1 * np.random.default_rng(2).standard_normal(samples)
    sound *= np.sin(np.arange(samples) / SAMPLE_RATE) > -0.5
    soundfile.write(folder / "speech.wav", sound, SAMPLE_RATE, subtype="PCM_16")


def files(folder: Path, name: str) -> requests.DraftFiles:
    """The files of a draft."""
    return requests.DraftFiles(
        patches=folder / f"{name}.zip", row=folder / f"{name}.json", score=folder / f"{name}.s.json"
    )


def run(stage: str, folder: Path, frames: int, size_px: int) -> None:
    """Run a stage in this process."""
    scene = {"mezzanine": folder / "mezzanine.mp4", "cut": cut_id(0, frames)}
    track, speech, avatar = folder / "track.npz", folder / "speech.wav", folder / "avatar.zip"
    settings = PreviewSettings(size_px=size_px).model_dump()
    engine = {"track": track, "engine": "preview", "settings": settings}
    draft, limits = files(folder, "draft"), EmbeddedSettings().gate_limits.model_dump()

    def bake() -> None:
        from mouthpiece.stages.bake import bake

        bake(requests.BakeRequest(**scene, **engine, avatar=avatar))

    def drafted() -> None:
        from mouthpiece.stages.draft import draft as run_draft

        run_draft(
            requests.DraftRequest(
                **scene, **engine, avatar=avatar, speech=speech, baked={"size_px": size_px},
                weights="", code="", patches=draft.patches, row=draft.row,
            )
        )  # fmt: skip

    def scored() -> None:
        from mouthpiece.stages.score import score

        score(
            requests.ScoreRequest(
                **scene, track=track, draft=draft.patches, speech=speech, scorer="embedded",
                score=draft.score,
            )
        )  # fmt: skip

    def segmented() -> None:
        from mouthpiece.media.encode import Encoding
        from mouthpiece.media.mezzanine import cut_clock
        from mouthpiece.stages.segment import segment

        clock = cut_clock(scene["mezzanine"], scene["cut"])
        encoding = Encoding(crf=12, preset="veryfast", pixel_format="mezzanine")
        segment(scene["mezzanine"], clock, draft.patches, folder / "segment.mp4", encoding)

    def enhanced() -> None:
        from mouthpiece.patches import gfpgan
        from mouthpiece.stages.enhance import enhance

        gfpgan.Gfpgan = lambda *_: lambda faces: faces
        chosen = Enhance(mode="all", restore="all", smooth_s=0.08, device="cpu")
        enhance(
            requests.EnhanceRequest(
                **scene, track=track, speech=speech, draft=draft, settings=chosen.model_dump(),
                final=False, scorer="embedded", limits=limits, weights="", code="",
                enhanced=files(folder, "enhanced"),
            )
        )  # fmt: skip

    work: dict[str, Callable[[], None]] = {
        "nothing": lambda: None, "bake": bake, "draft": drafted, "score": scored,
        "segment": segmented, "enhance": enhanced,
    }  # fmt: skip
    work[stage]()


def peak_mb(stage: str, folder: Path, frames: int, size_px: int) -> float:
    """Run a stage in a process of its own; its peak resident memory."""
    given = ["--run", stage, "--folder", str(folder), "--frames", str(frames)]
    command = [sys.executable, __file__, *given, "--size-px", str(size_px)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}  # as in a job of the workflow
    process = subprocess.Popen(command, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{stage} failed")
    return used.ru_maxrss / 1024


def measured(options: argparse.Namespace) -> Iterator[dict[str, float]]:
    """MB of each stage, for each length."""
    for seconds in options.seconds:
        frames = seconds * RATE
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            subprocess.run(
                [sys.executable, __file__, "--run", "scene", "--folder", temporary,
                 "--frames", str(frames)], check=True,
            )  # fmt: skip
            write_json(folder / "draft.s.json", {})
            yield {
                stage: peak_mb(stage, folder, frames, options.size_px) for stage in options.stages
            }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 60], help="lengths")
    parser.add_argument("--size-px", type=int, default=512, choices=(256, 512))
    parser.add_argument("--stages", nargs="+", default=STAGES, choices=STAGES)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--frames", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run == "scene":
        write_scene(options.folder, options.frames)
    elif options.run:
        run(options.run, options.folder, options.frames, options.size_px)
    else:
        report(options)


def report(options: argparse.Namespace) -> None:
    """Print the table."""
    found = list(measured(options))
    pixels = {
        seconds: seconds * RATE * options.size_px**2 * 3 / 2**20 for seconds in options.seconds
    }
    print("seconds  " + "".join(f"{seconds:>9}" for seconds in options.seconds) + "  MB a minute")
    print("pixels   " + "".join(f"{mb:9.0f}" for mb in pixels.values()))
    for stage in options.stages:
        row = [one[stage] for one in found]
        more = (row[-1] - row[0]) / max(options.seconds[-1] - options.seconds[0], 1) * 60
        print(f"{stage:9}" + "".join(f"{mb:9.0f}" for mb in row) + f"  {more:11.0f}")


if __name__ == "__main__":
    main()
