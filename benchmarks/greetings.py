"""What `mouthpiece greet` itself costs with many people: the tables, and a plan of the jobs.

    python benchmarks/greetings.py --people 100 1000

Nobody is greeted. The avatar is the demo's talker, the names are numbers in words, and the run is
dry: it plans the jobs up to the checkpoints, after which each film has as many jobs as its cuts
need. CPU time counts the command with Snakemake in it.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from scale import MEDIA, measured

TEXT = "Hello {name}. Welcome to the show, and thank you for coming!"


def write_names(people: int, table: Path) -> None:
    """Write a table of names, each another one."""
    words = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    names = (" ".join(words[int(digit)] for digit in str(number)) for number in range(people))
    table.write_text("\n".join(["name", *names, ""]))


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, nargs="+", default=[100, 1000])
    options = parser.parse_args()
    print("people  again  wall s  CPU s    MB")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for people in options.people:
            write_names(people, folder / "names.csv")
            command = [sys.executable, "-m", "mouthpiece", "greet", "--dry-run"]
            command += ["--avatar", str(MEDIA / "reel.mp4"), "--names", "names.csv"]
            command += ["--text", TEXT, "--consent", "material of the demo", "--voice", "espeak:m1"]
            for again in ("no", "yes"):
                cost = measured([*command, "--to", f"of-{people}"], folder)
                row = f"{people:6d} {again:>6} {cost.wall_s:7.1f} {cost.cpu_s:6.1f}"
                print(f"{row} {cost.peak_mb:5.0f}", flush=True)


if __name__ == "__main__":
    main()
