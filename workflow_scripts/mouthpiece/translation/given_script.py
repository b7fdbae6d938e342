"""The text of a dub as the user gave it, laid on the segments of the transcript.

A cue belongs to the segment with which it shares the most time. So each line has a speaker and a
slot in the sound, and what the user wrote, cue by cue, is spoken where it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from ..core.errors import InputError
from ..core.files import read_json
from ..text.script import most_frames
from ..text.timed_text import TimedText, read_timed_text, within
from ..text.transcript import Segment, Transcript
from ..text.translation import GIVEN, FilmTranslation, TranslatedLine
from .checks import is_spoken
from .script_table import read_script_table

NOT_IN_SCRIPT = "not_in_script"
"""The flag of a segment of which the script says nothing: it is not spoken."""

NOT_HEARD = "not_heard"
"""The flag of a line of the script at which no speech is heard in the source."""

LEAST_SHARE = 0.2
"""What a cue and a segment that belong together have in common, of the shorter of the two."""


@dataclass(frozen=True)
class _Line:
    """A line of the script: a cue, or several in one segment."""

    start_s: float
    end_s: float
    text: str


def read_given_script(
    path: Path, rate: Fraction, frames: int, may_be_table: bool = True
) -> TimedText:
    """Read the script of a dub, or of a source.

    Args:
        path: Subtitles, a transcript with a line for each segment, or a script.tsv.
        rate: The frames a second of the film.
        frames: How many frames the film has.
        may_be_table: Whether it may be a script.tsv; that of a source may not.

    Returns:
        What it says, up to the end of the film; with notes on what a user should know.

    Raises:
        InputError: It cannot be read, or nothing of it is within the film.
    """
    is_table = may_be_table and path.suffix.lower() == ".tsv"
    script = read_script_table(path, rate) if is_table else read_timed_text(path)
    film_s = float(frames / rate)
    inside = within(script, film_s)
    if not inside.cues:
        raise InputError(
            f"{path}: all of its cues begin after the end of the film, which is {film_s:.1f} s "
            "long; is it the right file?"
        )
    return inside


def given_translation(
    script: Path, transcript: Transcript, facts: Path, target: str, loops: bool = False
) -> FilmTranslation:
    """Make the lines of a film of a given script.

    Args:
        script: The user's file.
        transcript: What is said in the source.
        facts: The source.json of the video.
        target: The language of the dub.
        loops: Whether the video is looped for as long as the script is.

    Returns:
        The lines.

    Raises:
        InputError: It cannot be read, or does not fit the transcript.
    """
    source = read_json(facts)
    rate = Fraction(source["rate"])
    frames = most_frames(int(source["frames"]), rate, loops)
    found = read_given_script(script, rate, frames)
    segments = [one for one in transcript.segments if is_spoken(one.text)]
    lines = _aligned(found, segments) if found.is_timed else _paired(script, found, segments)
    return FilmTranslation(
        source=transcript.language,
        target=target,
        translator=GIVEN,
        lines=tuple(sorted(lines, key=lambda line: line.start_s)),
        notes=[note.row for note in found.notes],
    )


def _paired(path: Path, script: TimedText, segments: Sequence[Segment]) -> list[TranslatedLine]:
    """A transcript without times: line by line."""
    if len(script.cues) != len(segments):
        raise InputError(
            f"{path}: has {len(script.cues)} lines and no times, and {len(segments)} lines are "
            "heard in the film; give subtitles (srt, vtt), or a line for each that is heard"
        )
    pairs = zip(script.cues, segments, strict=True)
    return [_line(one, cue.text) for cue, one in pairs]


def _aligned(script: TimedText, segments: Sequence[Segment]) -> list[TranslatedLine]:
    cues = [_Line(cue.start_s, cue.end_s, cue.text) for cue in script.cues]
    owner = [_nearest(cue, segments) for cue in cues]
    # Where a source says nothing at all, no line is doubtful for being beside what it says.
    flags = (NOT_HEARD,) if segments else ()
    lines = [
        TranslatedLine("", "S1", cue.start_s, cue.end_s, "", cue.text, flags, GIVEN)
        for cue, index in zip(cues, owner, strict=True)
        if index is None
    ]
    lines = [replace(one, speaker=_speaker_near(one.start_s, segments)) for one in lines]
    of_segment: dict[int, list[_Line]] = {}
    for cue, index in zip(cues, owner, strict=True):
        if index is not None:
            of_segment.setdefault(index, []).append(cue)
    merged: TranslatedLine | None = None
    for index, segment in enumerate(segments):
        own = of_segment.get(index, [])
        if own:
            text = " ".join(cue.text for cue in own if cue.text)
            merged = _line(segment, text)
            lines.append(merged)
            continue
        spans = any(_shares(cue, segment) for cue in of_segment.get(index - 1, []))
        if merged is not None and spans and segments[index - 1].speaker == segment.speaker:
            # One cue over two segments: they are one line.
            joined = replace(
                merged, end_s=segment.end_s, source=f"{merged.source} {_plain(segment.text)}"
            )
            lines[lines.index(merged)] = joined
            of_segment[index] = of_segment[index - 1]
            merged = joined
        else:
            lines.append(replace(_line(segment, ""), flags=(*segment.flags, NOT_IN_SCRIPT)))
            merged = None
    return lines


def _line(segment: Segment, text: str) -> TranslatedLine:
    return TranslatedLine(
        segment=segment.segment,
        speaker=segment.speaker,
        start_s=segment.start_s,
        end_s=segment.end_s,
        source=_plain(segment.text),
        target=_plain(text),
        flags=segment.flags,
        translator=GIVEN,
    )


def _nearest(cue: _Line, segments: Sequence[Segment]) -> int | None:
    """The segment with which a cue shares the most time; None: it shares none."""
    shared = [_shared_s(cue, segment) for segment in segments]
    best = max(range(len(segments)), key=shared.__getitem__, default=None)
    return best if best is not None and shared[best] > 0 else None


def _shared_s(cue: _Line, segment: Segment) -> float:
    return min(cue.end_s, segment.end_s) - max(cue.start_s, segment.start_s)


def _shares(cue: _Line, segment: Segment) -> bool:
    """Whether a cue is over a good part of a segment."""
    shorter = min(cue.end_s - cue.start_s, segment.end_s - segment.start_s)
    return _shared_s(cue, segment) >= LEAST_SHARE * shorter


def _speaker_near(at_s: float, segments: Sequence[Segment]) -> str:
    """Who speaks nearest to a time."""
    near = min(segments, key=lambda one: abs(one.start_s - at_s), default=None)
    return near.speaker if near else "S1"


def _plain(text: str) -> str:
    return " ".join(text.split())
