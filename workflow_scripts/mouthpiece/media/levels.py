"""Levels of a sound track, as ffmpeg's filter `astats` reports them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

FLOOR_DBFS = -120.0
"""What digital silence counts as, in dBFS."""

SILENT_DBFS = -60.0
"""A channel whose peak is below this carries no sound: noise of a converter, dither."""

LEVELS_FILTER = "astats=measure_perchannel=Peak_level+RMS_level:measure_overall=Number_of_samples"
"""The filter whose report `levels_of` reads."""


@dataclass(frozen=True)
class Levels:
    """What a sound track holds.

    Attributes:
        samples: Its length, in samples.
        peak_dbfs: The peak of each channel, in dBFS.
        rms_dbfs: The level of each channel, in dBFS.
    """

    samples: int
    peak_dbfs: tuple[float, ...]
    rms_dbfs: tuple[float, ...]


def levels_of(lines: Sequence[str]) -> Levels:
    """Read the report of `LEVELS_FILTER`.

    Args:
        lines: ffmpeg's log.

    Returns:
        The levels; no sample and no channel where the log has no report.
    """
    samples = _numbers(lines, "Number of samples")
    return Levels(
        int(samples[-1]) if samples else 0,
        tuple(peaks_of(lines)),
        tuple(_levels(lines, "RMS level dB")),
    )


def peaks_of(lines: Sequence[str]) -> list[float]:
    """Read the peaks from a report of `astats`.

    Args:
        lines: ffmpeg's log.

    Returns:
        The peak of each channel, in dBFS.
    """
    return _levels(lines, "Peak level dB")


def _levels(lines: Sequence[str], name: str) -> list[float]:
    return [max(FLOOR_DBFS, round(level, 2)) for level in _numbers(lines, name)]


def _numbers(lines: Sequence[str], name: str) -> list[float]:
    found = [re.search(rf"\[Parsed_astats\S* @ .*\] {name}: (\S+)$", line) for line in lines]
    numbers = [float(match[1]) for match in found if match]
    return [FLOOR_DBFS if number != number else number for number in numbers]
