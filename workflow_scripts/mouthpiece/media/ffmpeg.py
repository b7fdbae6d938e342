"""ffmpeg as a subprocess, with clear errors."""

import logging
import re
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import imageio_ffmpeg

from ..core.errors import Fault

log = logging.getLogger(__name__)

LOG_LINES_KEPT = 400

MACHINE_ERRORS = ("No space left on device", "Cannot allocate memory", "Input/output error")
"""Messages of ffmpeg that are the machine's failure, not the file's."""


@dataclass(frozen=True)
class Report:
    """What a run of ffmpeg reported.

    Attributes:
        lines: The last lines of its log.
        decode_errors: How many errors there were in decoding, damaged frames included.
        decoded_packets: How many packets of its inputs were read.
        decoded_samples: How many samples of sound were decoded.
        reconfigured: Whether the form of a decoded stream changed midway, for which the filters
            began again.
    """

    lines: tuple[str, ...]
    decode_errors: int
    decoded_packets: int = 0
    reconfigured: bool = False
    decoded_samples: int = 0


class FfmpegError(Exception):
    """ffmpeg stopped. The text is its first error, without file names."""


def ffmpeg(arguments: Sequence[str], watch: Callable[[str], bool] | None = None) -> Report:
    """Run ffmpeg. Existing output files are overwritten.

    Args:
        arguments: Its command line, without the program and without options for logging.
        watch: Gets each line of its log as it is written; the lines for which it returns True are
            not kept.

    Returns:
        What it reported.

    Raises:
        FfmpegError: ffmpeg refused.
        Fault: The machine failed: the disk is full, memory ran out, or a signal ended ffmpeg.
    """
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+verbose", "-y"),
        *arguments,
    ]
    log.debug("ffmpeg %s", " ".join(arguments))
    lines: deque[str] = deque(maxlen=LOG_LINES_KEPT)
    reconfigured = False
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        for raw in process.stderr:
            line = raw.decode(errors="replace").rstrip()
            reconfigured = reconfigured or "Reconfiguring filter graph" in line
            if watch is None or not watch(line):
                lines.append(line)
    if process.returncode:
        _stop(process.returncode, lines)
    counts = [re.search(r"(\d+) decode errors(?: \((\d+) corrupt)?", line) for line in lines]
    corrupt = sum("corrupt decoded frame" in line for line in lines)
    packets = [re.search(r"Input stream .* (\d+) packets read", line) for line in lines]
    samples = [re.search(r"decode errors \((\d+) samples\)", line) for line in lines]
    return Report(
        tuple(lines),
        sum(int(count[1]) for count in counts if count) + corrupt,
        sum(int(count[1]) for count in packets if count),
        reconfigured,
        sum(int(count[1]) for count in samples if count),
    )


def _stop(code: int, lines: Sequence[str]) -> NoReturn:
    """Raise the error that the log of a failed run tells."""
    # The first error is the cause; what follows are its consequences.
    errors = [line for line in lines if re.search(r"\[(error|fatal|panic)\]", line)]
    reason = re.sub(r"\[[^\]]*\] *", "", errors[0]) if errors else f"exit status {code}"
    if code < 0 or any(word in line for word in MACHINE_ERRORS for line in lines):
        raise Fault(f"ffmpeg stopped (status {code}): {reason}")
    raise FfmpegError(reason)
