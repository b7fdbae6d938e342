"""Takes results out of an entry of the cache, all or none, and checks what it took."""

import stat
from dataclasses import dataclass
from pathlib import Path

from ..core.files import remove
from ..core.linked_files import remove_linked, replace_linked
from ..core.owners import temporary_name
from .manifest import NAME, DamagedError, Manifest, Stored
from .outputs import BESIDE, Outputs
from .placing import place


@dataclass(frozen=True)
class Taking:
    """How the results of an entry come to where they belong.

    Attributes:
        entry: The folder of the entry.
        outputs: Where they belong.
        links: Whether large files may be hard links. Files beside results never are.
        reads_whole: Whether large files are read whole, to be checked.
    """

    entry: Path
    outputs: Outputs
    links: bool
    reads_whole: bool

    def take(self) -> None:
        """Replace what is there by the entry's results, and add the files beside them.

        Raises:
            DamagedError: The entry is damaged.
            FileNotFoundError: A file is missing from it.
            OSError: The results cannot be written, or the entry cannot be read.
        """
        manifest, files = Manifest.read(self.entry), self.outputs.files
        names = {file.path.partition("/")[0] for file in manifest.files} | {*manifest.folders}
        if names - {BESIDE} != set(files):
            raise DamagedError(f"{NAME} does not name the results")
        staged = {name: _temporary_beside(path) for name, path in files.items()}
        try:
            for name in manifest.folders:
                staged[name].mkdir(parents=True)
            for file in manifest.files:
                name, _, member = file.path.partition("/")
                if name == BESIDE:
                    self._add_beside(file, member)
                else:
                    path = staged[name] / member if member else staged[name]
                    self._checked(file, path, self.links)
            for name, temporary in staged.items():
                if files[name].is_dir():
                    remove(files[name])
                replace_linked(temporary, files[name])
        finally:
            for temporary in staged.values():
                remove_linked(temporary)

    def _add_beside(self, file: Stored, place_beside: str) -> None:
        output, _, member = place_beside.partition("/")
        if output not in self.outputs.folders or not member:
            raise DamagedError(f"{NAME} does not name the results")
        wanted = self.outputs.folders[output] / member
        if wanted.exists():
            return
        path = _temporary_beside(wanted)
        try:
            self._checked(file, path, links=False)
            path.replace(wanted)
        finally:
            remove_linked(path)

    def _checked(self, file: Stored, path: Path, links: bool) -> None:
        """Place a file and check what is there then: no later change goes unseen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not stat.S_ISREG((self.entry / file.path).lstat().st_mode):
            raise DamagedError(f"{file.path} is no file")
        place(self.entry / file.path, path, links)
        file.check(path, self.reads_whole)


def _temporary_beside(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(temporary_name(path))
