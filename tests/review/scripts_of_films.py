"""The files of a film whose dub is made, as the tests of the tab *Script* need them."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from mouthpiece.core.files import write_json
from mouthpiece.core.plain_table import write_plain
from mouthpiece.review.script_lines import ScriptFiles
from mouthpiece.text.script import ScriptLine, write_script
from mouthpiece.text.translation import FilmTranslation, TranslatedLine, write_translation

RATE_HZ = 48000
JUDGED = ("line", "verdict", "reasons", "severity", "cer")


def script_line(first: int, frames: int, source: str, target: str, **changed) -> ScriptLine:
    """A line of a script."""
    line = f"{first:06d}-{first + frames - 1:06d}"
    values = {"speaker": "S1", "translator": "bergamot"} | changed
    return ScriptLine(line, values.pop("speaker"), first, first + frames, source, target, **values)


def write_script_files(
    folder: Path,
    lines: Sequence[ScriptLine],
    judged: dict[str, tuple[str, str, str]],
    rate: Fraction = Fraction(25),
    bases: dict[str, str] | None = None,
) -> ScriptFiles:
    """Write all files of a film's lines. Each line has a take that fills its slot.

    Args:
        folder: Where they go.
        lines: The lines.
        judged: Line -> verdict, reasons, severity; the others pass.
        rate: Frames per second.
        bases: Line -> its translation, where an edit has another text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = ScriptFiles(
        folder / "script.tsv",
        folder / "translation.json",
        folder / "takes.json",
        folder / "lines.tsv",
    )
    write_script(lines, files.script)
    ordered = sorted(lines, key=lambda line: line.line)
    translated = tuple(
        TranslatedLine(
            "", line.speaker, 0, 0, line.source, (bases or {}).get(line.line, line.target)
        )
        for line in ordered
    )
    write_translation(FilmTranslation("en", "pt-BR", "bergamot", translated), files.translation)
    write_json(
        files.takes,
        {
            "version": 1,
            "sample_rate_hz": RATE_HZ,
            "takes": [_take(line, rate) for line in lines if line.target],
            "notes": [],
        },
    )
    rows = [(line.line, *judged.get(line.line, ("pass", "", "")), "0.02") for line in lines]
    write_plain(JUDGED, rows, files.lines)
    write_json(folder / "transcript.json", {"version": 1, "language": "en"})
    return files


def _take(line: ScriptLine, rate: Fraction) -> dict:
    start, end = (int(f / rate * RATE_HZ) for f in (line.start_frame, line.end_frame))
    return {
        "line": line.line,
        "speaker": line.speaker,
        "voice": "kokoro:pf_dora",
        "synthesizer": "kokoro",
        "take": "0123456789abcdef",
        "file": "takes/0123456789abcdef.flac",
        "start_sample": start,
        "samples": end - start,
        "slot_samples": end - start,
        "rate": 1.0,
        "stretch": 1.0,
        "overrun_s": 0.0,
        "borrowed_pause_s": 0.0,
        "flags": [],
        "cost_usd": 0.0,
    }
