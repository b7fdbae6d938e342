"""The tab *Script* of a film whose dub is made: its lines are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..config.fit import Fit
from ..core.files import read_json
from ..core.plain_table import damage_is_fault
from .film_view import FILM, SOURCE
from .script_lines import ScriptFiles, read_lines
from .script_view import OfferedVoice, ScriptTab


@dataclass(frozen=True)
class ScriptRequest:
    """What the tab is made from.

    Attributes:
        files: The files of the lines.
        transcript: transcript.json.
        speakers: speakers.json; None: it is not known where they are seen.
        language: The language of the dub, a BCP-47 tag.
        voices: The voices that may be chosen.
        fit: How lines are fitted to the time that they have.
        edits: The rows of edits.tsv on the film, by line.
    """

    files: ScriptFiles
    transcript: Path
    language: str
    voices: Sequence[OfferedVoice]
    fit: Fit
    edits: Mapping[str, Mapping[str, str]]
    speakers: Path | None = None


def make_script_tab(request: ScriptRequest, rate: Fraction) -> ScriptTab:
    """Read a film's lines. What the tab plays is that of the tab *Film*.

    Args:
        request: What it is made from.
        rate: Frames per second of the film.

    Returns:
        What the page shows.

    Raises:
        Fault: A file is damaged.
    """
    lines = read_lines(request.files, request.edits, float(rate), request.fit.gap_s)
    with damage_is_fault(request.transcript):
        source_language = str(read_json(request.transcript)["language"])
    known = {line.row.line for line in lines}
    return ScriptTab(
        lines=lines,
        voices=request.voices,
        source_language=source_language,
        target_language=request.language,
        film=FILM,
        source_sound=SOURCE,
        fastest=round(request.fit.fastest / request.fit.most_squeezed, 3),
        strays={line: edit for line, edit in request.edits.items() if line not in known},
        speakers=_speakers(request.speakers),
    )


def _speakers(file: Path | None) -> dict[str, str]:
    """What is known of each speaker, in words, by id."""
    if file is None:
        return {}
    with damage_is_fault(file):
        rows = read_json(file)["speakers"]
        return {str(row["speaker"]): _speaker_words(row) for row in rows}


def _speaker_words(row: Mapping[str, Any]) -> str:
    known = [str(row["name"]), f"speaks for {row['speech_s']:.0f} s"]
    if row["pitch_hz"]:
        known.append(f"voice at {row['pitch_hz']:.0f} Hz")
    if row["cuts"]:
        known.append(f"seen to speak in {', '.join(row['cuts'])}")
    return f"{row['speaker']}: {', '.join(filter(None, known))}"
