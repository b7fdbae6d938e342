"""The owner of a temporary file: its name identifies the process that writes it.

A process id alone does not, as ids are used again, and each machine and container counts its own.
"""

import functools
import hashlib
import os
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from .processes import PROC, start_ticks

LONGEST_STEM = 40
"""How many characters of a file's name its temporary name begins with."""

PATTERN = re.compile(r"\..*\.mp-([0-9a-f]{8})-([0-9]+)-([0-9a-f]{8})-[0-9a-f]{8}(\.[^.]*)?", re.S)


@dataclass(frozen=True)
class Owner:
    """A process that writes temporary files.

    Attributes:
        place: The machine since it started, and the container: 8 hex digits.
        pid: The process.
        start: When it started, as far as it tells it from others with this id: 8 hex digits.
    """

    place: str
    pid: int
    start: str

    @classmethod
    def this(cls) -> "Owner":
        """Describe this process.

        Returns:
            It.
        """
        pid = os.getpid()
        return cls(_place(), pid, _short(start_ticks(pid)))

    @classmethod
    def of(cls, name: str) -> "Owner | None":
        """Read the owner of a temporary file from its name.

        Args:
            name: A file's name, without folders.

        Returns:
            The owner; None where `temporary_name` did not make the name.
        """
        found = PATTERN.fullmatch(name)
        return cls(found[1], int(found[2]), found[3]) if found else None

    @property
    def is_here(self) -> bool:
        """Whether it ran where this process runs, so that `is_alive` can tell."""
        return self.place == _place()

    @property
    def is_alive(self) -> bool:
        """Whether it still runs. Only of use where `is_here`."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return self.start == _short(start_ticks(self.pid))

    def __str__(self) -> str:
        return f"mp-{self.place}-{self.pid}-{self.start}"


def temporary_name(path: Path) -> str:
    """Make a new name for what this process writes until it is complete.

    Args:
        path: The file or folder that it becomes.

    Returns:
        A hidden name with the same suffix, by which muxers choose a format.
    """
    return f".{path.stem[:LONGEST_STEM]}.{Owner.this()}-{uuid.uuid4().hex[:8]}{path.suffix}"


@functools.cache
def _place() -> str:
    try:
        parts = [
            (PROC / "sys/kernel/random/boot_id").read_text(),
            str((PROC / "self/ns/pid").readlink()),
        ]
    except OSError:  # not Linux
        parts = []
    return _short(" ".join([os.uname().nodename, *parts]))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
