"""The formats of scripts that are lines of text: srt, vtt, ass, txt.

`pysubs2` reads ass. It takes names and comments between the cues of vtt for what is said, and
leaves out times that it cannot read, so srt and vtt are read here.
"""

import re
import warnings
from collections.abc import Callable, Sequence

from .raw_cue import BadCue, RawCue

ARROW = "-->"

TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?")

NUMBER = re.compile(r"\s*\d+\s*")

NOT_CUES = ("NOTE", "STYLE", "REGION", "WEBVTT")
"""What a block of vtt begins with that is no cue; nothing of it may have an arrow but comments."""


def srt_cues(text: str) -> list[RawCue]:
    """Read SubRip.

    Args:
        text: The file.

    Returns:
        The cues, in the order of the file.

    Raises:
        BadCue: A line with an arrow has no times.
    """
    lines = text.split("\n")
    return _cues(lines, [at for at, line in enumerate(lines) if ARROW in line], _said_in_srt)


def vtt_cues(text: str) -> list[RawCue]:
    """Read WebVTT (W3C).

    Args:
        text: The file.

    Returns:
        The cues, in the order of the file.

    Raises:
        BadCue: The file does not begin with WEBVTT, or a line with an arrow has no times.
    """
    lines = text.split("\n")
    if not lines[0].startswith("WEBVTT"):
        raise BadCue("line 1: a vtt file begins with WEBVTT; is it srt? then name it .srt")
    arrows, comment = [], False
    for at, line in enumerate(lines):
        begins = at == 0 or not lines[at - 1].strip()
        comment = line.startswith(NOT_CUES) if begins else comment and bool(line.strip())
        if ARROW in line and not comment:
            arrows.append(at)
    return _cues(lines, arrows, _said_in_vtt)


def ass_cues(text: str) -> list[RawCue]:
    """Read Advanced SubStation Alpha, and its predecessor.

    Args:
        text: The file.

    Returns:
        The cues, in the order of the file, comments and drawings left out.

    Raises:
        BadCue: The file is no such file.
    """
    import pysubs2

    try:
        with warnings.catch_warnings(action="ignore"):  # of margins and layers
            events = pysubs2.SSAFile.from_string(text, format_="ass").events
    except (ValueError, KeyError, IndexError, pysubs2.exceptions.Pysubs2Error) as error:
        reason = " ".join(str(error).split())[:200]
        raise BadCue(f"cannot be read as ass ({reason}); save it as srt") from None
    return [
        RawCue(number, 0, event.start / 1000, event.end / 1000, event.plaintext, event.name)
        for number, event in enumerate(events, start=1)
        if not event.is_comment and not event.is_drawing
    ]


def transcript_lines(text: str) -> list[RawCue]:
    """Read a transcript: one line of speech in each line.

    Args:
        text: The file.

    Returns:
        The lines that are not empty, without times.
    """
    said = [(at, line) for at, line in enumerate(text.split("\n"), start=1) if line.strip()]
    return [RawCue(number, at, 0.0, 0.0, line) for number, (at, line) in enumerate(said, start=1)]


def _cues(
    lines: Sequence[str], arrows: Sequence[int], said: Callable[[Sequence[str], bool], str]
) -> list[RawCue]:
    """The cues whose times are in the lines `arrows`."""
    cues = []
    for number, (at, next_at) in enumerate(
        zip(arrows, [*arrows[1:], len(lines)], strict=False), start=1
    ):
        start, _, end = lines[at].partition(ARROW)
        times = [_seconds(start.strip()), _seconds((end.split() or [""])[0])]
        if None in times:
            raise BadCue(
                f"line {at + 1}, cue {number}: {lines[at].strip()[:80]!r} has no times; write them"
                " as 00:01:02,500 --> 00:01:04,000"
            )
        text = said(lines[at + 1 : next_at], next_at < len(lines))
        cues.append(RawCue(number, at + 1, times[0] or 0.0, times[1] or 0.0, text))
    return cues


def _seconds(text: str) -> float | None:
    """A time; None where it is none."""
    found = TIME.fullmatch(text)
    if found is None or int(found[2]) > 59 or int(found[3]) > 59:
        return None
    whole = int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
    return whole + int((found[4] or "0").ljust(3, "0")) / 1000


def _said_in_srt(lines: Sequence[str], is_followed: bool) -> str:
    """The lines below a cue's times, without the number of the next cue."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    if is_followed and kept and NUMBER.fullmatch(kept[-1]):
        kept.pop()
    return "\n".join(line for line in kept if line.strip())


def _said_in_vtt(lines: Sequence[str], _is_followed: bool) -> str:
    """The lines below a cue's times up to the first that is empty."""
    end = next((at for at, line in enumerate(lines) if not line.strip()), len(lines))
    return "\n".join(lines[:end])
