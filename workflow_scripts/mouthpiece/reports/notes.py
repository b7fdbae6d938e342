"""The notes of a film: what a user should know of its source, its dub and the film itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import Fault
from ..core.files import read_json
from ..core.notes import Note
from ..review.unmatched import FilmName
from .note_wordings import sentences

TITLES = {
    "source.json": "Source",
    "sync.json": "Source",
    "separation.json": "Sound",
    "transcript.json": "Speech",
    "translation.json": "Script",
    "dub.json": "Dub",
    "mix.json": "Sound",
    "lines.json": "Lines",
    "hevc.mp4.json": "HEVC",
    "prores.mov.json": "ProRes",
    "dnxhr.mov.json": "DNxHR",
    "dnxhr.mxf.json": "DNxHR",
    "stems.json": "Stems",
    "multilingual.json": "Multilingual",
    "film.json": "Film",
    "subtitles.json": "Film",
    "package.json": "Film",
}
"""The files of facts that hold notes, by name, and what each is about."""

SHARED = ("source.json", "sync.json", "separation.json", "transcript.json", "multilingual.json")
"""Those of them that all films of a video share."""


@dataclass(frozen=True)
class Noted:
    """What is to be said of one file.

    Attributes:
        about: Which file: Source, Dub or Film.
        sentences: What is said, in the order of the notes.
    """

    about: str
    sentences: tuple[str, ...]


def note_files(results: Path, film: FilmName) -> list[Path]:
    """Find the files that hold the notes of a film.

    Args:
        results: The results folder.
        film: Video and key of the dub.

    Returns:
        Their paths; they may not exist.
    """
    video, language = film
    folders = dict.fromkeys(SHARED, "_shared")
    files = [results / video / folders.get(name, language) / name for name in TITLES]
    is_mixed = (results / video / language / "mix.json").exists()
    return [file for file in files if is_mixed or file.name != "separation.json"]


def read_notes(files: Iterable[Path]) -> list[Noted]:
    """Read notes.

    Args:
        files: Files of facts, each of a name in `TITLES`; those that do not exist say nothing.

    Returns:
        What is said of each file that something is said of. What several files would say alike is
        said of the last of them.
    """
    said: dict[str, list[str]] = {}
    for file in files:
        said.setdefault(TITLES[file.name], []).extend(_sentences(file))
    last = {line: about for about, lines in said.items() for line in lines}
    told = {about: [one for one in lines if last[one] == about] for about, lines in said.items()}
    return [Noted(about, tuple(lines)) for about, lines in told.items() if lines]


def _sentences(file: Path) -> list[str]:
    """What one file says; that it is damaged, where it is: that must not hide the other films."""
    if not file.is_file():
        return []
    try:
        rows = read_json(file).get("notes", ())
    except Fault as error:
        return [f"{error}."]
    return list(sentences(map(Note.of, rows)))
