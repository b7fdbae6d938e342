"""What the tab *Film* plays: the film as it is delivered, its source's sound, its subtitles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.files import link_or_copy, read_json
from ..core.plain_table import damage_is_fault
from .film_files import FILM, SOURCE
from .film_media import put_film


@dataclass(frozen=True)
class FilmView:
    """The film beside the page.

    Attributes:
        file: Its address; empty: it is not there.
        source_sound: The address of the source's sound.
        subtitles: Track -> its subtitles: first frame, the frame after the last, and the text.
    """

    file: str = ""
    source_sound: str = ""
    subtitles: Mapping[str, Sequence[tuple[int, int, str]]] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The same as JSON values, for the page's script."""
        return {
            "file": self.file,
            "source_sound": self.source_sound,
            "subtitles": {name: list(rows) for name, rows in (self.subtitles or {}).items()},
        }


def make_film_view(film: Path, source_clips: Path, facts: Path | None, folder: Path) -> FilmView:
    """Put what the tab plays beside the page.

    Args:
        film: The delivered film.
        source_clips: What all pages of the video share; see module `source_clips`.
        facts: subtitles.json of the film; None: it has no subtitles.
        folder: The folder of the page.

    Returns:
        What the page plays.

    Raises:
        Fault: A file is damaged.
    """
    put_film(film, folder / FILM)
    link_or_copy(source_clips / SOURCE, folder / SOURCE)
    return FilmView(FILM, SOURCE, _subtitles(facts) if facts else {})


def _subtitles(facts: Path) -> dict[str, list[tuple[int, int, str]]]:
    with damage_is_fault(facts):
        return {
            track["name"]: [
                (row["first_frame"], row["end_frame"], "\n".join(row["lines"]))
                for row in track["subtitles"]
            ]
            for track in read_json(facts)["tracks"]
        }
