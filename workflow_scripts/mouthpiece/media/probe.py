"""A source: what a video file of a user holds, read with PyAV."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Disposition

from ..core.errors import InputError
from ..core.timeline import parse_rate
from .clock import Section, find_sections
from .colour import Colour, colour_of
from .packets import DECODING_ORDER, NEW_TRACKS, Packets, read_packets
from .picture_stream import first_frame, picture_streams
from .sound import SoundTrack, lossless_bits
from .user_media import UnusableMedia, user_media
from .wholeness import missing_part

AVFMT_TS_DISCONT = 0x0200
"""libav's flag of formats whose clocks may jump, such as MPEG-TS and MPEG-PS."""

FEW_PACKETS = 3
"""So many packets of a track may be read only after the first one of the next track."""


@dataclass(frozen=True)
class VideoStream:
    """The picture of a source. Times are exact seconds on the container's clock.

    Attributes:
        index: The index of its stream in the file.
        codec: ffmpeg's name of the codec.
        width: Width as stored, in pixels.
        height: Height as stored, in pixels.
        pixel_format: ffmpeg's name of the pixel format.
        sample_aspect: Width of a pixel divided by its height.
        rotation_deg: How far players turn the picture, anticlockwise.
        flagged_interlaced: Whether the file says that it is interlaced; often wrong.
        top_field_first: Which field comes first, as the file says.
        colour: Its colour tags.
        times_s: When each frame is first shown, in order, from the first one that decodes.
        timed: Whether the container states times. Else the frames follow each other at a constant
            rate, from 0 s on.
        reordered: Whether frames have times other than those of their packets; in AVI.
        head_frames: How many frames are stated before the first one that decodes. They need others
            that are not in the file.
        head_s: How long these last, in seconds.
        end_s: When the last frame ends.
        tick_s: The resolution of these times.
        constant_rate: Frames/s, where they are constant; None where they vary.
        mean_rate: Frames/s, on average.
    """

    index: int
    codec: str
    width: int
    height: int
    pixel_format: str
    sample_aspect: Fraction
    rotation_deg: int
    flagged_interlaced: bool
    top_field_first: bool
    colour: Colour
    times_s: tuple[Fraction, ...]
    timed: bool
    reordered: bool
    head_frames: int
    head_s: Fraction
    end_s: Fraction
    tick_s: Fraction
    constant_rate: Fraction | None
    mean_rate: Fraction

    @property
    def start_s(self) -> Fraction:
        """Picture zero: when the first frame that decodes is shown."""
        return self.times_s[0]

    @property
    def duration_s(self) -> Fraction:
        """From the first frame's start to the last one's end."""
        return self.end_s - self.start_s

    @property
    def longest_s(self) -> Fraction:
        """How long the frame is shown that is shown longest."""
        ends_s = (*self.times_s[1:], self.end_s)
        return max(end_s - time_s for time_s, end_s in zip(self.times_s, ends_s, strict=True))


@dataclass(frozen=True)
class AudioStream(SoundTrack):
    """A sound track of a source.

    Attributes:
        codec: ffmpeg's name of the codec.
        language: The language tag, as it stands in the file.
        default: Whether players choose it unasked.
        start_s: When it starts, in seconds on the container's clock; None where it is empty.
        length_s: How long it is by the times of its packets, in seconds.
        packets: How many packets it has.
        slack_s: How far it may lie beside its times: see `Packets`.
    """

    codec: str
    language: str | None
    default: bool
    start_s: Fraction | None
    length_s: Fraction
    packets: int
    slack_s: float


@dataclass(frozen=True)
class Source:
    """What a source holds.

    Attributes:
        container: ffmpeg's name of the format.
        video: Its picture.
        audio: Its sound tracks.
        chosen_audio: The sound track that is taken: the default one, else the first that is not
            empty; None where there is none.
        ignored_pictures: How many more video streams there are, covers included.
        sections: Its parts between which the clock jumps; one where the clock is whole.
        missing: What its header promises and it does not hold, in words; None where it is whole.
    """

    container: str
    video: VideoStream
    audio: tuple[AudioStream, ...]
    chosen_audio: AudioStream | None
    ignored_pictures: int
    sections: tuple[Section, ...]
    missing: str | None


def probe(path: Path) -> Source:
    """Read what a source holds: headers, every packet's time, and its first frame.

    Args:
        path: A video file.

    Returns:
        What it holds.

    Raises:
        InputError: The file is missing, empty, no video, or cannot be read.
    """
    with user_media(path, "a video") as container:
        return _probe(path, container)


def _probe(path: Path, container: av.container.InputContainer) -> Source:
    name = container.format.name
    if name.endswith("_pipe") or name in ("image2", "tty", "concat", "hls", "dash"):
        raise InputError(f"{path}: is a picture, text or playlist ({name}), not a video file")
    videos = picture_streams(container)
    if not videos:
        raise InputError(f"{path}: has no video stream; give a file with a picture")
    video = videos[0]
    sounds = [s for s in container.streams.audio if s.codec_context is not None]
    packets = read_packets(container)
    if not len(packets[video.index]):
        raise InputError(f"{path}: its video stream has no frames; it is cut short or damaged")
    audio = tuple(_audio_stream(s, packets[s.index]) for s in sounds)
    heard = [s for s in audio if s.packets]
    chosen = next((s for s in heard if s.default), heard[0] if heard else None)
    pictures_apart = [packets[s.index] for s in videos[1:]]
    sounds_apart = [packets[track.index] for track in heard if track is not chosen]
    if _goes_on(packets[video.index], pictures_apart) or (
        chosen and _goes_on(packets[chosen.index], sounds_apart)
    ):
        raise UnusableMedia(NEW_TRACKS)
    timelines = {n: packets[n] for n in (video.index, *(track.index for track in heard))}
    may_jump = bool(container.format.flags & AVFMT_TS_DISCONT)
    return Source(
        container=name,
        video=_video_stream(path, name, video, packets[video.index]),
        audio=audio,
        chosen_audio=chosen,
        ignored_pictures=sum(s.codec_context is not None for s in container.streams.video) - 1,
        sections=find_sections(timelines, video.index, may_jump),
        missing=missing_part(container, video, chosen.index if chosen else None, packets),
    )


def _goes_on(track: Packets, others: Sequence[Packets]) -> bool:
    """Whether another track of its kind begins where a track ends."""
    return any(
        len(other) > FEW_PACKETS and (track.order > other.order[0]).sum() <= FEW_PACKETS
        for other in others
    )


def _audio_stream(stream: av.AudioStream, packets: Packets) -> AudioStream:
    context = stream.codec_context
    extent_s = packets.extent_s(0, len(packets))
    return AudioStream(
        index=stream.index,
        codec=context.name,
        sample_rate=context.sample_rate,
        channels=context.channels,
        layout=context.layout.name,
        channel_names=tuple(channel.name for channel in context.layout.channels),
        lossless_bits=lossless_bits(context),
        language=stream.language,
        default=bool(stream.disposition & Disposition.default),
        start_s=(packets.start_s or Fraction(0)) if len(packets) else None,
        length_s=extent_s[1] - extent_s[0] if extent_s else Fraction(0),
        packets=len(packets),
        slack_s=packets.slack_s,
    )


def _video_stream(
    path: Path, container_format: str, stream: av.VideoStream, packets: Packets
) -> VideoStream:
    frame = first_frame(path, stream.index)
    if not isinstance(frame, av.VideoFrame):
        raise InputError(f"{path}: not one frame of its picture can be decoded; it is damaged")
    hinted = stream.guessed_rate or stream.average_rate or Fraction(25)
    stated = packets.shown_ticks
    reordered = container_format == DECODING_ORDER
    if len(stated):
        zero = int(stated[0]) if frame.pts is None or reordered else frame.pts
        times = [int(tick) * packets.tick_s for tick in stated[stated >= zero]]
        times = times or [zero * packets.tick_s]
        head = [int(tick) * packets.tick_s for tick in stated[stated < zero]]
        end_s = packets.end_s or times[-1]
    else:  # a raw stream has no clock: its frames follow each other at the rate it states
        times, head = [Fraction(n) / hinted for n in range(len(packets))], []
        end_s = times[-1]
    if end_s <= times[-1]:
        frame_s = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 1 / hinted
        end_s = times[-1] + frame_s
    mean_rate = len(times) / (end_s - times[0])
    context = stream.codec_context
    return VideoStream(
        index=stream.index,
        codec=context.name,
        width=frame.width,
        height=frame.height,
        pixel_format=frame.format.name,
        sample_aspect=stream.sample_aspect_ratio or context.sample_aspect_ratio or Fraction(1),
        rotation_deg=frame.rotation,
        flagged_interlaced=frame.interlaced_frame or context.field_order > 1,
        top_field_first=context.field_order not in (3, 5),
        colour=colour_of(stream),
        times_s=tuple(times),
        timed=len(stated) > 0,
        reordered=reordered,
        head_frames=len(head),
        head_s=times[0] - head[0] if head else Fraction(0),
        end_s=end_s,
        tick_s=packets.tick_s,
        constant_rate=constant_rate(
            times, packets.tick_s, [hinted, stream.average_rate, stream.base_rate, mean_rate]
        ),
        mean_rate=mean_rate,
    )


def constant_rate(
    times_s: Sequence[Fraction], tick_s: Fraction, candidates: Sequence[Fraction | None]
) -> Fraction | None:
    """Find the rate at which frames come, to within rounding to ticks.

    Args:
        times_s: When each frame is shown, in seconds, in order.
        tick_s: The resolution of these times.
        candidates: Rates to try, in order; None and what is no frame rate are skipped.

    Returns:
        The first candidate at which the frames come; None where there is none.
    """
    for candidate in candidates:
        try:
            rate = parse_rate(str(candidate)) if candidate else None
        except ValueError:
            continue
        if rate and all(
            abs(time - times_s[0] - n / rate) <= tick_s + Fraction(1, 100_000)
            for n, time in enumerate(times_s)
        ):
            return rate
    return None
