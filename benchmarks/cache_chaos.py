"""Two projects on one cache, killed again and again: are both films right, and is the cache whole?

    python benchmarks/cache_chaos.py [--kills 10] [--seed 1] [--project FOLDER] [--json FILE]

Both projects are copies of FOLDER, which holds a config.yaml and no results; by default of the
demo, whose media `mouthpiece demo --media-only` makes. Both run at once, and one of them and all of
its processes are killed (SIGKILL) at a random moment and started again. Then both finish, the cache
is read whole, and a third project is made without a cache.

Prints the files in which the results differ (there must be none), the entries that are
damaged (none), what is left half written after a pruning (nothing), jobs that ran again although
they were finished (none), and how often a job took its results from the cache.
"""

import json
import logging
import random
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from chaos import (
    LATEST_S,
    Chaos,
    copy_of_the_demo,
    differences,
    finished_twice,
    kill_all,
    options,
)

from mouthpiece.results_cache.pruning import damaged, entries, prune
from mouthpiece.results_cache.store import Store

MAX_GB = 20.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of two projects on one cache.

    Attributes:
        kills: How often one of them was killed.
        exit_codes: Of the last run of each.
        different: Results that are not those of a project without a cache.
        redone: Jobs that ran again although they were finished.
        damaged: Entries that are not what was put there.
        left: What is half written after the last pruning.
        entries: How many entries the cache has.
        hits: How many jobs of both took their results from it.
        jobs: How many jobs of both finished.
        took_s: How long all took.
    """

    kills: int
    exit_codes: tuple[int, ...]
    different: tuple[str, ...]
    redone: tuple[str, ...]
    damaged: tuple[str, ...]
    left: tuple[str, ...]
    entries: int
    hits: int
    jobs: int
    took_s: float


def run_and_kill(
    folder: Path, kills: int, seed: int, latest_s: float = LATEST_S, source: Path | None = None
) -> Outcome:
    """Run two projects on one cache, and kill one or the other at random moments.

    Args:
        folder: A folder for all of it.
        kills: How often.
        seed: Of the moments.
        latest_s: The latest moment, in seconds after a start.
        source: The project; default: the demo.

    Returns:
        What became of them.
    """
    moments, began = random.Random(seed), time.monotonic()
    pair = [
        Chaos(project(folder / name, source, "cache: {dir: ../cache}"), 1) for name in ("a", "b")
    ]
    running = [one.start(one.folder / "chaos.log") for one in pair]
    done = 0
    while done < kills and any(process.poll() is None for process in running):
        time.sleep(moments.uniform(0.5, latest_s))
        which = moments.randrange(2)
        if running[which].poll() is None:
            kill_all(running[which].pid)
            running[which].wait()
            done += 1
            log.info("kill %d: project %s", done, pair[which].folder.name)
        running[which] = pair[which].start(pair[which].folder / "chaos.log")
    for process in running:
        process.wait()
    codes = tuple(one.start(one.folder / "chaos.log").wait() for one in pair)
    finished = [finished_twice(one.logs()) for one in pair]
    store = Store.open(folder / "cache", max_gb=MAX_GB)
    prune(store)
    alone = Chaos(project(folder / "alone", source))
    alone.start(alone.folder / "chaos.log").wait()
    return Outcome(
        kills=done,
        exit_codes=codes,
        different=tuple(name for one in pair for name in differences(one.folder, alone.folder)),
        redone=tuple(job for _, again in finished for job in again),
        damaged=tuple(f"{entry.name}: {problem}" for entry, problem in damaged(store)),
        left=tuple(path.name for path in (store.root / "new").iterdir()),
        entries=sum(1 for _ in entries(store)),
        hits=sum(hits(one.folder) for one in pair),
        jobs=sum(jobs for jobs, _ in finished),
        took_s=round(time.monotonic() - began, 1),
    )


def project(folder: Path, source: Path | None, *rows: str) -> Path:
    """Copy a project, and add rows to its config.

    Args:
        folder: Where to.
        source: The project; None: the demo.
        rows: The rows.

    Returns:
        Its folder.
    """
    if source:
        shutil.copytree(source, folder)
    else:
        copy_of_the_demo(folder)
    with (folder / "config.yaml").open("a", encoding="utf-8") as config:
        config.writelines(f"{row}\n" for row in rows)
    return folder


def hits(folder: Path) -> int:
    """Count the jobs that took their results from the cache, as their last logs say.

    Args:
        folder: The project.

    Returns:
        How many.
    """
    logs = (folder / "logs").rglob("*.log")
    return sum("from the cache" in path.read_text("utf-8", "replace") for path in logs)


def main() -> None:
    """Read the command line, kill, print what came out; exit code 1 where it is not as it must."""
    chosen = options((__doc__ or "").splitlines()[0], kills=10).parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as folder:
        found = run_and_kill(
            Path(folder), chosen.kills, chosen.seed, chosen.latest_s, chosen.project
        )
    text = json.dumps(asdict(found), indent=1)
    log.info("%s", text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    wrong = found.different or found.damaged or found.left or found.redone or any(found.exit_codes)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
