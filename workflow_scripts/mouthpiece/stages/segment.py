"""Stage `segment`: a cut encoded once, as it is or with its draft laid in."""

from pathlib import Path

from ..core.files import atomic
from ..core.timeline import Clock
from ..media.encode import Encoding, encode
from ..media.mezzanine import probe_mezzanine
from ..patches.composite import composited
from ..patches.patch_set import PatchReader


def segment(
    mezzanine: Path,
    clock: Clock,
    draft: Path | None,
    path: Path,
    encoding: Encoding,
    threads: int = 1,
) -> None:
    """Encode a cut.

    Args:
        mezzanine: The film.
        clock: The frames of the cut.
        draft: The patch set that is laid in; None leaves the cut as it is.
        path: The segment to write, MP4. It is an empty file where the patch set is empty: such a
            cut has no lip-synced segment.
        encoding: How it is encoded.
        threads: Threads of the encoder.

    Raises:
        Fault: The mezzanine or the patch set cannot be read.
    """
    patches = None if draft is None else PatchReader(draft)
    if patches is not None and patches.frames == 0:
        with atomic(path) as temporary:
            temporary.touch()
        return
    encode(
        composited(mezzanine, clock, patches), probe_mezzanine(mezzanine), path, encoding, threads
    )
