"""Kill a run again and again, then let it finish: what is redone, and what is left behind?

    python benchmarks/chaos.py [--kills 20] [--seed 1] [--project FOLDER] [--json FILE]
    python benchmarks/chaos.py --one --kills 30 --latest-s 8

FOLDER holds a config.yaml; by default it is a copy of the demo, whose media `mouthpiece demo
--media-only` makes. Each `mouthpiece run` and all of its processes are killed (SIGKILL) at a random
moment, in one go, as the machine would at a power cut. With `--one` only one of them is: the
command, Snakemake, a job's client, a worker, or the pool of workers. Then a run finishes, and one
more starts; with `--one`, a copy of the project is made without kills, and compared.

Prints how many jobs ran again although Snakemake had said that they were finished, which processes
and temporary files there are after the last start, and which results differ. All must be none.
So that one sitting is enough, what Snakemake itself left is given the age at which it is removed.
"""

import argparse
import atexit
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
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from mouthpiece.core.files import sha256
from mouthpiece.core.leftovers import CACHE_S, RUNTIME_CACHE
from mouthpiece.core.owners import PROC, Owner

ROOT = Path(__file__).parents[1]
DEMO = ("config.yaml", "videos.tsv", "dubs.tsv", "overrides.tsv")
STARTED = re.compile(r"^(?:local)?(?:rule|checkpoint) (\w+):\n((?: {4}.*\n)+)", re.M)
FINISHED = re.compile(r"^Finished jobid: (\d+) ", re.M)
PAGES = ("overview.html", "versions")
"""What belongs to a project: a page with times and timings; and the drafts that pages have shown,
which each start keeps: a run that was killed starts more often."""

LATEST_S = 30.0
"""A run is killed after so many seconds at most."""
END_S = 60.0
"""How long the processes of a run that was killed may take to end."""

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
        processes: Processes that are at work in the folder after the last start.
        different: Results that are not those of a project that was never killed.
        killed: How many processes of each kind were killed, where it was one at a time.
    """

    kills: int
    redone: tuple[str, ...]
    jobs: int
    swept: tuple[str, ...]
    left: tuple[str, ...]
    exit_code: int
    took_s: float
    processes: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    killed: Mapping[str, int] = field(default_factory=dict)


class Chaos:
    """Runs of one project that are killed.

    Args:
        folder: The project's folder, with a config.yaml.
        cores: How many cores each run uses.
    """

    def __init__(self, folder: Path, cores: int = 2) -> None:
        self.folder, self._cores = folder, cores
        self._own = {"TMPDIR": folder / "chaos-tmp", "XDG_CACHE_HOME": folder / "chaos-cache"}
        # Its pool is its own. The path of a socket must be short.
        runtime = Path(tempfile.mkdtemp(prefix="c"))
        atexit.register(shutil.rmtree, runtime, ignore_errors=True)
        self._own["XDG_RUNTIME_DIR"] = runtime
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

    def processes(self, pid: int) -> dict[str, list[int]]:
        """Find the processes of a run.

        Args:
            pid: The process of its command.

        Returns:
            Process ids by kind: the command, Snakemake, clients, the pool and its workers.
        """
        found: dict[str, list[int]] = {"command": [pid]}
        for number in _below(pid):
            words = _words(number)
            if any(word.endswith("/client.py") for word in words):
                found.setdefault("client", []).append(number)
            elif "snakemake" in words:
                found.setdefault("snakemake", []).append(number)
        place = str(self._own["XDG_RUNTIME_DIR"])
        pools = [n for n in _all() if any(place in word for word in _words(n)[:4])]
        for number in sorted(pools):
            kind = "worker" if _parent(number) in pools else "pool"
            found.setdefault(kind, []).append(number)
        return found

    def at_work(self) -> list[str]:
        """List the processes that work in the folder."""
        return [" ".join(_words(number)[:6]) for number in _all() if self._holds(number)]

    def _holds(self, number: int) -> bool:
        with contextlib.suppress(OSError):
            return (PROC / str(number) / "cwd").readlink().is_relative_to(self.folder.resolve())
        return False

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
    return _finished(chaos, output, done, began)


def run_and_kill_one(chaos: Chaos, kills: int, seed: int, latest_s: float = LATEST_S) -> Outcome:
    """Kill single processes of runs at random moments, then let a run finish, and start one more.

    Args:
        chaos: The project.
        kills: How often.
        seed: Of the moments and of the processes.
        latest_s: The longest time between two kills, in seconds.

    Returns:
        What became of it.
    """
    chance, began = random.Random(seed), time.monotonic()
    wanted = Chaos(shutil.copytree(chaos.folder, chaos.folder.with_name("unharmed")))
    output = chaos.folder / "chaos.log"
    killed: Counter[str] = Counter()
    while killed.total() < kills:
        process, before = chaos.start(output), killed.total()
        while killed.total() < kills:
            try:
                process.wait(chance.uniform(0.5, latest_s))
                break
            except subprocess.TimeoutExpired:
                there = chaos.processes(process.pid)
                kind = chance.choice(sorted(there))
                _signal(chance.choice(there[kind]), signal.SIGKILL)
                killed[kind] += 1
                log.info("kill %d: %s", killed.total(), kind)
        if process.wait() == 0 and killed.total() == before:
            log.info("a run was finished before it was killed")
            break
        _until_idle(chaos)
    found = _finished(chaos, output, killed.total(), began)
    wanted.start(output).wait()
    different = tuple(differences(chaos.folder, wanted.folder))
    return replace(found, different=different, killed=dict(killed))


def _until_idle(chaos: Chaos) -> None:
    """Wait until the processes of a run whose command or Snakemake was killed have ended."""
    deadline = time.monotonic() + END_S
    while chaos.at_work() and time.monotonic() < deadline:
        time.sleep(0.1)


def _finished(chaos: Chaos, output: Path, kills: int, began: float) -> Outcome:
    """Let a run finish, start one more, and look at what there is."""
    code = chaos.start(output).wait()
    jobs, redone = finished_twice(chaos.logs())
    chaos.age()
    code = chaos.start(output).wait() or code
    _until_idle(chaos)
    swept = re.findall(r"removed \d+ temporary.*left", output.read_text("utf-8", "replace"))
    return Outcome(
        kills=kills,
        redone=tuple(redone),
        jobs=jobs,
        swept=tuple(swept),
        left=tuple(chaos.left()),
        exit_code=code,
        took_s=round(time.monotonic() - began, 1),
        processes=tuple(chaos.at_work()),
    )


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
    for number in _all():
        parents.setdefault(_parent(number), []).append(number)
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def _all() -> list[int]:
    return [int(path.name) for path in PROC.glob("[0-9]*")]


def _words(pid: int) -> list[str]:
    """The command line of a process."""
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "cmdline").read_text("utf-8", "replace").split("\0")
    return []


def _parent(pid: int) -> int:
    """The process above another one; 0 where that is gone."""
    with contextlib.suppress(OSError, IndexError):
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def differences(folder: Path, other: Path) -> list[str]:
    """Compare the results of two projects, but for their pages.

    Args:
        folder: A project.
        other: Another one.

    Returns:
        The names of results that differ, or that only one of them has.
    """
    found, wanted = results(folder), results(other)
    names = sorted(found.keys() | wanted.keys())
    return [f"{folder.name}/{name}" for name in names if found.get(name) != wanted.get(name)]


def results(folder: Path) -> dict[str, str]:
    """Hash the results of a project.

    Args:
        folder: The project.

    Returns:
        The SHA-256 of each file, by its place.
    """
    names = (path.relative_to(folder / "results") for path in (folder / "results").rglob("*"))
    return {
        name.as_posix(): sha256(folder / "results" / name)
        for name in names
        if (folder / "results" / name).is_file()
        and not any(part.startswith(".") or part in PAGES for part in name.parts)
    }


def copy_of_the_demo(folder: Path) -> Path:
    """Copy the demo with its media, unsigned: no two signatures are the same.

    Args:
        folder: Where to.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True)
    for name in DEMO:
        shutil.copy(ROOT / "demo" / name, folder)
    with (folder / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("provenance: {sign: 'off'}\n")
    skip = shutil.ignore_patterns("material")
    shutil.copytree(ROOT / "demo" / "media", folder / "media", ignore=skip)
    return folder


def options(description: str, kills: int) -> argparse.ArgumentParser:
    """Make the parser of the command line of a benchmark that kills.

    Args:
        description: What the benchmark does, on one line.
        kills: How many times it kills by default.

    Returns:
        The parser, of kills, seed, latest_s, project and json.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latest-s", type=float, default=LATEST_S)
    parser.add_argument("--project", type=Path)
    parser.add_argument("--json", type=Path)
    return parser


def main() -> None:
    """Read the command line, kill, print what came out; exit code 1 where it is not as it must."""
    parser = options((__doc__ or "").splitlines()[0], kills=20)
    parser.add_argument("--one", action="store_true", help="kill single processes")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as folder:
        project = chosen.project or copy_of_the_demo(Path(folder) / "demo")
        how = run_and_kill_one if chosen.one else run_and_kill
        found = how(Chaos(project), chosen.kills, chosen.seed, chosen.latest_s)
    text = json.dumps(asdict(found), indent=1)
    log.info("%s", text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    wrong = found.redone or found.left or found.processes or found.different or found.exit_code
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
