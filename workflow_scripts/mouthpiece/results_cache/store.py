"""The cache's folder: entries by key, each whole or not there.

    user-UID/ or shared/      whose results they are: see the setting `cache.trust`
      objects/ab/KEY/         an entry: a manifest and the files
      new/                    what is being written or removed

An entry is written under a temporary name and renamed. It is never changed after that; only the
time of its manifest is, which tells when it was last used. No lock is held: who comes second finds
the entry and discards his own, and who reads an entry that is removed meanwhile makes the result
himself.
"""

import contextlib
import errno
import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..core.files import remove, sha256
from ..core.owners import temporary_name
from ..core.user_files import os_error_text
from .folders import is_private, make_folder, root_of
from .manifest import NAME, SMALL_BYTES, DamagedError, Manifest, Stored
from .outputs import Outputs
from .placing import place
from .taking import Taking

GB = 10**9

TRIES = 3
"""How often an entry is read that lacks a file: others may remove and replace it meanwhile."""

SPARED_BYTES = GB
"""How much of its disk the cache leaves free."""

log = logging.getLogger(__name__)


class UnusableError(Exception):
    """The cache cannot be used. It says why."""


class TooLargeError(Exception):
    """Results are larger than the cache may be. It says which."""


class NoRoomError(OSError):
    """The disk of the cache has no room.

    Attributes:
        missing_bytes: How much would have to be removed.
    """

    def __init__(self, root: Path, missing_bytes: int) -> None:
        """Say where there is no room.

        Args:
            root: The folder of the cache.
            missing_bytes: How much would have to be removed.
        """
        super().__init__(errno.ENOSPC, os.strerror(errno.ENOSPC), str(root))
        self.missing_bytes = missing_bytes


@dataclass(frozen=True)
class Store:
    """A cache, open for one user.

    Attributes:
        root: The folder of the entries that this user trusts.
        max_bytes: How large it may be.
        links: Whether large files may be hard links.
        reads_whole: Whether large files are read whole when they are taken.
    """

    root: Path
    max_bytes: int
    links: bool = True
    reads_whole: bool = True

    @classmethod
    def open(
        cls, folder: Path, *, max_gb: float, link: str = "auto", verify: str = "always",
        trust: str = "own", make: bool = True,
    ) -> "Store":  # fmt: skip
        """Open a cache.

        Args:
            folder: The setting `cache.dir`.
            max_gb: The setting of that name.
            link: The setting of that name.
            verify: The setting of that name.
            trust: The setting of that name.
            make: Whether its folders are made where they are missing.

        Returns:
            The cache.

        Raises:
            UnusableError: It is missing, cannot be read, or is another user's.
        """
        root = root_of(folder, trust)
        if not folder.parent.is_dir():
            raise UnusableError(f"{folder}: {folder.parent} is not there; is its disk mounted?")
        try:
            if make:
                folder.mkdir(exist_ok=True)
                make_folder(root, None if trust == "group" else 0o700)
                for inner in (root / "objects", root / "new"):
                    make_folder(inner)
            found = root.lstat()
        except OSError as error:
            raise UnusableError(os_error_text(error)) from None
        if trust == "own" and not is_private(found):
            raise UnusableError(f"{root} is not a folder that only you can write to")
        return cls(root, int(max_gb * GB), link == "auto", verify == "always")

    def entry(self, key: str) -> Path:
        """Tell where an entry is, whether or not it is there.

        Args:
            key: Its key.

        Returns:
            Its folder.
        """
        return self.root / "objects" / key[:2] / key

    def entries(self) -> Iterator[Path]:
        """List the entries.

        Yields:
            Their folders.
        """
        for folder in self._scan(self.root / "objects"):
            yield from self._scan(folder)

    def fetch(self, key: str, outputs: Outputs, is_delivered: bool = False) -> bool:
        """Take results from the cache, all or none.

        Args:
            key: Their key.
            outputs: Where they belong. What is there is replaced; files beside are added.
            is_delivered: Whether they must be no links.

        Returns:
            Whether the cache had them.

        Raises:
            DamagedError: An entry was damaged. It is removed.
            OSError: The results cannot be written, or the cache cannot be read.
        """
        entry = self.entry(key)
        taking = Taking(entry, outputs, self.links and not is_delivered, self.reads_whole)
        try:
            for _ in range(TRIES):
                with contextlib.suppress(FileNotFoundError):
                    taking.take()
                    break
                if not entry.is_dir():  # never there, or removed meanwhile
                    return False
            else:
                raise DamagedError("a file is missing")
        except DamagedError as error:
            self._remove_damaged(entry)
            raise DamagedError(f"{entry}: {error}") from None
        with contextlib.suppress(OSError):
            os.utime(entry / NAME)
        return True

    def put(self, key: str, script: str, outputs: Outputs) -> int:
        """Keep results.

        Args:
            key: Their key.
            script: The script that made them.
            outputs: The results.

        Returns:
            How many bytes were written; 0 where they were there already.

        Raises:
            TooLargeError: They are larger than the cache may be.
            NoRoomError: The disk has no room for them.
            OSError: They cannot be read, or the cache cannot be written.
        """
        entry = self.entry(key)
        if entry.is_dir():
            return 0
        wanted = list(outputs.found())
        self._check_room(script, sum(path.stat().st_size for path, _ in wanted))
        temporary = self._temporary(key)
        try:
            make_folder(temporary)
            files = [self._copy(path, temporary, name) for path, name in wanted]
            folders = tuple(sorted(n for n, path in outputs.files.items() if path.is_dir()))
            made = datetime.now(UTC).isoformat(timespec="seconds")
            Manifest(key, script, made, tuple(files), folders).write(temporary)
            # Who may write to the cache sets its time.
            (temporary / NAME).chmod(temporary.stat().st_mode & 0o666)
            make_folder(entry.parent)
            temporary.rename(entry)
        except OSError as error:
            # Others put it, and may have removed it again since.
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST) or entry.is_dir():
                return 0
            raise
        finally:
            with contextlib.suppress(OSError):
                remove(temporary)
        return sum(file.size for file in files)

    def discard(self, entry: Path) -> None:
        """Remove an entry: its name first, so that nobody finds half of it.

        Args:
            entry: Its folder.

        Raises:
            OSError: It cannot be removed.
        """
        temporary = self._temporary(entry.name)
        try:
            entry.rename(temporary)
        except FileNotFoundError:  # another process did
            return
        remove(temporary)

    def _copy(self, source: Path, temporary: Path, name: str) -> Stored:
        """Copy a result into an entry. Its hash is that of the result, not of the copy."""
        path = temporary / name
        for folder in reversed(path.relative_to(temporary).parents):
            make_folder(temporary / folder)
        place(source.resolve(), path, links=False)
        # Who may read the results may read a link to them, in whatever folder that is.
        size = path.stat().st_size
        if size >= SMALL_BYTES:  # who checks only its size would not see what a power cut damaged
            with path.open("rb") as file:
                os.fsync(file.fileno())
        path.chmod((path.parent.stat().st_mode | source.stat().st_mode) & 0o444)
        return Stored(name, size, sha256(source))

    def _check_room(self, script: str, size: int) -> None:
        """Leave the disk some room: the results of this project may be on it, too."""
        if size > self.max_bytes:
            raise TooLargeError(
                f"the results of {script} are not kept: {size / GB:.3g} GB, and cache.max_gb is "
                f"{self.max_bytes / GB:g}"
            )
        missing = size + SPARED_BYTES - shutil.disk_usage(self.root).free
        if missing > 0:
            raise NoRoomError(self.root, missing)

    def _temporary(self, key: str) -> Path:
        return self.root / "new" / temporary_name(Path(key))

    def _remove_damaged(self, entry: Path) -> None:
        try:
            self.discard(entry)
        except OSError as error:
            log.warning("%s: is damaged, and cannot be removed: %s", entry, os_error_text(error))

    def _scan(self, folder: Path) -> Iterator[Path]:
        with contextlib.suppress(OSError), os.scandir(folder) as found:
            yield from (Path(one.path) for one in found if one.is_dir(follow_symlinks=False))
