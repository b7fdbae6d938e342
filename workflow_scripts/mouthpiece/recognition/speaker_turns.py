"""Who says each line of a transcript: by voice, or as a script names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..audio.pitch import median_pitch_hz
from ..audio.speakers import group_voices, mean_voice, nearest_voice
from ..audio.speech import SAMPLE_RATE
from ..text.sentences import SaidLine
from ..text.transcript import Speaker
from .pieces import read_span

LEAST_S = 0.3
"""A shorter line is heard with some of the sound around it."""

PITCHED_S = 60.0
"""How much of a speaker's lines, the longest, is heard for the pitch."""


@dataclass(frozen=True)
class TellSpeakers:
    """Whose lines are to be told.

    Attributes:
        mono: The sound, WAV, 16 kHz mono.
        lines: The lines, or parts of them, by when they begin.
        names: Who says each, as a script names them; empty: not named.
        speakers: How many people speak; 0: counted.
        same_voice: Voices further apart than this are of two speakers: a cosine distance.
    """

    mono: Path
    lines: Sequence[SaidLine]
    names: Sequence[str]
    speakers: int
    same_voice: float


@dataclass(frozen=True)
class Told:
    """Who speaks.

    Attributes:
        lines: The lines, with their speakers.
        speakers: The speakers, by when they speak first.
    """

    lines: list[SaidLine]
    speakers: tuple[Speaker, ...]


def tell_speakers(request: TellSpeakers) -> Told:
    """Tell who says each line.

    Args:
        request: The lines and what is known of them.

    Returns:
        The lines with their speakers, and the speakers.
    """
    groups, names = _groups(request)
    lines = [line.spoken_by(group) for line, group in zip(request.lines, groups, strict=True)]
    speakers = [
        _speaker(request.mono, number, [line for line in lines if line.speaker == number], name)
        for number, name in enumerate(names)
    ]
    return Told(lines, tuple(speakers))


def _groups(request: TellSpeakers) -> tuple[list[int], list[str]]:
    """The number of each line's speaker, and the speakers' names."""
    if any(request.names):
        return _named_groups(request)
    if request.speakers == 1 or len(request.lines) == 1:
        return [0] * len(request.lines), [""]
    lengths = [line.end_s - line.start_s for line in request.lines]
    groups = group_voices(
        _voices(request.mono, request.lines), lengths, request.same_voice, request.speakers
    )
    return groups, [""] * (max(groups, default=-1) + 1)


def _named_groups(request: TellSpeakers) -> tuple[list[int], list[str]]:
    """Speakers as a script names them. A line without a name is whose voice it is nearest to."""
    names = list(dict.fromkeys(filter(None, request.names)))
    groups = [names.index(name) if name else -1 for name in request.names]
    unnamed = [at for at, group in enumerate(groups) if group < 0]
    if unnamed:
        voices = _voices(request.mono, request.lines)
        lengths = np.array([line.end_s - line.start_s for line in request.lines])
        of = [np.array(groups) == number for number in range(len(names))]
        known = np.stack([mean_voice(voices[mine], lengths[mine]) for mine in of])
        for at, group in zip(unnamed, nearest_voice(voices[unnamed], known), strict=True):
            groups[at] = group
    order = list(dict.fromkeys(groups))
    return [order.index(group) for group in groups], [names[group] for group in order]


def _voices(mono: Path, lines: Sequence[SaidLine]) -> np.ndarray:
    """The voice of each line, [N, 256]."""
    from ..audio.voiceprint import Voiceprints

    return Voiceprints().of(_samples(mono, line) for line in lines)


def _samples(mono: Path, line: SaidLine) -> np.ndarray:
    missing_s = max(0.0, LEAST_S - (line.end_s - line.start_s))
    first = max(0, round((line.start_s - missing_s / 2) * SAMPLE_RATE))
    return read_span(mono, (first, round((line.end_s + missing_s / 2) * SAMPLE_RATE)))


def _speaker(mono: Path, number: int, lines: Sequence[SaidLine], name: str) -> Speaker:
    longest, heard_s = [], 0.0
    for line in sorted(lines, key=lambda line: line.start_s - line.end_s):
        if heard_s >= PITCHED_S:
            break
        longest.append(_samples(mono, line)[: round(PITCHED_S * SAMPLE_RATE)])
        heard_s += line.end_s - line.start_s
    samples = np.concatenate(longest) if longest else np.zeros(0, np.float32)
    return Speaker(
        speaker=f"S{number + 1}",
        pitch_hz=round(median_pitch_hz(samples), 1),
        speech_s=round(sum(line.end_s - line.start_s for line in lines), 2),
        name=name,
    )
