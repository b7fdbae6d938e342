"""What a cut costs on Slurm besides the work on it: CPU seconds of all processes, by cut.

    python benchmarks/cluster.py --cuts 12 50                          # each film is one Slurm job
    python benchmarks/cluster.py --cuts 50 --shard-minutes 1           # and a job for each shard
    python benchmarks/cluster.py --demo                                # the demo

It starts a Slurm of its own on this machine, as tests/e2e does (root, `apt install slurm-wlm
munge`), makes the film of benchmarks/overhead.py or that of the demo (whose models must be there:
`mouthpiece models fetch --config demo/config.yaml`), and runs `mouthpiece run --slurm` on it. All
processes are added up, those of Slurm, too, which this process adopts. What the jobs of the
workflow measured themselves is the work. Polling is the profile's own.

Prints a table: Slurm jobs, wall and CPU seconds, and the overhead by cut.
"""

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from overhead import PR_SET_CHILD_SUBREAPER, cpu_of_children_s, make_project, work

from mouthpiece.demo import reel
from mouthpiece.demo.media import build

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from slurm_cluster import cluster, missing  # noqa: E402


def run(folder: Path, options: list[str]) -> tuple[float, int]:
    """Run a project on a cluster; its wall seconds, and how many Slurm jobs it had."""
    with cluster() as known:
        environment = os.environ | known
        began = time.monotonic()
        command = [sys.executable, "-m", "mouthpiece", "run", "--slurm"]
        subprocess.run([*command, *options], cwd=folder, check=True, env=environment)
        wall_s = time.monotonic() - began
        listed = ["squeue", "--noheader", "--states=all", "--format=%i"]
        queue = subprocess.run(listed, env=environment, capture_output=True, text=True, check=True)
    return wall_s, len(queue.stdout.split())


def reap() -> None:
    """Wait for all processes that this one adopted."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def copy_demo(folder: Path) -> int:
    """Copy the demo's film and tables; how many cuts it has."""
    build(ROOT / "demo" / "media")
    shutil.copytree(ROOT / "demo", folder, dirs_exist_ok=True)
    return len(reel.REEL)


def measure(folder: Path, cuts: int, options: list[str]) -> None:
    """Run a project on a cluster, and print what it took."""
    reap()
    before = cpu_of_children_s()
    wall_s, jobs = run(folder, options)
    reap()
    cpu_s, (work_s, *_) = cpu_of_children_s() - before, work(folder)
    print(f"cuts {cuts}  Slurm jobs {jobs}  wall {wall_s:.0f} s  CPU {cpu_s:.1f} s", end="  ")
    print(f"work {work_s:.1f} s  overhead by cut {(cpu_s - work_s) / cuts:.2f} s", flush=True)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cuts", type=int, nargs="+", default=[12, 50])
    parser.add_argument("--shard-minutes", default="30")
    parser.add_argument("--faceless", action="store_true")
    parser.add_argument("--demo", action="store_true")
    given = parser.parse_args()
    if reason := missing():
        raise SystemExit(f"this benchmark {reason}")
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    options = ["--shard-minutes", given.shard_minutes]
    for cuts in [0] if given.demo else given.cuts:
        with tempfile.TemporaryDirectory(prefix="cluster") as name:
            folder = Path(name)
            if given.demo:
                measure(folder, copy_demo(folder), options)
                continue
            make_project(folder, cuts, "no_face" if given.faceless else "good")
            measure(folder, cuts, [*options, "--config", "job.yaml"])


if __name__ == "__main__":
    main()
