"""transcript.json: what is said in a source, by whom and when."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..core.errors import Fault
from ..core.files import read_json, write_json


@dataclass(frozen=True)
class Word:
    """A word.

    Attributes:
        text: The word, with its punctuation, without spaces around it.
        start_s: When it begins, in seconds from picture 0.
        end_s: When it ends.
        probability: How sure the recognizer is, 0 to 1; 1 in a script that was given.
    """

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True)
class Segment:
    """A sentence or a part of one, by one speaker.

    Attributes:
        segment: Its id among the segments of its source, "0001" and on.
        speaker: The id of who speaks, "S1" and on.
        language: The language that is spoken, a BCP-47 tag; empty: not known.
        start_s: When it begins, in seconds from picture 0.
        end_s: When it ends.
        text: What is said.
        words: Its words.
        flags: Doubts, `code` or `code=value`, such as "repeated" or "low_probability=-1.3".
    """

    segment: str
    speaker: str
    language: str
    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Speaker:
    """Somebody who speaks.

    Attributes:
        speaker: The id, "S1" and on, by when they speak first.
        pitch_hz: The median pitch of the voice; 0: not measured.
        speech_s: How long they speak, in seconds.
        cuts: The cuts in which the one face on screen is theirs.
        name: Their name, where a given script has it; else empty.
    """

    speaker: str
    pitch_hz: float
    speech_s: float
    cuts: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Transcript:
    """What is said in a source.

    Attributes:
        language: The language of most of it, a BCP-47 tag.
        language_probability: How sure the recognizer is of it, 0 to 1; 1 where the table names it.
        recognizer: Who wrote it: a recognizer's name, or "given".
        segments: The segments, by when they begin. Segments of one speaker do not overlap.
        speakers: Who speaks.
        notes: `core.notes.Note.row` of what a user should know.
    """

    language: str
    language_probability: float
    recognizer: str
    segments: tuple[Segment, ...]
    speakers: tuple[Speaker, ...]
    notes: Sequence[dict[str, Any]] = field(default_factory=tuple)


def write_transcript(transcript: Transcript, path: Path) -> None:
    """Write transcript.json, whole or not at all.

    Args:
        transcript: The transcript.
        path: The file to write.
    """
    write_json(path, {"version": 1, **asdict(transcript)})


def read_transcript(path: Path) -> Transcript:
    """Read what `write_transcript` wrote.

    Args:
        path: A transcript.json.

    Returns:
        The transcript.

    Raises:
        Fault: The file is broken.
    """
    try:
        values = dict(read_json(path))
        del values["version"]
        segments = tuple(_segment(row) for row in values.pop("segments"))
        speakers = tuple(
            Speaker(**{**row, "cuts": tuple(row["cuts"])}) for row in values.pop("speakers")
        )
        return Transcript(segments=segments, speakers=speakers, **values)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Fault(f"{path}: cannot be read ({error}); delete it and run again") from None


def _segment(row: dict[str, Any]) -> Segment:
    words = tuple(Word(**word) for word in row["words"])
    return Segment(**{**row, "words": words, "flags": tuple(row["flags"])})
