"""What the tab *Script* of a review page shows, as JSON values for its template and its script."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from statistics import median
from typing import Any

from ..project.decision_table import STAMP
from .script_lines import FilmLine
from .script_wordings import SEVERITIES, VERDICTS, explained, in_brief
from .timecode import timecode

EDITED = ("target", "voice", "shift_frames", "status", "note")
"""What a reviewer may set on a line."""

SHOWN = ("line", "verdict", "severity", "reasons")
"""Columns of lines.tsv that the tab shows in words."""

USUAL_PACE_S = 1 / 15
"""Seconds a character of speech, where no take of the film tells."""


@dataclass(frozen=True)
class OfferedVoice:
    """A voice that a reviewer may choose.

    Attributes:
        voice: `synthesizer:name`.
        sex: `f` or `m`; empty: not known.
        is_guest: Whether the language is not its own.
    """

    voice: str
    sex: str = ""
    is_guest: bool = False


@dataclass(frozen=True)
class ScriptTab:
    """What a film's tab is made of.

    Attributes:
        lines: The lines.
        voices: The voices that may be chosen.
        source_language: The language of the source, a BCP-47 tag; empty: not known.
        target_language: The language of the dub.
        film: The film's address beside the page; empty: it cannot be shown.
        source_sound: The address of the source's sound.
        fastest: How much faster than a voice's own rate a line is spoken at most.
        strays: Rows of edits.tsv on lines that the film does not have, by line.
        speakers: What is known of each speaker of the source, by id.
    """

    lines: Sequence[FilmLine]
    voices: Sequence[OfferedVoice] = ()
    source_language: str = ""
    target_language: str = ""
    film: str = ""
    source_sound: str = ""
    fastest: float = 1.0
    strays: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    speakers: Mapping[str, str] = field(default_factory=dict)


def script_view(tab: ScriptTab, rate: Fraction) -> dict[str, Any]:
    """Collect what the tab shows.

    Args:
        tab: What it is made of.
        rate: Frames per second of the film.

    Returns:
        `summary` for the template, and `data` for the script.
    """
    lines = [line_view(line, rate) for line in tab.lines]
    for line in lines:
        line["known"] = {"speaker": tab.speakers.get(line["speaker"], ""), **line["known"]}
    return {
        "summary": line_summary(tab.lines),
        "strays": [_stray(line, edit) for line, edit in tab.strays.items()],
        "data": {
            "lines": lines,
            "verdicts": VERDICTS,
            "severities": SEVERITIES,
            "voices": [asdict(voice) for voice in tab.voices],
            "source_language": tab.source_language,
            "target_language": tab.target_language,
            "film": tab.film,
            "source_sound": tab.source_sound,
            "pace_s": _pace_s(tab.lines),
            "fastest": tab.fastest,
            "strays": [{"line": line, **edit} for line, edit in tab.strays.items()],
        },
    }


def line_view(line: FilmLine, rate: Fraction) -> dict[str, Any]:
    """Collect what the tab shows of a line.

    Args:
        line: The line.
        rate: Frames per second.

    Returns:
        JSON values by name. Times are in seconds from picture 0.
    """
    row, take = line.row, line.take
    first, last = map(int, row.line.split("-"))
    is_spoken = take is not None and take.end_s > take.start_s
    in_force = {} if line.is_stale else line.edit
    edit = {name: in_force.get(name, "") for name in (*EDITED, *STAMP)}
    return {
        "line": row.line,
        "speaker": row.speaker,
        "start_frame": row.start_frame,
        "frames": row.end_frame - row.start_frame,
        "start": timecode(row.start_frame, rate),
        "heard_s": [_s(first, rate), _s(last + 1, rate)],
        "slot_s": _s(row.end_frame - row.start_frame, rate),
        "pause_s": round(line.pause_s, 3),
        "source": row.source,
        "target": row.target,
        "base": line.base if edit["target"] else row.target or line.base,
        "edit": edit,
        "stale": {name: line.edit.get(name, "") for name in ("source", *EDITED, *STAMP)}
        if line.is_stale
        else None,
        "voice": take.take.voice if take else "",
        "take_s": [round(take.start_s, 3), round(take.end_s, 3)] if take and is_spoken else None,
        "speed": round(take.speed, 3) if take else None,
        "verdict": line.verdict if line.verdict in VERDICTS else "unjudged",
        "severity": line.severity,
        "doubts": len(line.codes),
        "sentences": _sentences(line),
        "brief": ", ".join(in_brief(code) for code in line.codes),
        "known": {
            **{name: value for name, value in line.judged.items() if name not in SHOWN},
            "flags": row.flags,
            "translator": row.translator,
        },
    }


def _sentences(line: FilmLine) -> list[str]:
    """Why a line is in doubt, and what was heard where that is why."""
    sentences = [explained(code) for code in line.codes]
    is_misheard = any(code.startswith("heard_") for code in line.codes)
    if is_misheard and (heard := line.judged.get("heard")):
        sentences.append(f"Heard: “{heard}”")
    return sentences


def line_summary(lines: Sequence[FilmLine]) -> dict[str, Any]:
    """Count lines.

    Args:
        lines: The lines of a film.

    Returns:
        `lines`, `to_review`, and how many have each verdict and each severity.
    """
    verdicts, severities = (
        Counter(getattr(line, name) for line in lines) for name in ("verdict", "severity")
    )
    return {
        "lines": len(lines),
        "to_review": sum(line.is_to_review for line in lines),
        "verdicts": {name: verdicts[name] for name in VERDICTS},
        "severities": {name: severities[name] for name in SEVERITIES if severities[name]},
    }


def _pace_s(lines: Sequence[FilmLine]) -> float:
    """How long the film's voices take for a character at their own rate: the median."""
    paces = [
        (line.take.end_s - line.take.start_s) * line.take.speed / len(line.row.target)
        for line in lines
        if line.take and line.row.target and line.take.end_s > line.take.start_s
    ]
    return round(median(paces), 4) if paces else USUAL_PACE_S


def _stray(line: str, edit: Mapping[str, str]) -> str:
    """What is said of an edit of a line that the film does not have."""
    said = edit.get("target") or edit.get("note") or edit.get("voice") or edit.get("status", "")
    return f"edits.tsv, line {line}: the script has no such line. It said: “{said}”."


def _s(frames: int, rate: Fraction) -> float:
    return round(float(frames / rate), 3)
