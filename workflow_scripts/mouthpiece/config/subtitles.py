"""Section `subtitles`."""

from .section import Section


class Subtitles(Section):
    """Subtitles from script or transcript."""
