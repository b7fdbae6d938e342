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


PEAK_DBTP = -2.0
"""The highest true peak: that of Netflix and of streams (AES TD1008), for all. EBU R 128 has -1."""

TARGETS: dict[TargetName, LoudnessTarget] = {
    "ebu_r128": LoudnessTarget(-23.0, PEAK_DBTP),
    "streaming": LoudnessTarget(-16.0, PEAK_DBTP),
    "netflix": LoudnessTarget(-27.0, PEAK_DBTP, is_dialogue=True),
    "off": LoudnessTarget(None, PEAK_DBTP),
}
"""The targets by name: EBU R 128 (2020) for broadcast; AES TD1008 (2021) for streams that are heard
on phones and laptops; Netflix Sound Mix Specifications 1.6. A sum of sounds may clip, so peaks are
limited with `off`, too."""
