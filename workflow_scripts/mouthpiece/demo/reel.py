"""The demo's pictures: a reel of five cuts.

`demo/README.md` says what each cut shows, and `demo/material.tsv` where its pictures come from. The
same versions of the packages give the same pictures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import Interpolation

from ..media.open import open_media
from ..media.url import url

RATE = Fraction(25)

WIDTH, HEIGHT = 704, 576

SOUND_RATE = 48_000

X264 = {"crf": "14", "preset": "veryfast", "x264-params": "mbtree=0"}
"""Encoder options. With mbtree, x264's bytes depend on what was in memory before."""

EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""Conversion to YUV that does not depend on a picture's address in memory."""


@dataclass(frozen=True)
class View:
    """What the camera sees: a window of the source whose centre moves linearly between keys.

    Attributes:
        width_px: The window's width in source pixels; its height follows from the reel's shape.
        keys: Frame, x and y of the window's centre.
        mirrored: Whether left and right are exchanged.
    """

    width_px: float
    keys: tuple[tuple[int, float, float], ...]
    mirrored: bool = False

    def draw(self, picture: np.ndarray, frame: int) -> np.ndarray:
        """Cut the window out of a picture.

        Args:
            picture: The source, RGB, [h, w, 3] uint8.
            frame: The frame of the shot.

        Returns:
            RGB, [HEIGHT, WIDTH, 3] uint8.
        """
        at, xs, ys = zip(*self.keys, strict=True)
        scale = self.width_px / WIDTH
        # From output to source pixels; the centre of a pixel is at +0.5.
        left = np.interp(frame, at, xs) - self.width_px / 2 + scale / 2 - 0.5
        top = np.interp(frame, at, ys) - HEIGHT * scale / 2 + scale / 2 - 0.5
        step = -scale if self.mirrored else scale
        start = left + scale * (WIDTH - 1) if self.mirrored else left
        return cv2.warpAffine(
            picture,
            np.array([[step, 0, start], [0, scale, top]]),
            (WIDTH, HEIGHT),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )


@dataclass(frozen=True)
class Shot:
    """A cut of the reel.

    Attributes:
        name: What it shows; see `demo/README.md`.
        source: A file of the material, or `cat`.
        frames: Its length.
        view: What the camera sees.
        first: The first picture of the source that is used.
        hold: How many frames each picture is shown.
    """

    name: str
    source: str
    frames: int
    view: View
    first: int = 0
    hold: int = 1


REEL = (
    Shot("good", "carphone.mp4", 120, View(171, ((0, 88.5, 72),))),
    Shot("no_face", "cat", 100, View(330, ((0, 190, 140), (99, 262, 155)))),
    Shot(
        "close_up",
        "carphone.mp4",
        120,
        View(
            108,
            ((0, 86, 70), (24, 84, 70), (36, 75, 72), (62, 76, 69), (88, 63, 68), (119, 69, 70)),
        ),
    ),
    Shot("two_faces", "two_people.mp4", 100, View(232, ((0, 152, 95),)), first=55, hold=2),
    Shot("spoilt", "carphone.mp4", 120, View(144, ((0, 80, 68),), mirrored=True)),
)

FRAMES = sum(shot.frames for shot in REEL)


def pictures(material: Path) -> Iterator[np.ndarray]:
    """Draw the reel.

    Args:
        material: The folder of downloaded sources.

    Yields:
        The reel's frames, RGB, [HEIGHT, WIDTH, 3] uint8.
    """
    for shot in REEL:
        source = _cat() if shot.source == "cat" else _video(material / shot.source, shot)
        for frame, picture in enumerate(islice(source, shot.frames)):
            yield shot.view.draw(picture, frame)


def _cat() -> Iterator[np.ndarray]:
    from skimage.data import chelsea

    picture = chelsea()
    while True:
        yield picture


def _video(path: Path, shot: Shot) -> Iterator[np.ndarray]:
    with open_media(path) as container:
        for frame in islice(container.decode(video=0), shot.first, None):
            picture = frame.to_ndarray(format="rgb24")
            for _ in range(shot.hold):
                yield picture


def write_reel(frames: Iterator[np.ndarray], sound: np.ndarray, path: Path) -> None:
    """Encode the reel as H.264 and AAC, tagged BT.601 (525 lines), limited range.

    Args:
        frames: RGB, [HEIGHT, WIDTH, 3] uint8 each.
        sound: Mono at `SOUND_RATE`, [N] float32.
        path: The MP4 file to write.
    """
    with av.open(url(path), "w", options={"movflags": "+faststart", "fflags": "+bitexact"}) as film:
        video = film.add_stream("libx264", rate=RATE, options=X264)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context = video.codec_context
        context.thread_count = 1
        context.color_primaries, context.color_trc, context.colorspace = 6, 6, 6
        context.color_range = 1
        audio = film.add_stream("aac", rate=SOUND_RATE, layout="mono")
        audio.bit_rate = 96_000
        for index, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(
                format="yuv420p",
                dst_colorspace="ITU601",
                dst_color_range="MPEG",
                interpolation=EXACT,
            )
            frame.pts, frame.time_base = index, 1 / RATE
            film.mux(video.encode(frame))
        film.mux(video.encode())
        for start in range(0, len(sound), 1024):
            block = av.AudioFrame.from_ndarray(sound[None, start : start + 1024], "fltp", "mono")
            block.sample_rate, block.pts = SOUND_RATE, start
            film.mux(audio.encode(block))
        film.mux(audio.encode())
