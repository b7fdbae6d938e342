"""How large the face of a cut is in its picture."""

from pathlib import Path

from .errors import Fault
from .files import read_json


def read_face_share(guard: Path, source: Path) -> float:
    """Read how high a cut's face is, as a share of the shorter side of the picture.

    Args:
        guard: The cut's guard.json.
        source: source.json of its video.

    Returns:
        The share (brow to chin, median over the cut); 0 where it is not known.
    """
    try:
        face_px = float(read_json(guard)["measures"]["face_px"])
        return face_px / min(read_json(source)["size_px"])
    except (OSError, Fault, ValueError, KeyError, TypeError):
        return 0.0
