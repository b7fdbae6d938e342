"""What the workflow itself costs with many cuts: its own time, memory, jobs, lines and files.

    python benchmarks/scale.py dry --cuts 50 500 1500 --languages 5
    python benchmarks/scale.py dry --videos 50 --cuts 5 --languages 1
    python benchmarks/scale.py dry --cuts 500 --languages 2 --profile
    python benchmarks/scale.py run --cuts 500 --languages 2 --cores 2

`dry` plans the jobs of films whose cuts are found and guarded: stand-ins for these results are laid
down, and nothing is computed. The time that is no job's is that of an empty project, and is left
out of the time per job. `--passed` is the share of the cuts that are passed through. `--profile`
prints the functions of `rules/` and of the library in which the time is spent.

`run` makes the films by `mouthpiece run`. The pictures are small: a face of the demo, 12 frames a
cut. It prints the CPU time of the process of Snakemake alone as its own.
"""

import argparse
import os
import pstats
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from mouthpiece.core.cuts import Cut, from_starts, write_boundaries  # noqa: E402
from mouthpiece.core.faces_table import write_faces  # noqa: E402
from mouthpiece.core.files import write_json  # noqa: E402
from mouthpiece.core.slices import store_of, write_index  # noqa: E402
from mouthpiece.core.source_sync import SourceSync, write_sync  # noqa: E402
from mouthpiece.media.ffmpeg import ffmpeg  # noqa: E402

MEDIA = ROOT / "demo" / "media"
CUT_FRAMES = 12
RATE = 25
FACE = "crop=400:400:150:40,scale=128:128"
"""The talker's face in the first shot of the demo's reel."""
SHOT_FRAMES = 96
FOUND = ("preflight", "normalize", "cuts", "guard", "faces", "speech", "slices")
"""The rules whose results a dry run finds. Where one of them was to run, what comes after it would
not be planned."""
CONFIG = """videos: videos.tsv
dubs: dubs.tsv
delivery: {length_policy: pad}
guard: {min_face_px: 20}
"""
PROFILED = """
import cProfile, sys, time
from snakemake.cli import main

profile = cProfile.Profile(time.process_time)  # of CPU time: other load does not count
try:
    profile.runcall(main)
finally:
    profile.dump_stats("profile")
"""


@dataclass(frozen=True)
class Size:
    """How much is to be made.

    Attributes:
        videos: The number of videos.
        cuts: The number of cuts of each.
        languages: The number of dubs of each.
        passed: The share of the cuts that are passed through.
    """

    videos: int
    cuts: int
    languages: int
    passed: float = 0.0

    @property
    def names(self) -> list[str]:
        """The names of the videos."""
        return [f"v{number:03d}" for number in range(self.videos)]

    @property
    def dubs(self) -> list[str]:
        """The languages."""
        return ["en", "de", "fr", "es", "it", "nl", "pl", "sv"][: self.languages]

    @property
    def film_cuts(self) -> list[Cut]:
        """The cuts of each video."""
        frames = self.cuts * CUT_FRAMES
        return from_starts(range(0, frames, CUT_FRAMES), frames)


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes:
        wall_s: Its wall time.
        cpu_s: Its CPU time, with that of its children.
        own_cpu_s: The CPU time of Snakemake's process alone, as last seen.
        peak_mb: The most memory of one of its processes.
        output: What it printed.
    """

    wall_s: float
    cpu_s: float
    own_cpu_s: float
    peak_mb: float
    output: str

    @property
    def jobs(self) -> int:
        """How many jobs the last table of them counts."""
        totals = [line.split()[1] for line in self.output.splitlines() if line.startswith("total ")]
        return int(totals[-1]) if totals else 0

    @property
    def rules(self) -> set[str]:
        """The rules that the tables of jobs name, and other first words of lines."""
        return {words[0] for line in self.output.splitlines() if (words := line.split())}


def lay_out(size: Size, folder: Path) -> None:
    """Write a project's config and tables. Its files are stand-ins, which only a dry run takes."""
    folder = folder / "config"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG)
    starts = "".join(f"{cut.first_frame}\n" for cut in size.film_cuts)
    (folder / "cuts.tsv").write_text(f"first_frame\n{starts}")
    for name in ("film.mp4", *(f"{dub}.wav" for dub in size.dubs)):
        (folder / name).write_bytes(b"a stand-in")
    videos = "".join(f"{name}\tfilm.mp4\tmaterial of the demo\tcuts.tsv\n" for name in size.names)
    (folder / "videos.tsv").write_text(f"video\tpath\tconsent\tcuts\n{videos}")
    dubs = "".join(f"{name}\t{dub}\t{dub}.wav\n" for name in size.names for dub in size.dubs)
    (folder / "dubs.tsv").write_text(f"video\tlanguage\taudio\n{dubs}")


def write_media(size: Size, folder: Path) -> None:
    """Write the film, the face of one shot again and again, and its dubs."""
    frames, folder = size.cuts * CUT_FRAMES, folder / "config"
    loop = f"trim=end_frame={SHOT_FRAMES},{FACE},loop=-1:{SHOT_FRAMES},setpts=N/{RATE}/TB"
    ffmpeg(
        ["-i", str(MEDIA / "reel.mp4"), "-vf", loop, "-frames:v", str(frames), "-an"]
        + ["-c:v", "libx264", "-preset", "ultrafast", str(folder / "film.mp4")]
    )
    for dub in size.dubs:
        sound = ["-stream_loop", "-1", "-i", str(MEDIA / "dub.en.wav"), "-t", str(frames / RATE)]
        ffmpeg([*sound, str(folder / f"{dub}.wav")])


def lay_results(size: Size, folder: Path) -> None:
    """Write stand-ins of all results up to the checkpoints, the oldest first."""
    passed = round(size.passed * size.cuts)
    redrawn = {cut.cut: place >= passed for place, cut in enumerate(size.film_cuts)}
    for name in size.names:
        shared = folder / "results" / name / "_shared"
        shared.mkdir(parents=True)
        names = ("preflight.json", "mezzanine.mp4", "source.flac", "source.json", "speech.wav")
        for file in names:
            (shared / file).write_text("{}")
        write_boundaries(size.film_cuts, shared / "boundaries.tsv")
        for cut in redrawn:
            (shared / "cuts" / cut).mkdir(parents=True)
            for file in ("guard.json", "spoken.npz"):
                (shared / "cuts" / cut / file).write_text("{}")
        write_faces(redrawn, shared / "faces.tsv")
        write_sync(SourceSync(None), shared / "sync.json")
        for dub in size.dubs:
            film = folder / "results" / name / dub
            film.mkdir()
            for file in ("dub.flac", "dub.json", "speech.wav"):
                (film / file).write_text("{}")
            index = film / "slices.json"
            store_of(index).mkdir()
            for cut in redrawn:
                (store_of(index) / f"{cut}.wav").write_text("")
            write_index({cut: f"{cut}.wav" for cut in redrawn}, index)
    write_json(folder / "size.json", vars(size))


def measured(command: Sequence[str], folder: Path) -> Cost:
    """Run a command to its end. Raises SystemExit where it fails."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts"), "NO_COLOR": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process compiles all that it imports
    start, log, own = time.perf_counter(), folder / "run.log", [0.0]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
        watch = threading.Thread(target=_watch, args=(process.pid, own), daemon=True)
        watch.start()
        _, status, used = os.wait4(process.pid, 0)
    output = log.read_text(encoding="utf-8", errors="replace")
    if status:
        raise SystemExit(f"{' '.join(command)} failed:\n{output[-3000:]}")
    cpu_s = used.ru_utime + used.ru_stime
    wall_s = time.perf_counter() - start
    return Cost(wall_s, cpu_s, own[0], used.ru_maxrss / 1024, output)


def _watch(root: int, own: list[float]) -> None:
    """Keep the CPU time of the descendant that is Snakemake's main process, or of the root."""
    tick = os.sysconf("SC_CLK_TCK")
    while Path(f"/proc/{root}").exists():
        for pid in (root, *_children(root)):
            try:
                arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue
            if b"snakemake" in arguments:
                own[0] = max(own[0], (int(fields[11]) + int(fields[12])) / tick)
        time.sleep(0.5)


def _children(pid: int) -> Iterator[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    yield from map(int, found)


def plan(size: Size, folder: Path, profiled: bool) -> Cost:
    """A dry run of what is left after the checkpoints. Raises SystemExit where one is not done."""
    lay_out(size, folder)
    lay_results(size, folder)
    run = ["-c", PROFILED] if profiled else ["-m", "snakemake"]
    options = ["-s", str(ROOT / "Snakefile"), "--cores", "2", "-n", "--quiet", "rules"]
    cost = measured([sys.executable, *run, *options], folder)
    if redone := sorted(cost.rules.intersection(FOUND)):
        raise SystemExit(f"lay_results() lays down no whole results of: {', '.join(redone)}")
    return cost


def print_profile(file: Path) -> None:
    """Print the functions of the rules and of the library in which the most time is spent."""
    stats = pstats.Stats(str(file))
    stats.sort_stats("cumulative").print_stats(r"(\.smk|Snakefile|mouthpiece/)", 40)
    stats.sort_stats("tottime").print_stats(25)


def dry(options: argparse.Namespace, folder: Path) -> None:
    """Plan films of each size, and print a row for each."""
    none = plan(Size(1, 1, 1), folder / "least", profiled=False)
    print(f"least: {none.wall_s:.1f} s, {none.cpu_s:.1f} CPU s, {none.peak_mb:.0f} MB")
    print("videos  cuts  languages    jobs  wall s  CPU s  ms/job    MB  lines")
    for cuts in options.cuts:
        size = Size(options.videos, cuts, options.languages, options.passed)
        project = folder / f"{options.videos}x{cuts}x{options.languages}"
        cost = plan(size, project, options.profile)
        each_ms = 1000 * (cost.cpu_s - none.cpu_s) / max(1, cost.jobs - none.jobs)
        print(
            f"{size.videos:6d} {cuts:5d} {size.languages:10d} {cost.jobs:7d} {cost.wall_s:7.1f}"
            f" {cost.cpu_s:6.1f} {each_ms:7.2f} {cost.peak_mb:5.0f}"
            f" {len(cost.output.splitlines()):6d}",
            flush=True,
        )
        if options.profile:
            print_profile(project / "profile")


def real(options: argparse.Namespace, folder: Path) -> None:
    """Make films of each size, and print what it took."""
    for cuts in options.cuts:
        size = Size(options.videos, cuts, options.languages)
        project = folder / f"run-{options.videos}x{cuts}x{options.languages}"
        lay_out(size, project)
        write_media(size, project)
        cores = ["--cores", str(options.cores)]
        cost = measured([sys.executable, "-m", "mouthpiece", "run", *cores], project)
        jobs = len(list((project / "timings").rglob("*.tsv")))
        files = sum(1 for path in (project / "results").rglob("*") if path.is_file())
        print(
            f"{cuts} cuts x {size.languages}: {jobs} jobs, {cost.wall_s:.0f} s, {cost.cpu_s:.0f}"
            f" CPU s, of which {cost.own_cpu_s:.0f} are Snakemake's own"
            f" ({1000 * cost.own_cpu_s / max(jobs, 1):.1f} ms a job), {cost.peak_mb:.0f} MB,"
            f" {len(cost.output.splitlines())} lines, {files} files in results",
            flush=True,
        )


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("dry", "run"))
    parser.add_argument("--videos", type=int, default=1)
    parser.add_argument("--cuts", type=int, nargs="+", default=[50, 500, 1500])
    parser.add_argument("--languages", type=int, default=2)
    parser.add_argument("--passed", type=float, default=0.0)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--folder", type=Path, help="keep the projects in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        dry(options, folder) if options.what == "dry" else real(options, folder)


if __name__ == "__main__":
    main()
