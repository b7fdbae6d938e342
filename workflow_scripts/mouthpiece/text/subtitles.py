"""Subtitles: what is said, in lines, on the frames of a film."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..core.errors import Fault
from ..core.files import read_json, write_json
from .cues import LONGEST_S, Cue, Title, titles
from .marks import is_plain, without_setting
from .subtitle_rules import SubtitleRules, rules_for
from .subtitle_times import Spoken, Timing

DASH = "- "
"""What begins each line of a subtitle of two speakers."""


@dataclass(frozen=True)
class Subtitle:
    """A subtitle.

    Attributes:
        first_frame: The first frame that shows it.
        end_frame: The frame after the last.
        lines: Its lines, as they are read.
        flags: Which rules could not be kept: `long_line`, `too_fast`, `too_short`, `late`,
            `early_end`, `near_shot`.
    """

    first_frame: int
    end_frame: int
    lines: tuple[str, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubtitleTrack:
    """All subtitles of a film in one language.

    Attributes:
        name: What its files are called: the key of the dub, or "source".
        language: A BCP-47 tag; empty where it is not known.
        subtitles: The subtitles, one after the other.
    """

    name: str
    language: str
    subtitles: tuple[Subtitle, ...]

    @property
    def flags(self) -> dict[str, int]:
        """How many subtitles have each flag."""
        return dict(Counter(flag for subtitle in self.subtitles for flag in subtitle.flags))


def subtitle(
    cues: Iterable[Cue], language: str, rate: Fraction, frames: int, shots: Sequence[int]
) -> tuple[Subtitle, ...]:
    """Make subtitles of what is said.

    Args:
        cues: What is said.
        language: Its language, a BCP-47 tag.
        rate: The film's frames/s.
        frames: How many frames it has.
        shots: The frames at which its shots begin, sorted.

    Returns:
        The subtitles, one after the other. What is said after the film's end has none.
    """
    rules = rules_for(language)
    made = [title for cue in cues for title in titles(_cleaned(cue), rules)]
    texts = _paired(sorted(made, key=lambda title: title.start_s), rules)
    spoken = [Spoken(t.start_s, t.end_s, _read_s(t, rules)) for t in texts]
    shown = Timing(rate, frames, shots).shown(spoken)
    return tuple(
        Subtitle(times.first_frame, times.end_frame, text.lines, (*text.flags, *times.flags))
        for text, times in zip(texts, shown, strict=True)
        if times.frames > 0
    )


def _cleaned(cue: Cue) -> Cue:
    words = tuple(replace(word, text=_plain(word.text)) for word in cue.words)
    return replace(cue, text=_plain(cue.text), words=words)


def _plain(text: str) -> str:
    """A text without control characters and marks of direction, which the files set themselves."""
    return "".join(letter if is_plain(letter) else " " for letter in without_setting(text))


def _read_s(title: Title, rules: SubtitleRules) -> float:
    return sum(map(rules.width, title.lines)) / rules.speed_cps


def _paired(texts: Sequence[Title], rules: SubtitleRules) -> list[Title]:
    """Two people who speak at the same time share a subtitle if each has one line."""
    together: list[Title] = []
    for title in texts:
        if together and (both := _both(together[-1], title, rules)):
            together[-1] = both
        else:
            together.append(title)
    return together


def _both(first: Title, second: Title, rules: SubtitleRules) -> Title | None:
    """The subtitle of two speakers; None where they do not speak at once, or have no room."""
    end_s = max(first.end_s, second.end_s)
    if (
        first.speaker == second.speaker
        or second.start_s >= first.end_s
        or len(first.lines) + len(second.lines) > rules.lines
        or end_s - first.start_s > LONGEST_S
    ):
        return None
    lines = tuple(DASH + line for line in (*first.lines, *second.lines))
    if any(rules.width(line) > rules.characters for line in lines):
        return None
    return Title("", lines, first.start_s, end_s, (*first.flags, *second.flags))


def write_tracks(tracks: Sequence[SubtitleTrack], path: Path, notes: Sequence[Any] = ()) -> None:
    """Write subtitles.json, whole or not at all.

    Args:
        tracks: The subtitles of a film.
        path: The file to write.
        notes: `core.notes.Note.row` of what a user should know.
    """
    rows = [{**asdict(track), "flags": track.flags} for track in tracks]
    write_json(path, {"version": 1, "tracks": rows, "notes": list(notes)})


def read_tracks(path: Path) -> list[SubtitleTrack]:
    """Read what `write_tracks` wrote.

    Args:
        path: A subtitles.json.

    Returns:
        The subtitles of a film.

    Raises:
        Fault: The file is broken.
    """
    try:
        return [_track(row) for row in read_json(path)["tracks"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Fault(f"{path}: cannot be read ({error}); delete it and run again") from None


def _track(row: dict[str, Any]) -> SubtitleTrack:
    subtitles = tuple(
        Subtitle(
            int(one["first_frame"]), int(one["end_frame"]), tuple(one["lines"]), tuple(one["flags"])
        )
        for one in row["subtitles"]
    )
    if any(a.end_frame > b.first_frame for a, b in pairwise(subtitles)):
        raise ValueError("subtitles overlap")
    return SubtitleTrack(str(row["name"]), str(row["language"]), subtitles)
