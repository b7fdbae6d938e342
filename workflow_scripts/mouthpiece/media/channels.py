"""Which channels of a sound track are kept: FLAC and players know no more than eight."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from ..core.notes import Note
from .ffmpeg import ffmpeg
from .levels import SILENT_DBFS, peaks_of
from .url import url

FLAC_CHANNELS = 8
"""Channels that FLAC can hold."""

GUESSED_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
"""Layouts that players take for granted where a file does not tell, by the count of channels."""

BED = ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")
"""The channels of 7.1, the bed of a layout with channels above the listener."""

ABOVE = "T"
"""How the names of channels above the listener begin. No codec of a film keeps them."""

LOW_FREQUENCY = 3
"""The channel of 5.1 and 7.1 of which codecs keep low frequencies only. Where it alone has sound,
it is the fourth of so many microphones."""

NO_LAYOUT = ("hexadecagonal",)
"""Layouts that ffmpeg guesses by the count, and that nobody uses."""


@dataclass(frozen=True)
class Channels:
    """How the channels of a track are taken.

    Attributes:
        filters: ffmpeg's filters, in order; none keeps all channels.
        layout: libav's name of the layout that they give.
        notes: What a user should know of it.
    """

    filters: tuple[str, ...]
    layout: str
    notes: tuple[Note, ...] = ()


def choose_channels(source: Path, index: int, layout: str, names: Sequence[str]) -> Channels:
    """Choose the channels of a track that are kept.

    Up to eight are kept as they are, where their order is known. Of a larger layout, such as 7.1.4,
    the channels of 7.1 are kept. Of channels in no known order, as a recorder of many microphones
    writes them, the first two that carry sound are the stereo sound, or the one that does.

    Args:
        source: The file.
        index: The index of the track's stream in the file.
        layout: libav's name of the track's layout.
        names: The names of its channels, in order; NONE where the file does not tell.

    Returns:
        How they are taken.

    Raises:
        FfmpegError: The track cannot be decoded.
        Fault: The machine failed.
    """
    is_known = layout not in NO_LAYOUT and "NONE" not in names
    count = len(names)
    if is_known:
        kept = [name for name in BED if name in names]
        if count <= FLAC_CHANNELS and not any(name.startswith(ABOVE) for name in names):
            return Channels((), layout)
        if {"FL", "FR"} <= set(kept):
            return _bed(kept, count)
    if count <= 2:
        return Channels((), GUESSED_LAYOUTS[count])
    peaks = _peaks(source, index)
    sounding = [i for i, peak in enumerate(peaks) if peak > SILENT_DBFS]
    if not is_known and count in GUESSED_LAYOUTS and sounding != [LOW_FREQUENCY]:
        return Channels((), GUESSED_LAYOUTS[count])
    return _first_sounding(sounding, count)


def _bed(kept: Sequence[str], count: int) -> Channels:
    made = av.AudioLayout("+".join(kept)).name
    pan = "|".join([f"pan={made}", *(f"{name}={name}" for name in kept)])
    return Channels((pan,), made, (Note("sound_channels", {"channels": count, "taken": made}),))


def _first_sounding(sounding: Sequence[int], count: int) -> Channels:
    taken = sounding[:2] or [0]
    made = "stereo" if len(taken) == 2 else "mono"
    pan = "|".join([f"pan={made}", *(f"c{to}=c{i}" for to, i in enumerate(taken))])
    channels = "+".join(str(i + 1) for i in taken)
    note = Note("sound_channels", {"channels": count, "sounding": len(sounding), "taken": channels})
    return Channels((pan,), made, (note,))


def _peaks(source: Path, index: int) -> list[float]:
    """The peak of each channel, in dBFS."""
    report = ffmpeg(
        [
            *("-i", url(source), "-map", f"0:{index}", "-vn", "-sn", "-dn"),
            *("-af", "astats=measure_perchannel=Peak_level:measure_overall=none"),
            *("-f", "null", "-"),
        ]
    )
    return peaks_of(report.lines)
