"""TTML and IMSC timed text (W3C). Times are read by `ttconv`."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from .raw_cue import BadCue, RawCue

SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def ttml_cues(text: str) -> list[RawCue]:
    """Read TTML.

    Args:
        text: The file.

    Returns:
        Its paragraphs as cues. Spans with times of their own are taken with their paragraph.

    Raises:
        BadCue: It is no TTML, or a paragraph has no times.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadCue("has a DOCTYPE, which timed text must not have; remove it")
    try:
        root = ElementTree.fromstring(text.encode())
    except ElementTree.ParseError as error:
        raise BadCue(f"line {error.position[0]}: is no XML ({error}); export it again") from None
    if _name(root) != "tt":
        raise BadCue(f"is no timed text: its root is <{_name(root)[:40]}>, not <tt>")
    clock = _clock(root)
    return [
        _cue(number, paragraph, span)
        for number, (paragraph, span) in enumerate(_paragraphs(root, (Fraction(0), None), clock), 1)
    ]


Span = tuple[Fraction, Fraction | None]
"""When an element begins and ends, in seconds; without an end where none is stated."""


def _clock(root: ElementTree.Element) -> Any:
    """How the file counts frames and ticks."""
    from ttconv.imsc import attributes

    try:
        frame_rate = attributes.FrameRateAttribute.extract(root)
        tick_rate = attributes.TickRateAttribute.extract(root)
    except (ValueError, ZeroDivisionError):
        raise BadCue("its ttp:frameRate or ttp:tickRate is no number; correct it") from None
    return attributes.TemporalAttributeParsingContext(frame_rate, tick_rate)


def _paragraphs(
    element: ElementTree.Element, span: Span, clock: Any
) -> Iterator[tuple[ElementTree.Element, Span]]:
    """The paragraphs in an element, with their times."""
    for child in element:
        inner = _span(child, span, clock)
        if _name(child) == "p":
            yield child, inner
        elif _name(child) in ("body", "div"):
            yield from _paragraphs(child, inner, clock)


def _span(element: ElementTree.Element, outer: Span, clock: Any) -> Span:
    """When an element begins and ends: its times count from when the outer one begins."""
    begin = _time(element, "begin", clock)
    end, duration = _time(element, "end", clock), _time(element, "dur", clock)
    start = outer[0] + (begin or 0)
    ends = [outer[1]] if outer[1] is not None else []
    if end is not None:
        ends.append(outer[0] + end)
    if duration is not None:
        ends.append(start + duration)
    return start, min(ends, default=None)


def _time(element: ElementTree.Element, key: str, clock: Any) -> Fraction | None:
    from ttconv.imsc.attributes import parse_time_expression

    stated = element.get(key)
    if stated is None:
        return None
    try:
        return Fraction(parse_time_expression(clock, stated, strict=False))
    except (ValueError, TypeError, ZeroDivisionError):
        said = " ".join("".join(element.itertext()).split())[:40]
        raise BadCue(f"{key}={stated[:40]!r} of <{_name(element)}> ({said!r}) is no time") from None


def _cue(number: int, paragraph: ElementTree.Element, span: Span) -> RawCue:
    start, end = span
    text = _text(paragraph, paragraph.get(SPACE) == "preserve").strip()
    if end is None:
        raise BadCue(f"cue {number} ({text[:40]!r}) has no end; give it `end` or `dur`")
    return RawCue(number, 0, float(start), float(end), text)


def _text(element: ElementTree.Element, preserve: bool) -> str:
    """What is said in an element, with line feeds for its line breaks."""
    parts = [_spaced(element.text, preserve)]
    for child in element:
        parts.append("\n" if _name(child) == "br" else "")
        if _name(child) == "span":
            parts.append(_text(child, preserve))
        parts.append(_spaced(child.tail, preserve))
    return "".join(parts)


def _spaced(text: str | None, preserve: bool) -> str:
    if not text or preserve:
        return text or ""
    left, right = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' * left}{' '.join(text.split())}{' ' * right}" if text.strip() else " "


def _name(element: ElementTree.Element) -> str:
    """The name of an element, without its namespace."""
    return str(element.tag).rpartition("}")[2]
