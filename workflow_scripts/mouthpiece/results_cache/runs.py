"""The cache of a run: which one its jobs use, and what was wrong with it.

Both are files beside the results, as a job on another machine knows nothing else of the run.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import Fault
from ..core.files import read_json, remove, write_json
from ..core.user_files import os_error_text
from .contents import forget_old
from .pruning import prune
from .store import Store, UnusableError

FOLDER = Path("results/.cache")

MOST_PROBLEMS = 5
"""How many problems are shown in full at the end of a run."""


@dataclass(frozen=True)
class RunCache:
    """The cache of a run, as its jobs find it.

    Attributes:
        folder: The folder beside the results.
    """

    folder: Path = FOLDER

    @property
    def memory(self) -> Path:
        """The folder of the hashes of large files: see `contents`."""
        return self.folder / "hashes"

    def begin(self, settings: Mapping[str, Any], is_part: bool = False) -> None:
        """Say at the start of a run which cache its jobs use.

        On a cluster each node does so, for runs of the same config.

        Args:
            settings: The keyword arguments of `Store.open`; `folder` is absolute, or empty where
                there is no cache.
            is_part: Whether this is a node of a run that others are at work for: what they found
                wrong is kept.
        """
        if not is_part:
            self.clear()
        if not settings["folder"]:
            remove(self.folder / "settings.json")
            return
        if settings != self._settings():
            self.note_growth()  # it may be larger than it may be now
        write_json(self.folder / "settings.json", dict(settings))
        forget_old(self.memory)
        try:
            self.open()
        except UnusableError as error:
            self.report(f"it is not used: {error}")

    def clear(self) -> None:
        """Forget what an earlier run found wrong."""
        for file in (self.folder / "problems").glob("*.json"):
            file.unlink(missing_ok=True)

    def note_growth(self) -> None:
        """Keep that the cache may be too large, for the end of this run or of the next one."""
        with contextlib.suppress(OSError):
            self._grown.parent.mkdir(parents=True, exist_ok=True)
            self._grown.touch()

    def end(self, is_part: bool = False) -> None:
        """Remove at the end of a run what is too much in its cache, if it may have grown.

        To find that, all of it is looked through.

        Args:
            is_part: Whether this is a node of a run that others are at work for, which does it.
        """
        if is_part or not self._grown.exists():
            return
        try:
            if store := self.open():
                prune(store)
            self._grown.unlink(missing_ok=True)
        except UnusableError as error:
            self.report(f"it is not used: {error}")
        except OSError as error:
            self.report(os_error_text(error))

    def open(self) -> Store | None:
        """Open the cache of the run.

        Returns:
            The cache; None where the run has none.

        Raises:
            UnusableError: It cannot be used.
        """
        try:
            settings = dict(read_json(self.folder / "settings.json"))
        except FileNotFoundError:
            return None
        except (OSError, Fault, ValueError, TypeError) as error:
            raise UnusableError(f"{self.folder}/settings.json: {error}") from None
        return Store.open(Path(settings.pop("folder")), **settings)

    @property
    def _grown(self) -> Path:
        return self.folder / "grown"

    def _settings(self) -> dict[str, Any]:
        """What an earlier run said; nothing where there was none."""
        try:
            return dict(read_json(self.folder / "settings.json"))
        except (OSError, Fault, ValueError, TypeError):
            return {}

    def report(self, problem: str) -> None:
        """Keep what is wrong with the cache, for the end of the run. The run goes on.

        Args:
            problem: What is wrong, on one line.
        """
        if not self.has(problem):
            with contextlib.suppress(Fault, OSError):
                write_json(self._file_of(problem), problem)

    def has(self, problem: str) -> bool:
        """Tell whether a problem was reported in this run.

        Args:
            problem: What is wrong.

        Returns:
            Whether it was.
        """
        return self._file_of(problem).exists()

    def problems(self) -> Iterator[str]:
        """List what was wrong with the cache in this run.

        Yields:
            Each problem once; of many, the first ones, and how many more there are.
        """
        files = sorted((self.folder / "problems").glob("*.json"))
        for file in files[:MOST_PROBLEMS]:
            with contextlib.suppress(OSError, Fault):
                yield str(read_json(file))
        if more := len(files[MOST_PROBLEMS:]):
            yield f"and {more} more of the kind"

    def _file_of(self, problem: str) -> Path:
        name = hashlib.sha256(problem.encode()).hexdigest()[:12]
        return self.folder / "problems" / f"{name}.json"
