"""The delivered files of a film: the MP4 that all films have, and others."""

from pathlib import Path

from ..review.unmatched import FilmName

FOLDERS = ("subtitles", "stems")
"""The folders of a film that hold delivered files."""

NAMES = ("hevc.mp4", "prores.mov", "dnxhr.mov", "dnxhr.mxf")
"""How the names of its further files end, after its video and its dub."""


def film_file(results: Path, film: FilmName) -> Path:
    """Find where a film is delivered.

    Args:
        results: The results folder.
        film: Video and key of the dub.

    Returns:
        The path of the film.
    """
    video, language = film
    return results / video / language / f"{video}.{language}.mp4"


def further_files(results: Path, film: FilmName) -> dict[str, Path]:
    """Find the delivered files of a film, beside its MP4.

    Args:
        results: The results folder.
        film: Video and key of the dub.

    Returns:
        The files and folders that exist, by what they are called: the profile, or `subtitles`.
    """
    video, language = film
    folder = results / video / language
    files = {name: folder / f"{video}.{language}.{name}" for name in NAMES}
    wanted = [
        *((name, folder / name) for name in FOLDERS),
        *((name.partition(".")[0], path) for name, path in files.items()),
        ("multilingual", results / video / f"{video}.multilingual.mp4"),
    ]
    return {name: path for name, path in wanted if path.exists()}
