"""Section `subtitles`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Section


class Subtitles(Section):
    """Subtitles from script or transcript.

    A film has them whose dub is made here, or whose dub is given with a `script` in dubs.tsv.
    """

    mode: Literal["auto", "off"] = "auto"
    """`auto`: for each film of which it is known what is said. `off`: for none."""
    formats: Annotated[tuple[Literal["srt", "vtt", "ttml"], ...], Field(min_length=1)] = (
        "srt",
        "vtt",
        "ttml",
    )
    """The side files: SubRip, WebVTT, TTML (text profile of IMSC 1.1)."""
    source: bool = True
    """Also what is said in the source, in its language, where the dub is made here."""
    soft_tracks: bool = True
    """The delivered film has them as tracks that a viewer can turn on."""
    shown: Literal["off", "target", "source"] = "off"
    """The track that players show unasked. `off`: none, as for other dubbed films."""
