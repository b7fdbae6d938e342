"""What a cut costs besides the work on it: CPU seconds of all processes of a run, by cut.

    python benchmarks/overhead.py --cuts 12 50 500             # one language, cuts are redrawn
    python benchmarks/overhead.py --cuts 12 50 500 --faceless

For each number it makes a tiny film of so many cuts of one second, runs it through the real
command, and adds up the CPU time of Snakemake, of all clients, and of the pool with its workers,
which this process adopts. From that it takes what the jobs themselves measured: the work. Of the
jobs of cuts the median of their rule counts, since the first ones load libraries. The rest is the
overhead. It has two parts, which a line through the films tells apart: what each run costs to
start, to plan, to make a film and to end, and what each cut adds.

Prints a row for each film and the two parts, and writes JSON.
"""

import argparse
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from mouthpiece.demo import reel
from mouthpiece.demo.media import build
from mouthpiece.media.ffmpeg import ffmpeg

ROOT = Path(__file__).parents[1]
RATE = 25
PR_SET_CHILD_SUBREAPER = 36
"""Of prctl(2): a process whose parent has ended becomes this one's child."""


def make_project(folder: Path, cuts: int, shot: str) -> None:
    """A film of one shot, again and again, with a cut each second, and a dub of noise."""
    media = ROOT / "demo" / "media"
    build(media)
    names = [known.name for known in reel.REEL]
    first = sum(known.frames for known in reel.REEL[: names.index(shot)])
    piece, film = folder / "piece.mp4", folder / "film.mp4"
    select = f"select=between(n\\,{first}\\,{first + RATE - 1}),setpts=N/25/TB,scale=-2:256"
    x264 = ["-c:v", "libx264", "-crf", "12", "-preset", "ultrafast"]
    ffmpeg(["-i", str(media / "reel.mp4"), "-vf", select, "-an", *x264, str(piece)])
    loop = ["-stream_loop", str(cuts - 1), "-i", str(piece), "-f", "lavfi", "-i", "anoisesrc=a=0.2"]
    ffmpeg([*loop, "-t", str(cuts), "-c:v", "copy", "-c:a", "aac", str(film)])
    ffmpeg(["-f", "lavfi", "-i", "anoisesrc=a=0.3:seed=1", "-t", str(cuts), str(folder / "de.wav")])
    rows = [f"{n * RATE}\t{RATE}" for n in range(cuts)]
    write(folder / "cuts.tsv", "first_frame\tframes", *rows)
    write(folder / "videos.tsv", "video\tpath\tconsent\tcuts", "v\tfilm.mp4\tmade here\tcuts.tsv")
    write(folder / "dubs.tsv", "video\tlanguage\taudio", "v\tde\tde.wav")
    # Whatever speaks here is noise: each face is redrawn.
    write(folder / "job.yaml", "videos: videos.tsv", "dubs: dubs.tsv", "speaker: {mode: 'off'}")


def write(path: Path, *lines: str) -> None:
    """Write lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def cpu_of_children_s() -> float:
    """CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(folder: Path, cores: int) -> dict[str, float]:
    """Run a project; the CPU and wall seconds of all of its processes."""
    before, began = cpu_of_children_s(), time.monotonic()
    command = [sys.executable, "-m", "mouthpiece", "run", "--config", "job.yaml"]
    subprocess.run([*command, "--cores", str(cores)], cwd=folder, check=True)
    wall_s = time.monotonic() - began
    stop = subprocess.Popen([sys.executable, "-m", "mouthpiece", "worker", "stop"])
    not_of_run_s = 0.0
    while True:  # that, the pool, and through it its workers
        try:
            pid, _, used = os.wait4(-1, 0)
        except ChildProcessError:
            break
        if pid == stop.pid:
            not_of_run_s = used.ru_utime + used.ru_stime
    return {"cpu_s": cpu_of_children_s() - before - not_of_run_s, "wall_s": wall_s}


def parts(found: list[dict[str, Any]]) -> dict[str, float]:
    """What a run and what a cut cost: the line through films of different numbers of cuts."""
    cuts, over_s = ([row[key] for row in found] for key in ("cuts", "overhead_s"))
    line = statistics.linear_regression(cuts, over_s)
    return {"of_a_run_s": line.intercept, "of_a_cut_s": line.slope}


def work(folder: Path) -> tuple[float, int, dict[str, float]]:
    """The CPU seconds of the work, how many jobs there were, and the median of each rule."""
    by_rule = defaultdict(list)
    for file in (folder / "logs" / "events").glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            if event["event"] == "job_ended" and "cpu_s" in event:
                by_rule[event["rule"], bool(event.get("cut"))].append(event["cpu_s"])
    medians = {
        rule: statistics.median(found) for (rule, of_cut), found in by_rule.items() if of_cut
    }
    of_cuts = sum(medians[rule] * len(by_rule[rule, True]) for rule in medians)
    others = sum(sum(found) for (_, of_cut), found in by_rule.items() if not of_cut)
    return of_cuts + others, sum(map(len, by_rule.values())), medians


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cuts", type=int, nargs="+", default=[12, 50])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--faceless", action="store_true")
    parser.add_argument("--json", type=Path, default=Path("overhead.json"))
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process compiles all that it imports
    found: list[dict[str, Any]] = []
    for cuts in given.cuts:
        with tempfile.TemporaryDirectory(prefix="overhead") as name:
            folder = Path(name)
            make_project(folder, cuts, "no_face" if given.faceless else "good")
            used = run(folder, given.cores)
            work_s, jobs, medians = work(folder)
        over_s = used["cpu_s"] - work_s
        row = {"cuts": cuts, "jobs": jobs, **used, "work_s": work_s, "overhead_s": over_s}
        row["overhead_per_cut_s"] = over_s / cuts
        found.append(row | {"work_of_a_job_s": medians})
        print("  ".join(f"{key} {value:.3g}" for key, value in row.items()), flush=True)
    told: dict[str, Any] = {"films": found}
    if len({row["cuts"] for row in found}) > 1:
        told |= parts(found)
        print(f"fixed     {told['of_a_run_s']:.2f} CPU s for each run")
        print(f"marginal  {told['of_a_cut_s']:.3f} CPU s for each cut")
    else:
        print("give --cuts two numbers to tell what a run costs from what each cut adds")
    given.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
