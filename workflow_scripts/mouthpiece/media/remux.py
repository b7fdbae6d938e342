"""A film copied with more tracks: subtitles, chapters, a title, further sound."""

import heapq
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Disposition

from .mp4_flags import hide_tracks
from .open import open_media
from .subtitles import TICK_S, Subtitles, packets
from .tracks import Chapter, Track
from .url import url


@dataclass(frozen=True)
class Additions:
    """What a film gets.

    Attributes:
        title: Its title; may be empty.
        chapters: Its chapters, in seconds of the film.
        subtitles: Its subtitle tracks.
        sounds: Its further sound tracks; each file begins with the film and holds one, as AAC.
    """

    title: str = ""
    chapters: Sequence[Chapter] = ()
    subtitles: Sequence[tuple[Track, Subtitles]] = ()
    sounds: Sequence[tuple[Track, Path]] = ()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.title or self.chapters or self.subtitles or self.sounds)


def remux(master: Path, added: Additions, path: Path) -> None:
    """Copy a film with more tracks. Its picture and its sound are copied as they are.

    Args:
        master: A film with one picture and one sound.
        added: What it gets.
        path: The MP4 file to write.
    """
    with ExitStack() as files:
        film = files.enter_context(open_media(master))
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        output = files.enter_context(av.open(url(path), "w", options=options))
        if added.title:
            output.metadata["title"] = added.title
        copies = [_copy(film, output)]
        for track, file in added.sounds:
            sound = files.enter_context(open_media(file))
            copies.append(_copy(sound, output, track))
        texts = [_texts(track, subtitles, output) for track, subtitles in added.subtitles]
        output.set_chapters([_chapter(number, ch) for number, ch in enumerate(added.chapters)])
        for packet in heapq.merge(*copies, *texts, key=_time):
            output.mux(packet)
        first = len(output.streams) - len(texts)
    shown = [track.default for track, _ in added.subtitles]
    # A muxer makes the first subtitles the default where none are.
    hide_tracks(path, [first + n for n, default in enumerate(shown) if not default])


def _copy(
    source: av.container.InputContainer,
    output: av.container.OutputContainer,
    track: Track | None = None,
) -> Iterator[av.Packet]:
    """The packets of a file's streams, for copies of these streams in another."""
    streams = {}
    for stream in source.streams:
        copy = output.add_stream_from_template(stream)
        copy.metadata["language"] = track.language if track else stream.language or "und"
        _name(copy, track)
        copy.disposition = Disposition(0) if track else Disposition.default
        streams[stream.index] = copy

    def found() -> Iterator[av.Packet]:
        for packet in source.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                yield packet

    return found()


def _texts(
    track: Track, subtitles: Subtitles, output: av.container.OutputContainer
) -> list[av.Packet]:
    stream = output.add_stream("mov_text")
    stream.metadata["language"] = track.language
    _name(stream, track)
    flags = [Disposition.default] * track.default + [Disposition.forced] * track.forced
    stream.disposition = sum(flags, Disposition(0))
    return list(packets(subtitles, stream))


def _name(stream: av.stream.Stream, track: Track | None) -> None:
    if track and track.title:
        stream.metadata.update(title=track.title, handler_name=track.title)


def _chapter(number: int, chapter: Chapter) -> "av.container.core.Chapter":
    return {
        "id": number,
        "start": round(chapter.start_s / TICK_S),
        "end": round(chapter.end_s / TICK_S),
        "time_base": TICK_S,
        "metadata": {"title": chapter.title} if chapter.title else {},
    }


def _time(packet: av.Packet) -> Fraction:
    return Fraction(packet.dts or 0) * packet.time_base
