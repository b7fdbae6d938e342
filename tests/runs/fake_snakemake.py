"""Stands in for Snakemake: writes the events that a script asks for, then ends as it says.

The script is a file of Python in the working folder, fake.py; `say` writes an event.
"""

import json
import sys
import time
from pathlib import Path

place = sys.argv[sys.argv.index("--logger-mouthpiece-events") + 1]
events = Path(place).open("a", encoding="utf-8")  # noqa: SIM115


def say(event: str, **values: object) -> None:
    events.write(json.dumps({"event": event, "time": time.time(), **values}) + "\n")
    events.flush()


def start(job: int, rule: str, *, log: str = "", **wildcards: str) -> None:
    say("started", job=job, rule=rule, wildcards=wildcards, log=[log] if log else [])


def fail(job: int, rule: str, log: str) -> None:
    say("failed", job=job, rule=rule, log=[log], group=False)


exec(Path("fake.py").read_text(encoding="utf-8"))
