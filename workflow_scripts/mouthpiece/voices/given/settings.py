"""The settings of the recordings of single lines."""

from pathlib import Path

from ...core.user_files import user_path
from ..settings import SynthesizerSettings

SUFFIXES = (".wav", ".flac")

NAME = "given"
"""What stands for a synthesizer and a voice where a line is a recording."""


class GivenSettings(SynthesizerSettings):
    """Your own recordings of single lines. Lines without one are spoken by a synthesizer."""

    folder: str = ""
    """A folder with `VIDEO/LANGUAGE/LINE.wav` (or .flac), where LANGUAGE is the dub's id and LINE
    the line's id in script.tsv. Empty: there are none."""

    def recordings(self, video: str, language: str) -> dict[str, Path]:
        """Find the recordings of a film's lines.

        Args:
            video: The video's id.
            language: The dub's key.

        Returns:
            The files, by line. Their suffixes may have capitals.
        """
        folder = user_path(self.folder) / video / language
        if not (self.folder and folder.is_dir()):
            return {}
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
        return {path.stem: path for path in found if path.is_file()}
