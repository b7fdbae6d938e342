"""How loud a finished film is, measured after its sound was encoded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from ..core.files import read_json
from ..core.notes import Note
from ..media.ffmpeg import ffmpeg
from ..media.open import open_media
from ..media.url import url
from .ducking import Spans
from .loudness_meter import LoudnessMeter
from .loudness_targets import TARGETS, TOLERANCE_LU, LoudnessTarget

FLOOR_DBTP = -120.0
"""The true peak of digital silence."""


@dataclass(frozen=True)
class FilmLoudness:
    """How loud a film is.

    Attributes:
        target: How loud it should be, and whether that is of its dialogue.
        name: The target's name.
        lufs: Its gated loudness, in LUFS, by ffmpeg's meter (EBU R 128).
        dialogue_lufs: That of its dialogue, in LUFS; None where it does not count.
        true_peak_dbtp: Its true peak, in dBTP.
        range_lu: Its loudness range, in LU.
        is_quiet: Whether it is near silence, which is left as it is.
    """

    target: LoudnessTarget
    name: str
    lufs: float
    dialogue_lufs: float | None
    true_peak_dbtp: float
    range_lu: float
    is_quiet: bool

    @property
    def counted_lufs(self) -> float:
        """The loudness that counts for the target, in LUFS."""
        return self.lufs if self.dialogue_lufs is None else self.dialogue_lufs

    @property
    def facts(self) -> dict[str, Any]:
        """What was measured, as JSON values."""
        return {
            "target": self.name,
            "target_lufs": self.target.lufs,
            "true_peak_limit_dbtp": self.target.true_peak_dbtp,
            "lufs": self.lufs,
            "dialogue_lufs": self.dialogue_lufs,
            "true_peak_dbtp": self.true_peak_dbtp,
            "range_lu": self.range_lu,
        }

    @property
    def missing_lu(self) -> float:
        """The gain that brings it to its target, in LU; 0 where it is there, or peaks forbid it."""
        if self.target.lufs is None or self.is_quiet:
            return 0.0
        missing = round(self.target.lufs - self.counted_lufs, 2)
        is_there = abs(missing) <= TOLERANCE_LU
        return 0.0 if is_there or self.true_peak_dbtp + missing > self._limit_dbtp else missing

    @property
    def notes(self) -> list[Note]:
        """What a user should know: a target or a limit that is missed."""
        notes = []
        wanted = None if self.is_quiet else self.target.lufs
        if wanted is not None and abs(self.counted_lufs - wanted) > TOLERANCE_LU:
            values = {"lufs": self.counted_lufs, "target_lufs": wanted}
            notes.append(Note("loudness_missed", {**values}))
        if self.true_peak_dbtp > self._limit_dbtp:
            values = {"dbtp": self.true_peak_dbtp, "limit_dbtp": self._limit_dbtp}
            notes.append(Note("peak_over", {**values}))
        return notes

    @property
    def _limit_dbtp(self) -> float:
        return self.target.true_peak_dbtp


def measure_loudness(film: Path, mix: Path) -> FilmLoudness:
    """Measure the first sound track of a film.

    Args:
        film: The film.
        mix: The mix.json of its sound.

    Returns:
        How loud it is.

    Raises:
        FfmpegError: It cannot be decoded.
        Fault: The machine failed.
    """
    made = read_json(mix)
    spans_s = [(begin_s, end_s) for begin_s, end_s in made["speech_s"]]
    report = ffmpeg(
        [
            *("-i", url(film), "-map", "0:a:0", "-vn"),
            *("-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"),
        ]
    ).lines
    return FilmLoudness(
        target=TARGETS[made["target"]],
        name=made["target"],
        lufs=_number(report, "I", "LUFS"),
        dialogue_lufs=_dialogue_lufs(film, spans_s) if made["by_dialogue"] else None,
        true_peak_dbtp=max(FLOOR_DBTP, _number(report, "Peak", "dBFS")),
        range_lu=_number(report, "LRA", "LU"),
        is_quiet=made["is_quiet"],
    )


def _number(lines: Sequence[str], name: str, unit: str) -> float:
    """A figure of the summary of ffmpeg's filter `ebur128`."""
    # Another thread of ffmpeg may go on in the same line.
    found = [re.search(rf"\b{name}:\s+(\S+) {unit}", line) for line in lines]
    return float([match[1] for match in found if match][-1])


def _dialogue_lufs(film: Path, spans_s: Spans) -> float:
    with open_media(film) as container:
        stream = container.streams.audio[0]
        names = [channel.name for channel in stream.codec_context.layout.channels]
        meter = LoudnessMeter(stream.codec_context.sample_rate, names)
        packed = av.AudioResampler(format="flt")
        for frame in container.decode(stream):
            (part,) = packed.resample(frame)
            meter.add(part.to_ndarray().reshape(-1, len(names)))
    return round(meter.dialogue_lufs(spans_s), 1)
