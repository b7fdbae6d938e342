"""Timecode: a frame number as a person reads it."""

from fractions import Fraction


def timecode(frame: int, rate: Fraction) -> str:
    """Write a frame number as non-drop timecode (SMPTE ST 12-1).

    Args:
        frame: The frame, counted from 0.
        rate: Frames per second; counted at the nearest whole rate.

    Returns:
        HH:MM:SS:FF.
    """
    base = max(1, round(rate))
    seconds, frames = divmod(frame, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"
