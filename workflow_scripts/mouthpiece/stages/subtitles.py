"""Stage `subtitles`: the subtitles of a film, of its dub and of its source."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..core.cuts import read_boundaries
from ..core.errors import Fault
from ..core.files import atomic, read_json
from ..core.loop import read_loop
from ..core.notes import Note
from ..text.cues import Cue, Timed
from ..text.script import ScriptLine, read_script
from ..text.subtitle_files import write_files
from ..text.subtitles import SubtitleTrack, subtitle, write_tracks
from ..text.transcript import Transcript, read_transcript
from ..translation.checks import is_spoken
from ..translation.given_script import read_given_script

log = logging.getLogger(__name__)

SOURCE = "source"
"""What the files of the source's subtitles are called in place of the key of a dub."""


@dataclass(frozen=True)
class Said:
    """What is said in a film, as one of these; the others are None.

    Attributes:
        script: Its script.tsv, where its dub is made here.
        takes: Its takes.json, which says when each line is spoken.
        given: Subtitles of the dub that the user gave.
        transcript: The transcript.json of the source, if that has subtitles, too.
    """

    script: Path | None = None
    takes: Path | None = None
    given: Path | None = None
    transcript: Path | None = None


@dataclass(frozen=True)
class Timeline:
    """The frames of a film.

    Attributes:
        source: The source.json of its video.
        boundaries: The boundaries.tsv of its video.
        loop: Its loop.tsv; None where it is not looped.
    """

    source: Path
    boundaries: Path
    loop: Path | None = None

    @property
    def rate(self) -> Fraction:
        """Its frames/s."""
        return Fraction(read_json(self.source)["rate"])

    @property
    def edges(self) -> tuple[list[int], int]:
        """The frames at which its shots begin, and how many frames it has."""
        cuts = (
            [piece.cut for piece in read_loop(self.loop)]
            if self.loop
            else read_boundaries(self.boundaries)
        )
        return [cut.first_frame for cut in cuts], cuts[-1].end_frame


def subtitles(
    *,
    said: Said,
    timeline: Timeline,
    video: str,
    dub: str,
    language: str,
    formats: Sequence[str],
    folder: Path,
    facts: Path,
) -> None:
    """Write the subtitles of a film.

    Args:
        said: What is said.
        timeline: The film's frames.
        video: The id of its video.
        dub: The key of its dub.
        language: The language of its dub, a BCP-47 tag.
        formats: The formats of the files; see `text.subtitle_files.WRITERS`.
        folder: The folder to write, with a file for each format.
        facts: The JSON file to write: the subtitles by frames, and which rules could not be kept.

    Raises:
        InputError: The user's script cannot be read.
        Fault: A file of the workflow is broken.
    """
    rate, (shots, frames) = timeline.rate, timeline.edges
    notes: list[Note] = []
    spoken = [(dub, language, list(_target(said, rate, frames, notes)))]
    if said.transcript:
        transcript = read_transcript(said.transcript)
        if any(is_spoken(segment.text) for segment in transcript.segments):
            spoken.append((SOURCE, transcript.language, list(_source(transcript))))
    tracks = [
        SubtitleTrack(name, tag, subtitle(cues, tag, rate, frames, shots))
        for name, tag, cues in spoken
    ]
    for track, (_, tag, cues) in zip(tracks, spoken, strict=True):
        notes += _notes(track, sum(cue.start_s * rate >= frames for cue in cues), tag)
        log.info("%s: %d subtitles, flags %s", track.name, len(track.subtitles), track.flags)
    with atomic(folder) as temporary:
        temporary.mkdir()
        for track in tracks:
            write_files(track, rate, formats, temporary, video)
    write_tracks(tracks, facts, [note.row for note in notes])


def _target(said: Said, rate: Fraction, frames: int, notes: list[Note]) -> Iterator[Cue]:
    """What the dub says."""
    if said.script:
        yield from _spoken_lines(read_script(said.script), said.takes, rate)
    elif said.given:
        text = read_given_script(said.given, rate, frames)
        notes += text.notes
        if text.is_timed:
            for cue in text.cues:
                yield Cue(cue.speaker, cue.text, cue.start_s, cue.end_s)
        else:
            notes.append(Note("subtitles_untimed"))


def _spoken_lines(lines: Sequence[ScriptLine], takes: Path | None, rate: Fraction) -> Iterator[Cue]:
    """The lines of a script, at the times of their takes; of a line without one, at its slot."""
    times = _take_times(takes) if takes else {}
    for line in lines:
        if line.target.strip():
            slot = float(line.start_frame / rate), float(line.end_frame / rate)
            yield Cue(line.speaker, line.target, *times.get(line.line, slot))


def _take_times(takes: Path) -> dict[str, tuple[float, float]]:
    """When each line is spoken, in seconds."""
    try:
        found = read_json(takes)
        hz = found["sample_rate_hz"]
        return {
            str(take["line"]): (
                take["start_sample"] / hz,
                (take["start_sample"] + take["samples"]) / hz,
            )
            for take in found["takes"]
            if take["samples"]
        }
    except (OSError, ValueError, TypeError, KeyError, ZeroDivisionError) as error:
        raise Fault(f"{takes}: cannot be read ({error}); delete it and run again") from None


def _source(transcript: Transcript) -> Iterator[Cue]:
    """What the source says."""
    for segment in transcript.segments:
        words = tuple(Timed(word.text, word.start_s, word.end_s) for word in segment.words)
        yield Cue(segment.speaker, segment.text, segment.start_s, segment.end_s, words)


def _notes(track: SubtitleTrack, outside: int, language: str) -> Iterator[Note]:
    """What a user should know of a track."""
    flagged = sum(bool(one.flags) for one in track.subtitles)
    if flagged:
        flags = ";".join(f"{flag}={count}" for flag, count in sorted(track.flags.items()))
        yield Note(
            "subtitle_rules",
            {
                "language": language,
                "flagged": flagged,
                "of": len(track.subtitles),
                "flags": flags,
            },
        )
    if outside:
        yield Note("subtitles_outside", {"language": language, "texts": outside})
