"""Subtitles of a source on the clock of its film, as MP4 holds them: text, one after the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, zip_longest
from pathlib import Path

import av
from av.stream import Discard
from av.subtitles.codeccontext import SubtitleCodecContext
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle, SubtitleSet

from .open import open_media

TICK_S = Fraction(1, 1000)
"""The resolution of subtitles in a film."""

TEXT_BYTES = 4000
"""How much of a text is kept, with its markup. What is longer is no subtitle."""

SHOWN_TEXTS = 8
"""How many texts are shown at once at most, the latest ones."""

UNTIMED_S = Fraction(5)
"""How long a text is shown at most where the file does not say."""


@dataclass(frozen=True)
class Text:
    """What is shown for a while.

    Attributes:
        start_s: When it appears, in seconds of the film.
        end_s: When it disappears.
        markup: The text with the markup of ASS.
    """

    start_s: Fraction
    end_s: Fraction
    markup: bytes


@dataclass(frozen=True)
class Subtitles:
    """The texts of a subtitle track.

    Attributes:
        header: The header of an ASS file, which names the styles.
        texts: The texts, one after the other.
        is_cut: Whether some were left out or shortened, because the film ends before them.
        damaged: How many cannot be decoded, and are left out.
    """

    header: bytes
    texts: tuple[Text, ...]
    is_cut: bool
    damaged: int = 0


def read_subtitles(source: Path, index: int, zero_s: Fraction, length_s: Fraction) -> Subtitles:
    """Read a subtitle track.

    Args:
        source: The file.
        index: The index of its stream in the file. Its subtitles are text.
        zero_s: The time of the film's start on the container's clock, in seconds.
        length_s: The film's length, in seconds.

    Returns:
        The texts that the film's length has.

    Raises:
        av.FFmpegError: The file cannot be read.
    """
    with open_media(source) as container:
        stream = container.streams[index]
        context = stream.codec_context
        assert isinstance(context, SubtitleCodecContext)
        for other in container.streams:
            if other is not stream:
                other.discard = Discard.all
        found: list[Text] = []
        damaged = 0
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                try:
                    found += _decoded(packet, context, zero_s)
                except (av.FFmpegError, ValueError):  # no UTF-8, for one
                    damaged += 1
        header = context.subtitle_header or b""
    ends = _timed(sorted(found, key=lambda text: text.start_s))
    shown = [
        replace(text, start_s=max(text.start_s, Fraction(0)), end_s=min(text.end_s, length_s))
        for text in ends
        if text.end_s > 0 and text.start_s < length_s
    ]
    is_cut = any(text.end_s > length_s + TICK_S for text in ends)
    return Subtitles(header, tuple(_one_after_the_other(shown)), is_cut, damaged)


def _decoded(packet: av.Packet, context: SubtitleCodecContext, zero_s: Fraction) -> Iterator[Text]:
    """The text of a packet, on the film's clock; its end is its start if it is unknown."""
    decoded = context.decode2(packet)
    rects = [rect for rect in decoded or () if isinstance(rect, AssSubtitle)]
    markup = b"\\N".join(rect.dialogue.strip() for rect in rects)[:TEXT_BYTES]
    markup = markup.decode(errors="ignore").encode()  # a letter that is cut off
    if markup:
        start_s = (packet.pts or 0) * packet.time_base - zero_s
        yield Text(start_s, start_s + (packet.duration or 0) * packet.time_base, markup)


def _timed(texts: Sequence[Text]) -> list[Text]:
    """Texts without an end get one: the next text, or `UNTIMED_S`."""
    timed = []
    for text, following in zip_longest(texts, texts[1:]):
        latest_s = text.start_s + UNTIMED_S
        end_s = min(following.start_s, latest_s) if following else latest_s
        timed.append(text if text.end_s > text.start_s else replace(text, end_s=end_s))
    return timed


def _one_after_the_other(texts: Iterable[Text]) -> Iterator[Text]:
    """Texts that are shown at the same time become one, since MP4 shows one at a time."""
    waiting = sorted(texts, key=lambda text: text.start_s, reverse=True)
    times = sorted({_rounded(t) for text in waiting for t in (text.start_s, text.end_s)})
    active: list[Text] = []
    for start_s, end_s in pairwise(times):
        active = [text for text in active if _rounded(text.end_s) > start_s]
        while waiting and _rounded(waiting[-1].start_s) <= start_s:
            active.append(waiting.pop())
        active = active[-SHOWN_TEXTS:]
        if active:
            yield Text(start_s, end_s, b"\\N".join(text.markup for text in active))


def _rounded(time_s: Fraction) -> Fraction:
    return round(time_s / TICK_S) * TICK_S


def packets(subtitles: Subtitles, stream: SubtitleStream) -> Iterator[av.Packet]:
    """Encode subtitles.

    Args:
        subtitles: The subtitles.
        stream: A stream `mov_text` of the file to write; its header is not written yet.

    Yields:
        Its packets.
    """
    stream.time_base = stream.codec_context.time_base = TICK_S
    stream.codec_context.subtitle_header = subtitles.header
    for text in subtitles.texts:
        start, length = (int(t / TICK_S) for t in (text.start_s, text.end_s - text.start_s))
        event = SubtitleSet.create(b"0,0,Default,,0,0,0,," + text.markup, 0, length, start)
        packet = stream.codec_context.encode_subtitle(event)
        packet.stream, packet.time_base = stream, TICK_S
        packet.pts = packet.dts = start
        packet.duration = length
        yield packet
