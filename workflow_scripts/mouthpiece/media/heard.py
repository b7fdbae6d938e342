"""Whether a sound track is more than silence."""

from pathlib import Path

import av
import numpy as np

from .open import open_media


def is_heard(path: Path, stream: int, floor_dbfs: float) -> bool:
    """Tell whether a sound track has a sample above a level. It is read up to the first one.

    Args:
        path: A media file.
        stream: The index of the track among the file's streams.
        floor_dbfs: The level, in dB below full scale.

    Returns:
        Whether it has; True where it cannot be decoded, as a later job says why.
    """
    floor = 10 ** (floor_dbfs / 20)
    try:
        with open_media(path) as container:
            for frame in container.decode(container.streams[stream]):
                if isinstance(frame, av.AudioFrame) and _peak(frame.to_ndarray()) >= floor:
                    return True
    except (av.FFmpegError, OSError, ValueError):
        return True
    return False


def _peak(samples: "np.ndarray") -> float:
    """The peak of samples, 1 at full scale."""
    is_unsigned = samples.dtype.kind == "u"  # 8 bit: silence is in the middle
    scale = 1.0 if samples.dtype.kind == "f" else 2.0 ** (8 * samples.dtype.itemsize - 1)
    centred = samples.astype(np.float64) - (scale if is_unsigned else 0.0)
    return float(np.abs(centred).max(initial=0) / scale)
