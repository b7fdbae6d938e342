"""What an entry of the cache holds: its manifest, a JSON file beside its files."""

import json
import stat
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..core.errors import Fault
from ..core.files import read_json, sha256

VERSION = 1
NAME = "manifest.json"

SMALL_BYTES = 1 << 20
"""A file of this size is read whole whenever it is taken."""


OTHER_VERSION = "(other version)"


class DamagedError(Exception):
    """An entry is not what was put there. It says what is wrong."""


class OtherVersionError(DamagedError):
    """An entry has another form. Its own version of Mouthpiece can tell whether it is damaged."""


@dataclass(frozen=True)
class Stored:
    """A file of an entry.

    Attributes:
        path: Its place in the entry: `output`, `output/member` of a folder, or
            `beside/folder/member` of what lies beside an output.
        size: In bytes.
        sha256: In hex.
    """

    path: str
    size: int
    sha256: str

    def check(self, file: Path, whole: bool) -> None:
        """Compare a file with what was put there.

        Args:
            file: The file.
            whole: Whether to read a large file, too.

        Raises:
            DamagedError: It is another one.
            OSError: It cannot be read.
        """
        found = file.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size != self.size:
            raise DamagedError(f"{self.path} has {found.st_size} bytes, not {self.size}")
        if (whole or self.size < SMALL_BYTES) and sha256(file) != self.sha256:
            raise DamagedError(f"{self.path} has not the content that was put there")


@dataclass(frozen=True)
class Manifest:
    """What an entry holds.

    Attributes:
        key: The entry's key.
        script: The script whose results they are.
        made: When it was put there, ISO 8601, UTC.
        files: The files.
        folders: The outputs that are folders.
    """

    key: str
    script: str
    made: str
    files: tuple[Stored, ...]
    folders: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def values(self) -> dict[str, Any]:
        """The manifest as JSON values."""
        return {"version": VERSION, **asdict(self), "bytes": self.size}

    @classmethod
    def read(cls, entry: Path) -> "Manifest":
        """Read the manifest of an entry.

        Args:
            entry: The entry's folder.

        Returns:
            The manifest.

        Raises:
            DamagedError: It is damaged.
            OtherVersionError: Another version of Mouthpiece wrote it.
            OSError: It is not there, or cannot be read.
        """
        try:
            values = read_json(entry / NAME)
            if int(values["version"]) != VERSION:
                raise OtherVersionError(f"{NAME} is of another version")
            files = tuple(Stored(**file) for file in values["files"])
            found = cls(
                str(values["key"]), str(values["script"]), str(values["made"]), files,
                tuple(map(str, values["folders"])),
            )  # fmt: skip
            if found.key != entry.name:
                raise ValueError
            if any(_leads_out(file.path) or int(file.size) < 0 for file in files):
                raise ValueError
        except (Fault, ValueError, TypeError, KeyError, AttributeError):
            raise DamagedError(f"{NAME} is damaged") from None
        return found

    def write(self, entry: Path) -> None:
        """Write the manifest of an entry that has another name yet.

        It does not wait for the disk: a manifest that a power cut damaged is found to be damaged.

        Args:
            entry: The folder.
        """
        text = json.dumps(self.values, indent=1, sort_keys=True)
        (entry / NAME).write_text(text + "\n", encoding="utf-8")

    def check(self, entry: Path) -> None:
        """Read an entry whole.

        Args:
            entry: Its folder.

        Raises:
            DamagedError: A file is another one, or is missing.
            OSError: A file cannot be read.
        """
        for file in self.files:
            try:
                file.check(entry / file.path, whole=True)
            except FileNotFoundError:
                raise DamagedError(f"{file.path} is missing") from None


def _leads_out(path: str) -> bool:
    """Whether a path is not below the folder that it is relative to."""
    pure = PurePosixPath(path)
    return not pure.parts or pure.is_absolute() or ".." in pure.parts
