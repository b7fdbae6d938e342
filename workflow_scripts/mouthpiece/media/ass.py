"""The markup of ASS, in which libav takes subtitles that it encodes."""

from collections.abc import Sequence

STYLE = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold,"
    " Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow,"
    " Alignment, MarginL, MarginR, MarginV, Encoding",
    "Default,sans-serif,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1",
)
"""The names of a style's values, and the values of the one style."""

HEADER = "\r\n".join(
    (
        "[Script Info]",
        "ScriptType: v4.00+",
        "PlayResX: 384",
        "PlayResY: 288",
        "[V4+ Styles]",
        f"Format: {STYLE[0]}",
        f"Style: {STYLE[1]}",
        "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
        "",
    )
).encode()
"""A header with one style: white, below, in the middle."""

WORD_JOINER = "\u2060"
"""Stands after a backslash of a text, which would be markup with the letter that follows."""


def markup(lines: Sequence[str]) -> bytes:
    """Write plain lines as the text of an event.

    Args:
        lines: The lines, without line breaks.

    Returns:
        The text of the event, in UTF-8.
    """
    return "\\N".join(line.replace("\\", "\\" + WORD_JOINER) for line in lines).encode()
