"""Subtitles as files: SubRip, WebVTT, and TTML by the text profile of IMSC 1.1."""

import html
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import ElementTree

from pysubs2 import SSAEvent, SSAFile
from ttconv import model
from ttconv.imsc import writer
from ttconv.imsc.attributes import TimeExpressionSyntaxEnum
from ttconv.imsc.config import ContentProfilesSignaling, IMSCWriterConfiguration
from ttconv.imsc.designators import IMSC_11_TEXT_PROFILE_DESIGNATOR
from ttconv.style_properties import (
    CoordinateType,
    DirectionType,
    DisplayAlignType,
    ExtentType,
    LengthType,
    NamedColors,
    ShowBackgroundType,
    StyleProperties,
    TextAlignType,
    UnicodeBidiType,
)

from .subtitle_rules import rules_for
from .subtitles import Subtitle, SubtitleTrack

WORD_JOINER = "\u2060"
"""Stands after a backslash, which would be markup with the letter that follows."""

MARGIN_PERCENT = 10
"""How far from the edges of the picture the text stays at least, in TTML."""


def start_ms(frame: int, rate: Fraction) -> int:
    """Find the time of a frame for files that count milliseconds.

    Args:
        frame: The frame.
        rate: Frames/s.

    Returns:
        Its time, rounded down: a player shows what begins between two frames on the second.
    """
    return int(frame * 1000 / rate)


def write_srt(track: SubtitleTrack, rate: Fraction, path: Path) -> None:
    """Write SubRip.

    Args:
        track: The subtitles.
        rate: The film's frames/s.
        path: The file to write.
    """
    _write_plain(track, rate, path, "srt", str)


def write_vtt(track: SubtitleTrack, rate: Fraction, path: Path) -> None:
    """Write WebVTT.

    Args:
        track: The subtitles.
        rate: The film's frames/s.
        path: The file to write.
    """
    _write_plain(track, rate, path, "vtt", lambda line: html.escape(line, quote=False))


def write_ttml(track: SubtitleTrack, rate: Fraction, path: Path) -> None:
    """Write TTML whose times are frame numbers.

    Args:
        track: The subtitles.
        rate: The film's frames/s.
        path: The file to write.
    """
    document = model.ContentDocument()
    document.set_lang(track.language)
    document.set_content_profiles({IMSC_11_TEXT_PROFILE_DESIGNATOR})
    document.put_region(region := _region(document))
    body, division = model.Body(document), model.Div(document)
    body.set_region(region)
    document.set_body(body)
    body.push_child(division)
    for subtitle in track.subtitles:
        division.push_child(_paragraph(document, subtitle, track.language, rate))
    config = IMSCWriterConfiguration(
        time_format=TimeExpressionSyntaxEnum.frames,
        fps=rate,
        profile_signaling=ContentProfilesSignaling.CONTENT_PROFILES,
    )
    tree: ElementTree = writer.from_model(document, config)
    tree.write(path, encoding="utf-8", xml_declaration=True)


WRITERS: dict[str, Callable[[SubtitleTrack, Fraction, Path], None]] = {
    "srt": write_srt,
    "vtt": write_vtt,
    "ttml": write_ttml,
}
"""What writes each format."""


def write_files(
    track: SubtitleTrack, rate: Fraction, formats: Sequence[str], folder: Path, video: str
) -> None:
    """Write subtitles in several formats, to `VIDEO.NAME.FORMAT`.

    Args:
        track: The subtitles.
        rate: The film's frames/s.
        formats: Keys of `WRITERS`.
        folder: A folder that exists.
        video: The id of the video.
    """
    for form in formats:
        WRITERS[form](track, rate, folder / f"{video}.{track.name}.{form}")


def _write_plain(
    track: SubtitleTrack, rate: Fraction, path: Path, form: str, escaped: Callable[[str], str]
) -> None:
    file, rules = SSAFile(), rules_for(track.language)
    for subtitle in track.subtitles:
        start, end = (start_ms(n, rate) for n in (subtitle.first_frame, subtitle.end_frame))
        lines = (escaped(rules.marked(line)) for line in subtitle.lines)
        text = "\\N".join(line.replace("\\", "\\" + WORD_JOINER) for line in lines)
        file.append(SSAEvent(start, end, text))
    # What looks like markup in a text is a part of it: nothing here is styled.
    path.write_text(file.to_string(form, keep_ssa_tags=True), encoding="utf-8")


def _percent(value: float) -> LengthType:
    return LengthType(value, LengthType.Units.pct)


def _region(document: model.ContentDocument) -> model.Region:
    """Below, in the middle."""
    region = model.Region("bottom", document)
    inner = 100 - 2 * MARGIN_PERCENT
    region.set_style(
        StyleProperties.Origin,
        CoordinateType(x=_percent(MARGIN_PERCENT), y=_percent(MARGIN_PERCENT)),
    )
    region.set_style(
        StyleProperties.Extent, ExtentType(height=_percent(inner), width=_percent(inner))
    )
    region.set_style(StyleProperties.DisplayAlign, DisplayAlignType.after)
    region.set_style(StyleProperties.TextAlign, TextAlignType.center)
    region.set_style(StyleProperties.Color, NamedColors.white.value)
    region.set_style(StyleProperties.ShowBackground, ShowBackgroundType.whenActive)
    return region


def _paragraph(
    document: model.ContentDocument, subtitle: Subtitle, language: str, rate: Fraction
) -> model.P:
    paragraph = model.P(document)
    paragraph.set_begin(subtitle.first_frame / rate)
    paragraph.set_end(subtitle.end_frame / rate)
    if rules_for(language).is_right_to_left:
        paragraph.set_style(StyleProperties.Direction, DirectionType.rtl)
        paragraph.set_style(StyleProperties.UnicodeBidi, UnicodeBidiType.embed)
    for number, line in enumerate(subtitle.lines):
        if number:
            paragraph.push_child(model.Br(document))
        span = model.Span(document)
        span.push_child(model.Text(document, line))
        paragraph.push_child(span)
    return paragraph
