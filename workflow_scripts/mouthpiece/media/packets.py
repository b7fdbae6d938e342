"""The packets of a file: the times that its container states, read in one pass."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from .user_media import UnusableMedia

NO_TIME = np.iinfo(np.int64).min
"""What stands where the container states no time."""

NEW_TRACKS = (
    "picture or sound end midway and go on in other tracks: recordings of different kinds were "
    "joined; join them with ffmpeg's concat filter, or give them as files of their own"
)

STREAMS = ("mpegts", "mpeg")
"""Formats in which tracks may begin midway."""

REST_BYTES, REST_SHARE = 1 << 16, 0.1
"""How much of such a file may follow the last packet of the tracks that it begins with."""

AVFMT_NOTIMESTAMPS = 0x0080
"""libav's flag of formats that state no times, such as raw H.264: libav guesses them."""

DECODING_ORDER = "avi"
"""AVI states only the order in which frames are decoded: they are shown in turn, at its times. What
libav says of them is a guess."""

JITTER_S = 0.003
"""How far times lie beside those that durations give, in seconds, in a container that only rounds
them."""

FEW = 0.05
"""The share of packets that may be unlike the others: there are holes."""

ROUNDED_S, GUESSED_S, JITTERING_S = 0.004, 0.02, 0.1
"""How far sound may lie beside its times, in seconds, by what these are: less than a lost packet,
about one, and as in ffmpeg."""

NOT_CODED_BYTES = 19
"""A frame of MPEG-4 that has no more only repeats the one before; as in ffmpeg."""


@dataclass(frozen=True)
class Packets:
    """The packets of one stream, in the file's order. Times are in ticks of `tick_s`.

    Attributes:
        tick_s: The unit of the times, in seconds.
        order: Where each packet is among those of all streams, [N] int64.
        dts: When each is decoded, [N] int64; NO_TIME where the container does not say. It never
            runs back in a whole file.
        pts: When each is shown, [N] int64; where the container does not say, when it is decoded.
        durations: How long each is shown, [N] int64; 0 where the container does not say.
        kept: Which packets are shown at all: an edit list can leave out others, [N] bool.
    """

    tick_s: Fraction
    order: np.ndarray
    dts: np.ndarray
    pts: np.ndarray
    durations: np.ndarray
    kept: np.ndarray

    def __len__(self) -> int:
        return len(self.order)

    @property
    def shown_ticks(self) -> np.ndarray:
        """When each packet that is shown begins, in order, [M] int64 ticks."""
        return np.sort(self.pts[self.kept & (self.pts != NO_TIME)])

    @property
    def start_s(self) -> Fraction | None:
        """When the first packet is shown; None where no time is stated."""
        shown = self.shown_ticks
        return int(shown[0]) * self.tick_s if len(shown) else None

    @property
    def end_s(self) -> Fraction | None:
        """When the last packet ends; None where no time is stated."""
        extent = self.extent_s(0, len(self))
        return extent and extent[1]

    @property
    def slack_s(self) -> float:
        """How far, in seconds, its sound may lie beside its times without a hole or an overlap.

        Times of phones and screen recorders jitter; those of codecs whose packets differ in length,
        such as Vorbis, are partly guessed; others are only rounded.
        """
        timed = self.pts != NO_TIME
        steps, durations = np.diff(self.pts[timed]), self.durations[timed][:-1]
        if not len(steps):
            return ROUNDED_S
        usual = np.median(durations if durations.any() else steps)
        if not durations.any():  # the container does not say: as most of the others
            durations = np.full(len(steps), usual)
        gaps_s = np.abs(steps - durations) * float(self.tick_s)
        if (gaps_s > JITTER_S).mean() > FEW:
            return JITTERING_S
        lengths_s = np.abs(durations - usual) * float(self.tick_s)
        return GUESSED_S if (lengths_s > JITTER_S).mean() > FEW else ROUNDED_S

    def extent_s(self, first: int, stop: int) -> tuple[Fraction, Fraction] | None:
        """When a run of packets begins and ends to be shown.

        Args:
            first: The index of the first packet.
            stop: The index after the last one.

        Returns:
            Start and end in seconds; None where none of them is shown, or none states a time.
        """
        timed = self.kept[first:stop] & (self.pts[first:stop] != NO_TIME)
        if not timed.any():
            return None
        pts, durations = self.pts[first:stop][timed], self.durations[first:stop][timed]
        if not durations.any() and len(pts) > 1:  # the container does not say: as the others
            durations = durations + int(np.median(np.diff(np.sort(pts))))
        return int(pts.min()) * self.tick_s, int((pts + durations).max()) * self.tick_s


def read_packets(container: av.container.InputContainer) -> dict[int, Packets]:
    """Read the times of all packets of a file.

    Args:
        container: The open file, at its start.

    Returns:
        The packets of each stream, by its index.

    Raises:
        UnusableMedia: Tracks begin midway that were not there at the start.
    """
    columns: dict[int, tuple[array[int], ...]] = {
        stream.index: tuple(array("q") for _ in range(5)) for stream in container.streams
    }
    only_decoding = container.format.name == DECODING_ORDER
    guessed = bool(container.format.flags & AVFMT_NOTIMESTAMPS)
    stop = 0
    for order, (packet, shown) in enumerate(demux(container)):
        if packet.stream_index not in columns:
            raise UnusableMedia(NEW_TRACKS)
        stop = max(stop, packet.pos or 0)
        if not shown:
            continue
        pts = packet.dts if packet.pts is None or only_decoding else packet.pts
        times = (None, None) if guessed else (packet.dts, pts)
        row = (order, *times, packet.duration or 0, not packet.is_discard)
        for column, value in zip(columns[packet.stream_index], row, strict=True):
            column.append(NO_TIME if value is None else value)
    is_stream = container.format.name in STREAMS
    if is_stream and container.size - stop > max(REST_BYTES, REST_SHARE * container.size):
        raise UnusableMedia(NEW_TRACKS)
    return {
        stream.index: _packets(stream.time_base or Fraction(1), columns[stream.index])
        for stream in container.streams
        if stream.index in columns
    }


def _packets(tick_s: Fraction, columns: "Sequence[array[int]]") -> Packets:
    order, dts, pts, durations, kept = (np.array(column, np.int64) for column in columns)
    return Packets(tick_s, order, dts, pts, durations, kept.astype(bool))


def demux(
    container: av.container.InputContainer, *streams: av.stream.Stream
) -> Iterator[tuple[av.packet.Packet, bool]]:
    """Read the packets of streams in the file's order.

    Args:
        container: The open file.
        streams: The streams; none means all.

    Yields:
        Each packet, and whether it is a frame of its own. Some frames of VP8 are never shown, empty
        ones of MPEG-4 show the last one again, and joined files of Theora have headers midway.
        Where MPEG-PS states one time for several small pictures, the others follow from it.

    Raises:
        UnusableMedia: Tracks begin midway that were not there at the start.
    """
    films = [stream for stream in container.streams.video if stream.codec_context]
    codecs = {stream.index: stream.codec_context.name for stream in films}
    # Where pictures are not shown in the order of decoding, such times are not known.
    turns = {s.index: _Turn() for s in films if not s.codec_context.has_b_frames}
    try:
        for packet in container.demux(*streams):
            if packet.size:
                if turn := turns.get(packet.stream_index):
                    turn.fill(packet)
                yield packet, not _is_hidden(packet, codecs.get(packet.stream_index))
    except IndexError:  # PyAV's, at the end of a file in which tracks begin midway
        raise UnusableMedia(NEW_TRACKS) from None


class _Turn:
    """A stream whose pictures are shown as they come."""

    def __init__(self) -> None:
        self._next: int | None = None

    def fill(self, packet: av.packet.Packet) -> None:
        """Give a packet without times those that follow from the one before."""
        if packet.pts is None and packet.dts is None:
            packet.pts = packet.dts = self._next
        self._next = None
        if packet.pts is not None and packet.duration:
            self._next = packet.pts + packet.duration


def _is_hidden(packet: av.packet.Packet, codec: str | None) -> bool:
    if codec == "vp8":  # the bit show_frame of RFC 6386, 9.1
        return not bytes(packet)[0] & 0x10
    if codec == "theora":
        return bool(bytes(packet)[0] & 0x80)
    return codec == "mpeg4" and packet.size <= NOT_CODED_BYTES
