"""A source: what a video file of a user holds, read with PyAV."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Disposition

from ..core.errors import InputError
from ..core.timeline import parse_rate
from .colour import Colour, colour_of
from .open import user_media
from .sound import SoundTrack, lossless_bits

NO_FILM = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
"""Dispositions of video streams that are no film: covers and thumbnails."""

Times = list[tuple[Fraction | None, Fraction]]
"""The time and the duration of each packet of a stream, in seconds. The time is None where the
container does not say."""


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
        times_s: When each frame is first shown, in order.
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
    end_s: Fraction
    tick_s: Fraction
    constant_rate: Fraction | None
    mean_rate: Fraction

    @property
    def start_s(self) -> Fraction:
        """When the first frame is shown."""
        return self.times_s[0]

    @property
    def duration_s(self) -> Fraction:
        """From the first frame's start to the last one's end."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class AudioStream(SoundTrack):
    """A sound track of a source.

    Attributes:
        codec: ffmpeg's name of the codec.
        language: The language tag, as it stands in the file.
        default: Whether players choose it unasked.
        start_s: When it starts, in seconds on the container's clock; None where it is empty.
    """

    codec: str
    language: str | None
    default: bool
    start_s: Fraction | None


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
    """

    container: str
    video: VideoStream
    audio: tuple[AudioStream, ...]
    chosen_audio: AudioStream | None
    ignored_pictures: int


def probe(path: Path) -> Source:
    """Read what a source holds: headers, every packet's time, and its first frame.

    Args:
        path: A video file.

    Returns:
        What it holds.

    Raises:
        InputError: The file is missing, empty, no video, cut short, or cannot be read.
    """
    with user_media(path, "a video") as container:
        return _probe(path, container)


def _probe(path: Path, container: av.container.InputContainer) -> Source:
    name = container.format.name
    if name.endswith("_pipe") or name in ("image2", "tty", "concat", "hls", "dash"):
        raise InputError(f"{path}: is a picture, text or playlist ({name}), not a video file")
    pictures = [s for s in container.streams.video if s.codec_context is not None]
    videos = [s for s in pictures if not s.disposition & NO_FILM]
    if not videos:
        raise InputError(f"{path}: has no video stream; give a file with a picture")
    video = next((s for s in videos if s.disposition & Disposition.default), videos[0])
    sounds = [s for s in container.streams.audio if s.codec_context is not None]
    times = _packet_times(container, [video, *sounds])
    audio = tuple(_audio_stream(s, times[s.index]) for s in sounds)
    heard = [s for s in audio if s.start_s is not None]
    source = Source(
        container=name,
        video=_video_stream(path, container, video, times[video.index]),
        audio=audio,
        chosen_audio=next((s for s in heard if s.default), heard[0] if heard else None),
        ignored_pictures=len(pictures) - 1,
    )
    _check_whole(path, container, video, source.video, times)
    return source


def _packet_times(
    container: av.container.InputContainer, streams: Sequence[av.stream.Stream]
) -> dict[int, Times]:
    """When each packet is shown, by stream; without those an edit list discards."""
    times: dict[int, Times] = {stream.index: [] for stream in streams}
    for packet in container.demux(*streams):
        if packet.size == 0 or packet.is_discard:
            continue
        stamp = packet.dts if packet.pts is None else packet.pts
        times[packet.stream_index].append(
            (
                None if stamp is None else stamp * packet.time_base,
                (packet.duration or 0) * packet.time_base,
            )
        )
    return times


def _audio_stream(stream: av.AudioStream, times: Times) -> AudioStream:
    context = stream.codec_context
    stamps = [time for time, _ in times if time is not None]
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
        start_s=min(stamps) if stamps else (Fraction(0) if times else None),
    )


def _video_stream(
    path: Path, container: av.container.InputContainer, stream: av.VideoStream, packets: Times
) -> VideoStream:
    if not packets or stream.time_base is None:
        raise InputError(f"{path}: its video stream has no frames; it is cut short or damaged")
    hinted = stream.guessed_rate or stream.average_rate or Fraction(25)
    times = sorted(time for time, _ in packets if time is not None)
    if not times:  # a raw stream has no clock: its frames follow each other at the rate it states
        times = [Fraction(n) / hinted for n in range(len(packets))]
    last_s = max((duration for time, duration in packets if time == times[-1]), default=Fraction(0))
    if not last_s:
        last_s = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 1 / hinted
    mean_rate = len(times) / (times[-1] - times[0] + last_s)
    frame = _first_frame(path, container, stream)
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
        end_s=times[-1] + last_s,
        tick_s=stream.time_base,
        constant_rate=constant_rate(
            times, stream.time_base, [hinted, stream.average_rate, stream.base_rate, mean_rate]
        ),
        mean_rate=mean_rate,
    )


def _first_frame(
    path: Path, container: av.container.InputContainer, stream: av.VideoStream
) -> av.VideoFrame:
    container.seek(0, backward=True)
    for frame in container.decode(stream):
        return frame
    raise InputError(f"{path}: not one frame of its picture can be decoded; it is damaged")


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


def _check_whole(
    path: Path,
    container: av.container.InputContainer,
    stream: av.VideoStream,
    video: VideoStream,
    times: dict[int, Times],
) -> None:
    """Compare what the header promises with what is there."""
    ends_s = [t + length for packets in times.values() for t, length in packets if t is not None]
    start_s = Fraction(container.start_time or 0, av.time_base)
    promises = []
    if stream.duration:
        promises.append((stream.duration * video.tick_s, video.duration_s))
    if container.duration:
        found_s = max([video.end_s, *ends_s]) - start_s
        promises.append((Fraction(container.duration, av.time_base), found_s))
    for promised_s, found_s in promises:
        # A container that rounds its durations, or counts from zero, is not cut short.
        slack_s = max(1 / video.mean_rate, Fraction(1, 10)) + max(Fraction(0), start_s)
        if promised_s - found_s > slack_s:
            raise InputError(
                f"{path}: is cut short: its header promises {float(promised_s):.2f} s and "
                f"{float(found_s):.2f} s are there; copy it again, or re-mux what there is"
            )
