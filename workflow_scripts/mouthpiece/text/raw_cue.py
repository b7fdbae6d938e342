"""A cue as it stands in a file."""

from dataclasses import dataclass


class BadCue(ValueError):
    """A cue that cannot be read: says where in the file it is, and what to do."""


@dataclass(frozen=True)
class RawCue:
    """A cue as it stands in a file.

    Attributes:
        number: Its number in the file, from 1.
        line: The line of the file at which it is, from 1; 0: not known.
        start_s: When it begins, in seconds; 0 in a transcript.
        end_s: When it ends; 0 in a transcript.
        text: Its lines, with their tags.
        speaker: Who says it, where the format has a place for that; else empty.
    """

    number: int
    line: int
    start_s: float
    end_s: float
    text: str
    speaker: str = ""
