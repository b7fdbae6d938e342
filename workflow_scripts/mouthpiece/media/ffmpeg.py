"""ffmpeg as a subprocess, with clear errors."""

import logging
import re
import subprocess
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import imageio_ffmpeg

from ..core.errors import Fault

log = logging.getLogger(__name__)

LOG_LINES_KEPT = 400

MACHINE_TROUBLE = ("No space left on device", "Cannot allocate memory", "Input/output error")


@dataclass(frozen=True)
class Report:
    """What ffmpeg said it did. decode_errors counts damaged frames too."""

    lines: tuple[str, ...]
    decode_errors: int


class FfmpegError(Exception):
    """ffmpeg stopped: its last words, without file names."""


def ffmpeg(arguments: Sequence[str]) -> Report:
    """Run ffmpeg. Raises FfmpegError where it refuses, Fault where the machine fails it."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+verbose", "-y"),
        *arguments,
    ]
    log.debug("ffmpeg %s", " ".join(arguments))
    lines: deque[str] = deque(maxlen=LOG_LINES_KEPT)
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        lines.extend(raw.decode(errors="replace").rstrip() for raw in process.stderr)
    code = process.returncode
    if code:
        # The first error is the cause; what follows are its consequences.
        said = [line for line in lines if re.search(r"\[(error|fatal|panic)\]", line)]
        reason = re.sub(r"\[[^\]]*\] *", "", said[0]) if said else f"exit status {code}"
        if code < 0 or any(word in line for word in MACHINE_TROUBLE for line in lines):
            raise Fault(f"ffmpeg stopped (status {code}): {reason}")
        raise FfmpegError(reason)
    counts = [re.search(r"(\d+) decode errors(?: \((\d+) corrupt)?", line) for line in lines]
    corrupt = sum("corrupt decoded frame" in line for line in lines)
    return Report(tuple(lines), sum(int(count[1]) for count in counts if count) + corrupt)
