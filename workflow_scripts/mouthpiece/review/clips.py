"""Clips for the review page: a cut's segment with its own stretch of sound, as browsers play it."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np

from ..core.errors import Fault
from ..core.files import atomic
from ..core.timeline import Clock, sample_of
from ..media.url import url

SOUND_RATE = 48_000

SILENCE_DBFS = -60.0
"""Level that counts as nothing in `levels`."""

PLAYABLE = ("yuv420p", "yuvj420p")
"""Pixel formats of H.264 that every browser plays; another one is encoded anew."""


class Sound:
    """A sound file, read once from front to back at SOUND_RATE: mono stays mono, else stereo."""

    def __init__(self, path: Path) -> None:
        try:
            self._container = av.open(url(path))
        except av.FFmpegError as error:
            raise Fault(f"{path}: cannot be read as sound: {error.strerror}") from None
        if not self._container.streams.audio:
            self._container.close()
            raise Fault(f"{path}: has no sound track")
        stream = self._container.streams.audio[0]
        self.layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        self._blocks = self._decoded(stream)
        self._held = self.silence(0)
        self._start = 0

    def __enter__(self) -> "Sound":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._container.close()

    def _decoded(self, stream: av.AudioStream) -> Iterator[np.ndarray]:
        resampler = av.AudioResampler(format="fltp", layout=self.layout, rate=SOUND_RATE)
        for frame in self._container.decode(stream):
            frame.pts = None  # the samples are counted, as the film's muxer counts them
            for block in resampler.resample(frame):
                yield block.to_ndarray()
        for block in resampler.resample(None):
            yield block.to_ndarray()

    def silence(self, samples: int) -> np.ndarray:
        """So many samples of silence, [channels, N] float32."""
        return np.zeros((1 if self.layout == "mono" else 2, samples), np.float32)

    def take(self, clock: Clock) -> np.ndarray:
        """The samples of a cut, [channels, N] float32; silence past the file's end.

        Cuts are taken in the order of the film. Raises ValueError for one that has gone by.
        """
        first, end = clock.samples(SOUND_RATE)
        if first < self._start:
            raise ValueError(f"sample {first} has gone by; the sound is at {self._start}")
        held = [self._held]
        reached = self._start + self._held.shape[1]
        while reached < end and (block := next(self._blocks, None)) is not None:
            held.append(block)
            reached += block.shape[1]
            if reached <= first:
                held, self._start = [held[0][:, :0]], reached
        samples = np.concatenate(held, axis=1)
        found = samples[:, first - self._start : end - self._start]
        self._held = samples[:, end - self._start :]
        self._start = max(end, reached - self._held.shape[1])
        return np.pad(found, ((0, 0), (0, end - first - found.shape[1])))


def levels(samples: np.ndarray, clock: Clock) -> list[int]:
    """How loud each frame of a cut is: RMS from SILENCE_DBFS (0) to full scale (99).

    samples: [channels, N], those of the cut.
    """
    first, _ = clock.samples(SOUND_RATE)
    edges = [
        sample_of(frame, clock.rate, SOUND_RATE) - first
        for frame in range(clock.first_frame, clock.end_frame)
    ]
    power = np.add.reduceat((samples.astype(np.float64) ** 2).mean(0), edges)
    power /= np.diff([*edges, samples.shape[1]])
    dbfs = 10 * np.log10(np.maximum(power, 1e-12))
    return np.clip(np.rint(99 * (1 - dbfs / SILENCE_DBFS)), 0, 99).astype(int).tolist()


def write_clip(segment: Path, samples: np.ndarray, rate: Fraction, path: Path) -> None:
    """Mux a segment's picture with samples, [channels, N] at SOUND_RATE, as AAC.

    The picture is copied where browsers play it, else encoded anew.
    """
    with (
        atomic(path) as temporary,
        av.open(url(segment)) as source,
        av.open(url(temporary), "w", options={"movflags": "+faststart"}) as clip,
    ):
        picture = source.streams.video[0]
        copied = picture.codec_context.name == "h264" and picture.pix_fmt in PLAYABLE
        packets = _copied(source, clip) if copied else _encoded(source, rate, clip)
        layout = "mono" if len(samples) == 1 else "stereo"
        sound = clip.add_stream("aac", rate=SOUND_RATE, layout=layout)
        sound.bit_rate = 128_000
        for packet in packets:
            clip.mux(packet)
        block = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
        block.sample_rate, block.pts = SOUND_RATE, 0
        clip.mux(sound.encode(block))
        clip.mux(sound.encode())


def _copied(
    source: av.container.InputContainer, clip: av.container.OutputContainer
) -> Iterator[av.packet.Packet]:
    picture = source.streams.video[0]
    stream = clip.add_stream_from_template(picture)

    def packets() -> Iterator[av.packet.Packet]:
        for packet in source.demux(picture):
            if packet.size:
                packet.stream = stream
                yield packet

    return packets()


def _encoded(
    source: av.container.InputContainer, rate: Fraction, clip: av.container.OutputContainer
) -> Iterator[av.packet.Packet]:
    picture = source.streams.video[0]
    stream = clip.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "veryfast"})
    # 4:2:0 halves width and height: an odd size loses its last column or row.
    stream.width, stream.height = picture.width // 2 * 2, picture.height // 2 * 2
    stream.pix_fmt = "yuv420p"
    stream.codec_context.thread_count = 1

    def packets() -> Iterator[av.packet.Packet]:
        for index, decoded in enumerate(source.decode(picture)):
            frame = decoded.reformat(stream.width, stream.height, "yuv420p")
            frame.pts, frame.time_base = index, 1 / rate
            yield from stream.encode(frame)
        yield from stream.encode()

    return packets()
