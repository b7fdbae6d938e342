"""Named loudness targets of finished films."""

from dataclasses import dataclass
from typing import Literal

TargetName = Literal["ebu_r128", "streaming", "netflix", "off"]

TOLERANCE_LU = 0.5
"""How far a film may lie beside its target before that is noted, in LU: what EBU R 128 allows."""


@dataclass(frozen=True)
class LoudnessTarget:
    """How loud a film should be.

    Attributes:
        lufs: The loudness, in LUFS (or LKFS, which is the same); None: it is left as it is.
        true_peak_dbtp: The limit of true peaks, in dBTP.
        is_dialogue: Whether the loudness of the dialogue counts, not that of the whole film.
    """

    lufs: float | None
    true_peak_dbtp: float
    is_dialogue: bool = False


TARGETS: dict[TargetName, LoudnessTarget] = {
    "ebu_r128": LoudnessTarget(-23.0, -1.0),
    "streaming": LoudnessTarget(-16.0, -2.0),
    "netflix": LoudnessTarget(-27.0, -2.0, is_dialogue=True),
    "off": LoudnessTarget(None, -1.0),
}
"""The targets by name: EBU R 128 (2020) for broadcast; AES TD1008 (2021) for streams that are heard
on phones and laptops; Netflix Sound Mix Specifications 1.6. A sum of sounds may clip, so peaks are
limited with `off`, too."""
