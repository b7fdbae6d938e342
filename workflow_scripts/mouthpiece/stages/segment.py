"""Encode a cut, as it is or with its draft."""

from pathlib import Path

from ..config.delivery import Delivery
from ..core.files import atomic
from ..core.timeline import Clock
from ..media.encode import encode
from ..media.mezzanine import probe_mezzanine
from ..patches.composite import composited
from ..patches.patch_set import PatchSet, load


def segment(
    mezzanine: Path,
    clock: Clock,
    draft: Path | None,
    path: Path,
    settings: Delivery,
    threads: int = 1,
) -> None:
    """Encode a cut: as it is (no draft), or with its draft laid in.

    A cut whose draft is empty has no lip-synced segment: the file is empty.
    """
    patches = PatchSet.empty("") if draft is None else load(draft)
    if draft is not None and patches.frames == 0:
        with atomic(path) as temporary:
            temporary.touch()
        return
    encode(
        composited(mezzanine, clock, patches), probe_mezzanine(mezzanine), path, settings, threads
    )
