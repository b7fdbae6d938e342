"""Pickled weight files: what is looked at before PyTorch reads them.

PyTorch runs no code of a pickle (`weights_only`), but a small file may still ask for much memory or
time. What no file of weights has is refused first.
"""

import pickletools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PICKLE = "data.pkl"
"""The member of an archive that tells the names and shapes of its tensors."""

MOST_PICKLE_BYTES = 16 << 20

MOST_STEPS = 300_000
"""How many instructions a pickle may have; one of 700 tensors has 35,000."""

MOST_STATES = 1000
"""How many objects may get a state of their own; each may be as large as the whole file."""

LEGACY_PICKLES = 5
"""How many pickles a file of PyTorch before 1.6 has before its tensors."""

REFUSED_NAMES = ("bytearray",)
"""What `weights_only` allows, no tensor needs, and asks for memory by a number."""


def check_pickled(path: Path) -> bool:
    """Check a file of `torch.save` before it is read.

    Args:
        path: The file.

    Returns:
        Whether it is an archive, PyTorch's format since 2020.

    Raises:
        ValueError: It is none of both formats, or asks for more than a file of weights does.
        OSError: It cannot be read.
        BadZipFile: The archive is damaged.
    """
    if zipfile.is_zipfile(path):
        _check_archive(path)
        return True
    with path.open("rb") as file:
        _check_steps(step for _ in range(LEGACY_PICKLES) for step in _steps(file))
    return False


def _check_archive(path: Path) -> None:
    """Members are not compressed, and not larger than the archive, be it that they overlap."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("its members are compressed; torch.save does not do that")
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise ValueError("its members are larger than the file")
        for member in members:
            if member.filename.rpartition("/")[2] == PICKLE:
                if member.file_size > MOST_PICKLE_BYTES:
                    raise ValueError(f"{member.filename} has {member.file_size:,} bytes")
                with archive.open(member) as file:
                    _check_steps(_steps(file))


def _steps(file: IO[bytes]) -> Iterator[tuple[str, object]]:
    """The instructions of one pickle, each with its argument."""
    for code, argument, _ in pickletools.genops(file):
        yield code.name, argument


def _check_steps(steps: Iterator[tuple[str, object]]) -> None:
    states = 0
    for number, (name, argument) in enumerate(steps):
        states += name == "BUILD"
        if number > MOST_STEPS or states > MOST_STATES:
            raise ValueError("it has more instructions than a file of weights")
        if isinstance(argument, str) and set(argument.split()) & set(REFUSED_NAMES):
            raise ValueError(f"it asks for {argument!r}")
