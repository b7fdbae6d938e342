"""Encode a cut, as it is or with its draft."""

from pathlib import Path

from ..config.delivery import Delivery
from ..core.files import atomic
from ..core.timeline import Clock
from ..media.encode import encode
from ..media.mezzanine import probe_mezzanine
from ..patches.composite import composited
from ..patches.patch_set import PatchReader


def segment(
    mezzanine: Path,
    clock: Clock,
    draft: Path | None,
    path: Path,
    settings: Delivery,
    threads: int = 1,
) -> None:
    """Encode a cut, one frame at a time.

    Args:
        mezzanine: The film's mezzanine.
        clock: The cut's frames.
        draft: The patch set that is laid in; None encodes the cut as it is. Where it is empty, so
            is the segment's file: the cut has no lip-synced segment.
        path: The segment to write.
        settings: The config section `delivery`.
        threads: Cores that the encoder keeps busy.
    """
    patches = None if draft is None else PatchReader(draft)
    if patches is not None and patches.frames == 0:
        with atomic(path) as temporary:
            temporary.touch()
        return
    encode(
        composited(mezzanine, clock, patches), probe_mezzanine(mezzanine), path, settings, threads
    )
