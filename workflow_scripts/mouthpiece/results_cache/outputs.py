"""The results of a job: where they are in its project, and in an entry of the cache."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .contents import members

BESIDE = "beside"
"""The folder of an entry that has the files beside its results."""


@dataclass(frozen=True)
class Outputs:
    """The results of a job.

    Attributes:
        files: The file or folder of each output, by its name.
        folders: For each output that names files beside it, that folder.
    """

    files: Mapping[str, Path]
    folders: Mapping[str, Path] = field(default_factory=dict)

    def found(self) -> Iterator[tuple[Path, str]]:
        """List the files that are there.

        Yields:
            Each, and its place in an entry.
        """
        for name, path in self.files.items():
            if path.is_dir():
                yield from ((path / one, f"{name}/{one.as_posix()}") for one in members(path))
            else:
                yield path, name
        for name, folder in self.folders.items():
            for one in members(folder):
                yield folder / one, f"{BESIDE}/{name}/{one.as_posix()}"
