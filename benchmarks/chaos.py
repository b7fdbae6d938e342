"""Kill a run again and again, then let it finish: what is redone, and what is left behind?

    python benchmarks/chaos.py [--kills 20] [--seed 1] [--project FOLDER] [--json FILE]

FOLDER holds a config.yaml; by default it is a copy of the demo, whose media `mouthpiece demo
--media-only` makes. Each `mouthpiece run` and all of its processes are killed (SIGKILL) at a random
moment, in one go, as the machine would at a power cut. Then a run finishes, and one more starts.

Prints how many jobs ran again although Snakemake had said that they were finished, and how many
temporary files there are after the last start. Both must be 0. So that one sitting is enough, what
Snakemake itself left is given the age at which it is removed.
"""

import argparse
import contextlib
import json
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from mouthpiece.core.leftovers import CACHE_S, RUNTIME_CACHE
from mouthpiece.core.owners import PROC, Owner

ROOT = Path(__file__).parents[1]
DEMO = ("config.yaml", "videos.tsv", "dubs.tsv", "overrides.tsv")
STARTED = re.compile(r"^(?:local)?(?:rule|checkpoint) (\w+):\n((?: {4}.*\n)+)", re.M)
FINISHED = re.compile(r"^Finished jobid: (\d+) ", re.M)
LATEST_S = 30.0
"""A run is killed after so many seconds at most."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a run that was killed again and again.

    Attributes:
        kills: How often it was killed before it was finished.
        redone: Jobs that ran again although they were finished.
        jobs: How many different jobs finished.
        swept: What the starts said that they removed.
        left: Temporary files and folders after the last start.
        exit_code: Of the last run.
        took_s: How long all took.
    """

    kills: int
    redone: tuple[str, ...]
    jobs: int
    swept: tuple[str, ...]
    left: tuple[str, ...]
    exit_code: int
    took_s: float


class Chaos:
    """Runs of one project that are killed.

    Args:
        folder: The project's folder, with a config.yaml.
        cores: How many cores each run uses.
    """

    def __init__(self, folder: Path, cores: int = 2) -> None:
        self.folder, self._cores = folder, cores
        self._own = {"TMPDIR": folder / "chaos-tmp", "XDG_CACHE_HOME": folder / "chaos-cache"}
        for place in self._own.values():
            place.mkdir(exist_ok=True)

    def start(self, output: Path) -> "subprocess.Popen[bytes]":
        """Start a run.

        Args:
            output: What it writes goes to the end of this file.

        Returns:
            Its process.
        """
        library = str(ROOT / "workflow_scripts")
        own = {name: str(place) for name, place in self._own.items()}
        with output.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "mouthpiece", "run", "--cores", str(self._cores)],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                start_new_session=True, env=os.environ | {"PYTHONPATH": library} | own,
            )  # fmt: skip

    def age(self) -> None:
        """Make what Snakemake left as old as it must be to be removed."""
        old = time.time() - CACHE_S - 60
        places = (
            self.folder / ".snakemake" / "scripts",
            self._own["TMPDIR"],
            self._own["XDG_CACHE_HOME"] / "snakemake" / RUNTIME_CACHE,
        )
        for path in (path for place in places for path in place.rglob("*")):
            os.utime(path, (old, old))

    def left(self) -> list[str]:
        """List temporary files: those with an owner in the name, and those of Snakemake's."""
        found = [path for path in self.folder.rglob(".*") if Owner.of(path.name)]
        for place, pattern in (
            (self.folder / ".snakemake" / "scripts", "*"),
            (self.folder / ".snakemake" / "incomplete", "*"),
            (self.folder / ".snakemake", "shell_tmp.*"),
            (self._own["TMPDIR"], "snakemake*"),
            (self._own["TMPDIR"], "tmp*"),
            (self._own["XDG_CACHE_HOME"] / "snakemake" / RUNTIME_CACHE, "*"),
        ):
            found += place.glob(pattern)
        return [str(path.relative_to(self.folder)) for path in found]

    def logs(self) -> list[str]:
        """Read the whole log of each run, in order."""
        files = sorted((self.folder / "logs" / "snakemake").glob("*.log"), key=_started)
        return [file.read_text("utf-8", "replace") for file in files]


def _started(log_file: Path) -> tuple[float, str]:
    return log_file.stat().st_mtime, log_file.name


def run_and_kill(chaos: Chaos, kills: int, seed: int, latest_s: float = LATEST_S) -> Outcome:
    """Kill runs at random moments, then let one finish, and start one more.

    Args:
        chaos: The project.
        kills: How often.
        seed: Of the moments.
        latest_s: The latest moment, in seconds after the start.

    Returns:
        What became of it.
    """
    moments, began, done = random.Random(seed), time.monotonic(), 0
    output = chaos.folder / "chaos.log"
    for number in range(kills):
        process = chaos.start(output)
        try:
            process.wait(moments.uniform(0.5, latest_s))
            log.info("run %d was finished before it was killed", number + 1)
            break
        except subprocess.TimeoutExpired:
            kill_all(process.pid)
            process.wait()
            done += 1
            log.info("kill %d: %d temporary files", done, len(chaos.left()))
    code = chaos.start(output).wait()
    jobs, redone = finished_twice(chaos.logs())
    chaos.age()
    code = chaos.start(output).wait() or code
    swept = re.findall(r"removed \d+ temporary.*left", output.read_text("utf-8", "replace"))
    took_s = round(time.monotonic() - began, 1)
    return Outcome(done, tuple(redone), jobs, tuple(swept), tuple(chaos.left()), code, took_s)


def finished_twice(logs: list[str]) -> tuple[int, list[str]]:
    """Find jobs that started although an earlier run had finished them.

    Args:
        logs: What Snakemake wrote in each run, in order.

    Returns:
        How many different jobs finished, and the names of those that started again.
    """
    finished: set[str] = set()
    again: list[str] = []
    for text in logs:
        names = {}
        for rule, lines in STARTED.findall(text):
            values = dict(re.findall(r"^ {4}(\w+): (.*)$", lines, re.M))
            name = f"{rule} {values.get('wildcards', '')}".strip()
            names[values["jobid"]] = name
            if name in finished:
                again.append(name)
        finished |= {names[number] for number in FINISHED.findall(text) if number in names}
    return len(finished), again


def kill_all(pid: int) -> None:
    """Kill a process and all below it at once: stop them first, so that none starts another.

    Args:
        pid: The process.
    """
    tree: list[int] = []
    while new := [child for child in [pid, *_below(pid)] if child not in tree]:
        for number in new:
            _signal(number, signal.SIGSTOP)
        tree += new
    for number in tree:
        _signal(number, signal.SIGKILL)


def _below(pid: int) -> list[int]:
    """All descendants of a process."""
    parents: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            number, _, rest = path.read_text(errors="replace").partition(" (")
            parents.setdefault(int(rest.rpartition(")")[2].split()[1]), []).append(int(number))
        except OSError:
            continue
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def copy_of_the_demo(folder: Path) -> Path:
    """Copy the demo with its media.

    Args:
        folder: Where to.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True)
    for name in DEMO:
        shutil.copy(ROOT / "demo" / name, folder)
    skip = shutil.ignore_patterns("material")
    shutil.copytree(ROOT / "demo" / "media", folder / "media", ignore=skip)
    return folder


def options(description: str, kills: int) -> argparse.Namespace:
    """Read the command line of a benchmark that kills.

    Args:
        description: What the benchmark does, on one line.
        kills: How many times it kills by default.

    Returns:
        kills, seed, latest_s, project and json.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latest-s", type=float, default=LATEST_S)
    parser.add_argument("--project", type=Path)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    """Read the command line, kill, print what came out; exit code 1 where it is not as it must."""
    chosen = options((__doc__ or "").splitlines()[0], kills=20)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as folder:
        project = chosen.project or copy_of_the_demo(Path(folder) / "demo")
        found = run_and_kill(Chaos(project), chosen.kills, chosen.seed, chosen.latest_s)
    text = json.dumps(asdict(found), indent=1)
    log.info("%s", text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    sys.exit(bool(found.redone or found.left or found.exit_code))


if __name__ == "__main__":
    main()
