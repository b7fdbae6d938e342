"""Subtitles that were made, as tracks of a film."""

from fractions import Fraction
from pathlib import Path

from ..core.languages import alpha3
from ..media.ass import HEADER, markup
from ..media.packing import MADE, MadeTexts, TextTrack
from ..media.subtitles import Subtitles, Text
from ..media.tracks import Track
from .subtitle_rules import rules_for
from .subtitles import SubtitleTrack, read_tracks

SHOWN = ("target", "source")
"""What the tracks of a film are called in the config, in their order."""


def soft_tracks(file: Path | None, shown: str, rate: Fraction, length_s: Fraction) -> MadeTexts:
    """Read the subtitles of a film as tracks.

    Args:
        file: Its subtitles.json; None: it has none.
        shown: The track that players show unasked, one of `SHOWN`, or `off`.
        rate: The film's frames/s.
        length_s: Its length, in seconds.

    Returns:
        The tracks that have a subtitle.

    Raises:
        Fault: The file is broken.
    """
    tracks = read_tracks(file) if file else []
    dubbed, spoken = (
        [_made(track, name == shown, rate, length_s) for track in found if track.subtitles]
        for name, found in zip(SHOWN, (tracks[:1], tracks[1:]), strict=True)
    )
    return MadeTexts(dubbed, spoken)


def _made(track: SubtitleTrack, is_default: bool, rate: Fraction, length_s: Fraction) -> TextTrack:
    return _track(track, is_default), _texts(track, rate, length_s)


def _track(track: SubtitleTrack, is_default: bool) -> Track:
    tag = track.language
    return Track(
        index=MADE,
        kind="subtitles",
        codec="mov_text",
        language=alpha3(tag),
        title=tag if "-" in tag else "",  # MP4 has three letters for a language
        default=is_default,
        forced=False,
        is_text=True,
    )


def _texts(track: SubtitleTrack, rate: Fraction, length_s: Fraction) -> Subtitles:
    rules = rules_for(track.language)
    texts = [
        Text(
            one.first_frame / rate,
            min(one.end_frame / rate, length_s),
            markup([rules.marked(line) for line in one.lines]),
        )
        for one in track.subtitles
        if one.first_frame / rate < length_s
    ]
    return Subtitles(HEADER, tuple(texts), is_cut=len(texts) < len(track.subtitles))
