"""translation.json: the lines of a film in another language, before anybody has edited them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..core.errors import Fault
from ..core.files import read_json, write_json

KEPT = "none"
"""The translator of lines that are in the target language already."""

GIVEN = "given"
"""The translator of lines that the user gave."""


@dataclass(frozen=True)
class TranslatedLine:
    """A line.

    Attributes:
        segment: The segment of the transcript that it is, the first one where it is several; empty:
            only the given script has it.
        speaker: Who speaks.
        start_s: When it begins, in seconds from picture 0.
        end_s: When it ends.
        source: What is said in the source.
        target: What is said in the dub; empty: nothing.
        flags: Doubts, `code` or `code=value`, those of the transcript first.
        translator: Who translated it: a translator's name, `KEPT` or `GIVEN`.
    """

    segment: str
    speaker: str
    start_s: float
    end_s: float
    source: str
    target: str
    flags: tuple[str, ...] = ()
    translator: str = ""


@dataclass(frozen=True)
class FilmTranslation:
    """The lines of a film.

    Attributes:
        source: The language of most of the source, a BCP-47 tag.
        target: The language of the dub.
        translator: Who translated most of it.
        lines: The lines, by when they begin.
        cost_usd: What these translations cost when they were made.
        tokens: The tokens that services counted for them.
        notes: `core.notes.Note.row` of what a user should know.
    """

    source: str
    target: str
    translator: str
    lines: tuple[TranslatedLine, ...]
    cost_usd: float = 0.0
    tokens: int = 0
    notes: Sequence[dict[str, Any]] = field(default_factory=tuple)


def write_translation(translation: FilmTranslation, path: Path) -> None:
    """Write translation.json, whole or not at all.

    Args:
        translation: The translation.
        path: The file to write.
    """
    write_json(path, {"version": 1, **asdict(translation)})


def read_translation(path: Path) -> FilmTranslation:
    """Read what `write_translation` wrote.

    Args:
        path: A translation.json.

    Returns:
        The translation.

    Raises:
        Fault: The file is broken.
    """
    try:
        values = dict(read_json(path))
        del values["version"]
        lines = tuple(
            TranslatedLine(**{**row, "flags": tuple(row["flags"])}) for row in values.pop("lines")
        )
        return FilmTranslation(lines=lines, **values)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Fault(f"{path}: cannot be read ({error}); delete it and run again") from None
