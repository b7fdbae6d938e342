"""Stage `script`: the lines of a dub as a table, with what reviewers changed.

The id of a line is its first and its last frame in the source, so it stays when the line is edited
or moved.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from ..core.files import read_json
from ..text.script import STALE, ScriptLine, most_frames, write_script
from ..text.translation import KEPT, FilmTranslation, TranslatedLine, read_translation
from ..translation.checks import FLAGS, flags_of, is_spoken, room_for

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ScriptSettings:
    """What a script depends on beside the translation.

    Attributes:
        edits: `Edit.values` by line.
        glossary: The terms that are always translated in the same way.
        syllables_per_s: How fast a voice may speak.
        loops: Whether the video is looped for as long as the script is.
    """

    edits: Mapping[str, Mapping[str, str]]
    glossary: Mapping[str, str]
    syllables_per_s: float
    loops: bool = False


def script(translation: Path, facts: Path, settings: ScriptSettings, table: Path) -> None:
    """Write a film's script.

    Args:
        translation: Its translation.json.
        facts: The source.json of the video.
        settings: What else the script depends on.
        table: The script.tsv to write.

    Raises:
        Fault: A file is broken.
    """
    source = read_json(facts)
    rate = Fraction(source["rate"])
    frames = most_frames(int(source["frames"]), rate, settings.loops)
    found = read_translation(translation)
    lines = [
        _edited(line, settings.edits[line.line], found, rate, frames, settings)
        if line.line in settings.edits
        else line
        for line in drafted(found.lines, rate, frames)
    ]
    write_script(sorted(lines, key=lambda line: (line.start_frame, line.line)), table)
    edited = sum(line.status != "draft" for line in lines)
    log.info("%d lines, %d of them edited or approved", len(lines), edited)


def drafted(lines: Sequence[TranslatedLine], rate: Fraction, frames: int) -> list[ScriptLine]:
    """Put lines on frames.

    Args:
        lines: The lines of a translation.
        rate: The frames a second of the film.
        frames: How many frames the film has.

    Returns:
        The rows of a script, each at least a frame long and within the film.
    """
    rows: list[ScriptLine] = []
    ids: set[str] = set()
    for line in lines:
        start = min(max(0, round(Fraction(line.start_s) * rate)), frames - 1)
        end = min(max(start + 1, round(Fraction(line.end_s) * rate)), frames)
        name = _free(start, end, ids)
        ids.add(name)
        rows.append(
            ScriptLine(
                line=name,
                speaker=line.speaker,
                start_frame=start,
                end_frame=end,
                source=line.source,
                target=line.target,
                translator=line.translator,
                flags=";".join(line.flags),
            )
        )
    return rows


def _free(start: int, end: int, taken: set[str]) -> str:
    """The id of a slot; where another line has the same slot, of one that ends a frame later."""
    last = end - 1
    while (name := f"{start:06d}-{last:06d}") in taken:
        last += 1
    return name


def _edited(
    line: ScriptLine,
    edit: Mapping[str, str],
    film: FilmTranslation,
    rate: Fraction,
    frames: int,
    settings: ScriptSettings,
) -> ScriptLine:
    """A line with what a reviewer wants of it."""
    if edit.get("source") and _words(edit["source"]) != _words(line.source):
        return replace(line, flags=";".join([*filter(None, [line.flags]), STALE]))
    shift = int(edit.get("shift_frames") or 0)
    length = line.end_frame - line.start_frame
    start = min(max(0, line.start_frame + shift), frames - 1)
    target = edit.get("target", "")
    changed = bool(target or edit.get("voice") or shift)
    moved = replace(
        line,
        start_frame=start,
        end_frame=min(start + length, frames),
        voice=edit.get("voice", ""),
        status=edit.get("status") or ("edited" if changed else line.status),
        note=edit.get("note", ""),
    )
    if not target:
        return moved
    spoken = target if is_spoken(target) else ""
    return replace(moved, target=spoken, flags=_flags(moved, spoken, film, rate, settings))


def _flags(
    line: ScriptLine, target: str, film: FilmTranslation, rate: Fraction, settings: ScriptSettings
) -> str:
    """The flags of a line whose target is edited: those of its text are found once more."""
    kept = [one for one in line.flags.split(";") if one and one.partition("=")[0] not in FLAGS]
    if not target:  # nothing is spoken on purpose
        return ";".join(kept)
    seconds = float((line.end_frame - line.start_frame) / rate)
    own = flags_of(
        line.source,
        target,
        languages=(film.target if line.translator == KEPT else film.source, film.target),
        room=room_for(seconds, settings.syllables_per_s),
        glossary=settings.glossary,
    )
    return ";".join([*kept, *own])


def _words(text: str) -> list[str]:
    return text.split()
