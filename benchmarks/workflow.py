"""What a film takes through the real `snakemake` command: the first language, a second, nothing.

    python benchmarks/workflow.py GRID --clips 20                            # the preview
    python benchmarks/workflow.py GRID --engine musetalk --tree TREE --compile default --cores 16

GRID is a folder of the GRID corpus with `s1/*.mpg` and `other/*.mpg`. The film is so many of its
clips, one after another, enlarged to --height; each language's dub is their sound in another order.
For musetalk, TREE is a folder of weights that `benchmarks/musetalk.py` writes there if it is empty.
Prints the wall time of each run and what its stages took, and writes JSON.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from typing import Any

from mouthpiece.core.cut_table import read_rows
from mouthpiece.core.files import read_json
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.reports.timings import TimingFolder, by_stage, read_timings

SNAKEFILE = Path(__file__).parents[1] / "Snakefile"
LANGUAGES = ("en", "de")
RATE = 25
LENGTH_S = 3
"""Of a clip."""


def write_film(clips: list[Path], height_px: int, path: Path) -> None:
    """The clips one after another, picture and sound."""
    chains = "".join(
        f"[{i}:v]fps={RATE},scale=-2:{height_px}:flags=lanczos,setsar=1[v{i}];"
        f"[{i}:a]aresample=48000[a{i}];"
        for i in range(len(clips))
    )
    pads = "".join(f"[v{i}][a{i}]" for i in range(len(clips)))
    graph = f"{chains}{pads}concat=n={len(clips)}:v=1:a=1[v][a]"
    inputs = [part for clip in clips for part in ("-i", str(clip))]
    codecs = ["-c:v", "libx264", "-crf", "14", "-c:a", "aac", "-b:a", "192k"]
    ffmpeg([*inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", *codecs, str(path)])


def write_dub(clips: list[Path], path: Path) -> None:
    """The sound of the clips one after another."""
    chains = "".join(f"[{i}:a]atrim=end={LENGTH_S},apad=whole_dur={LENGTH_S}[a{i}];"
                     for i in range(len(clips)))  # fmt: skip
    pads = "".join(f"[a{i}]" for i in range(len(clips)))
    inputs = [part for clip in clips for part in ("-i", str(clip))]
    graph = f"{chains}{pads}concat=n={len(clips)}:v=0:a=1[a]"
    ffmpeg([*inputs, "-filter_complex", graph, "-map", "[a]", "-ar", "48000", str(path)])


def chosen_clips(grid: Path, count: int) -> list[Path]:
    """Clips of all speakers; no speaker twice in a row while there are others."""
    others, many = sorted(grid.glob("other/*.mpg")), sorted(grid.glob("s1/*.mpg"))
    turns = [clip for one, other in zip(many, cycle(others)) for clip in (one, other)]
    if len(turns) < count:
        raise SystemExit(f"{grid}: holds no {count} clips in s1/, or none in other/")
    return turns[:count]


def lay_out(folder: Path, clips: list[Path], options: argparse.Namespace) -> None:
    """A job's folder: film, dubs, config; only the first language is asked for."""
    write_film(clips, options.height, folder / "film.mp4")
    for k, language in enumerate(LANGUAGES, start=1):
        write_dub(clips[5 * k :] + clips[: 5 * k], folder / f"{language}.wav")
    config: dict[str, Any] = {
        "videos": "videos.tsv",
        "dubs": "dubs.tsv",
        "engine": options.engine,
        "delivery": {"length_policy": "trim"},
    }
    config["worker"] = {"jobs_per_gpu": options.jobs_per_gpu}
    if options.engine == "musetalk":
        chosen = {"models": str(options.tree.resolve()), "compile": options.compile}
        config["engines"] = {"musetalk": chosen}
    (folder / "job.yaml").write_text(json.dumps(config))  # JSON is YAML
    (folder / "videos.tsv").write_text("video\tpath\tconsent\nv\tfilm.mp4\tthe corpus's licence\n")
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\n")


def run(folder: Path, options: argparse.Namespace) -> float:
    """Seconds that the workflow takes. Raises CalledProcessError where it fails."""
    start = time.perf_counter()
    gpu_jobs = options.gpus * options.jobs_per_gpu
    command = [sys.executable, "-m", "snakemake", "-s", str(SNAKEFILE), "--configfile", "job.yaml"]
    limits = ["--cores", str(options.cores), "--resources", f"gpu={gpu_jobs}"]
    with (folder / "run.log").open("ab") as log:
        subprocess.run([*command, *limits], cwd=folder, check=True, stdout=log, stderr=log)
    return time.perf_counter() - start


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Every figure."""
    clips = chosen_clips(options.grid, options.clips)
    lay_out(folder, clips, options)
    found: dict[str, Any] = {"engine": options.engine, "cores": options.cores}
    found["gpus"], found["jobs_per_gpu"] = options.gpus, options.jobs_per_gpu
    for language, name in zip(LANGUAGES, ("first", "second"), strict=True):
        with (folder / "dubs.tsv").open("a") as table:
            table.write(f"v\t{language}\t{language}.wav\n")
        found[f"{name}_language_s"] = run(folder, options)
    found["nothing_to_do_s"] = run(folder, options)
    rows = read_rows(folder / "results" / "v" / "en" / "cuts.tsv")
    film = read_json(folder / "results" / "v" / "en" / "film.json")
    found["film_s"] = film["frames"] / RATE
    found["cuts"] = len(rows)
    found["gate"] = dict(Counter(row.gate for row in rows))
    found["first_language_times_real_time"] = found["film_s"] / found["first_language_s"]
    found["second_language_times_real_time"] = found["film_s"] / found["second_language_s"]
    cuts = ("", *(row.cut for row in rows))
    languages = ("", *LANGUAGES)
    folders = [TimingFolder("v", language, cut) for language in languages for cut in cuts]
    timings = by_stage(read_timings(folder / "timings", folders))
    found["stages"] = {stage: asdict(timing) for stage, timing in timings.items()}
    return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("grid", type=Path)
    parser.add_argument("--clips", type=int, default=20, help="clips of 3 s in the film")
    parser.add_argument("--height", type=int, default=720, help="of the film, in pixels")
    parser.add_argument("--engine", default="preview")
    parser.add_argument("--tree", type=Path, help="musetalk's weights")
    parser.add_argument("--compile", default="off", help="musetalk's engines.musetalk.compile")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--gpus", type=int, default=1, help="how many are there")
    parser.add_argument("--jobs-per-gpu", type=int, default=1, help="worker.jobs_per_gpu")
    parser.add_argument("--folder", type=Path, help="work here, and leave everything here")
    parser.add_argument("--out", type=Path, help="write JSON here")
    options = parser.parse_args()
    if options.engine == "musetalk":
        if options.tree is None:
            parser.error("musetalk needs --tree")
        if not options.tree.exists():
            from musetalk_scene import weights_folder

            weights_folder(options.tree, small=False)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = measure(folder, options)
    stages = found.pop("stages")
    for key, value in found.items():
        print(f"{key:34} {value:.4g}" if isinstance(value, float) else f"{key:34} {value}")
    print(f"{'stage, both languages':34} {'jobs':>5} {'s in all':>9} {'s a job':>8}")
    for stage, timing in stages.items():
        print(f"{stage:34} {timing['timed']:5} {timing['wall_s']:9.1f} "
              f"{timing['wall_s'] / max(timing['timed'], 1):8.2f}")  # fmt: skip
    if options.out:
        options.out.write_text(json.dumps(found | {"stages": stages}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
