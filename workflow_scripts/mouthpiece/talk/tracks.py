"""A session's moments as the two tracks of a WebRTC connection.

Picture and sound carry times on one clock, the session's: its first moment is 0 in both, so a
browser shows them together.
"""

import asyncio
from collections import deque
from fractions import Fraction

import av
import numpy as np
from aiortc import MediaStreamTrack

from ..live.moments import Format, Moment

SOUND_RATE_HZ = 48000
"""Samples/s of Opus."""

PACKET = SOUND_RATE_HZ // 50
"""Samples of a packet of sound: 20 ms."""

PICTURE_DELAY_S = 0.015
"""How long a picture waits before it is sent. Its sound waits until a packet is full, and 6.5 ms
more in Opus, and a browser reckons by when things were sent (`benchmarks/talk.py`)."""

PICTURE_CLOCK_HZ = 90000
"""The clock of video in RTP (RFC 3551)."""

MOST_PICTURES = 2
"""Pictures that wait to be encoded. Where that takes too long, older ones are left out."""

MOST_PACKETS = 50
"""Packets of sound that wait, 1 s: after that nobody takes them."""


class PictureTrack(MediaStreamTrack):
    """The pictures."""

    kind = "video"

    def __init__(self, form: Format) -> None:
        """Begin.

        Args:
            form: What the session emits.
        """
        super().__init__()
        self._fps = form.fps
        self._moments: deque[tuple[float, Moment]] = deque(maxlen=MOST_PICTURES)
        self._is_there = asyncio.Event()

    def put(self, moment: Moment) -> None:
        """Take the next moment.

        Args:
            moment: The moment.
        """
        due_s = asyncio.get_running_loop().time() + PICTURE_DELAY_S
        self._moments.append((due_s, moment))
        self._is_there.set()

    async def recv(self) -> av.VideoFrame:
        """Give the next picture.

        Returns:
            The picture.
        """
        while not self._moments:
            self._is_there.clear()
            await self._is_there.wait()
        due_s, moment = self._moments.popleft()
        await asyncio.sleep(max(0.0, due_s - asyncio.get_running_loop().time()))
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(_even(moment.picture)), "rgb24")
        frame.pts = round(moment.index * PICTURE_CLOCK_HZ / self._fps)
        frame.time_base = Fraction(1, PICTURE_CLOCK_HZ)
        return frame


class SoundTrack(MediaStreamTrack):
    """The sound."""

    kind = "audio"

    def __init__(self, form: Format) -> None:
        """Begin.

        Args:
            form: What the session emits.
        """
        super().__init__()
        self._rate_hz = form.sound_rate_hz
        self._resampler = av.AudioResampler("s16", "mono", SOUND_RATE_HZ, frame_size=PACKET)
        self._packets: deque[av.AudioFrame] = deque(maxlen=MOST_PACKETS)
        self._is_there = asyncio.Event()
        self._samples = 0
        self._start_s: float | None = None

    def put(self, moment: Moment) -> None:
        """Take the next moment.

        Args:
            moment: The moment.
        """
        if self._start_s is None:
            self._start_s = asyncio.get_running_loop().time()
        whole = np.rint(np.clip(moment.sound, -1, 1) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(whole[None], "s16", "mono")
        frame.sample_rate = self._rate_hz
        for packet in self._resampler.resample(frame):
            packet.pts, packet.time_base = self._samples, Fraction(1, SOUND_RATE_HZ)
            self._samples += PACKET
            self._packets.append(packet)
        self._is_there.set()

    async def recv(self) -> av.AudioFrame:
        """Give the next 20 ms, when they are due.

        Returns:
            The sound.
        """
        while not self._packets:
            self._is_there.clear()
            await self._is_there.wait()
        packet = self._packets.popleft()
        due_s = (self._start_s or 0.0) + (packet.pts or 0) / SOUND_RATE_HZ
        await asyncio.sleep(max(0.0, due_s - asyncio.get_running_loop().time()))
        return packet


def _even(picture: np.ndarray) -> np.ndarray:
    """A picture without its last row or column where their number is odd: VP8 halves both."""
    height, width = picture.shape[:2]
    return picture[: height - height % 2, : width - width % 2]
