"""What services send back: the clip, with something else where the mouth is."""

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from mouthpiece.faces.landmarks import BROW, CHIN, MESH_POINTS
from mouthpiece.faces.track import Track

DRAWN = (30, 200, 60)
"""The colour of a mouth that a service drew."""
Change = Callable[[np.ndarray], np.ndarray]


def scene(frames: int, height: int = 360, width: int = 480) -> tuple[list[np.ndarray], Track]:
    """Pictures of something that moves, and the track of a face in them."""
    noise = np.random.default_rng(5).uniform(0, 255, (height + 200, width + 200, 3))
    canvas = cv2.GaussianBlur(noise, (0, 0), 6)
    canvas = np.clip((canvas - 127) * 5 + 127, 30, 220).astype(np.uint8)
    spread = np.random.default_rng(6).uniform(-1, 1, (MESH_POINTS, 2))
    spread /= np.maximum(np.linalg.norm(spread, axis=1, keepdims=True), 1)
    spread[CHIN], spread[BROW], spread[2] = (0, 1), (0, -1), (0, 0.1)
    pictures, points = [], []
    for frame in range(frames):
        left, top = 3 * frame % 150, 2 * frame % 150
        pictures.append(canvas[top : top + height, left : left + width].copy())
        middle = np.array([width / 2 + 0.5 * frame, height / 2 + 0.3 * frame])
        face = np.zeros((MESH_POINTS, 3), np.float32)
        face[:, :2] = middle + spread * (55, 70)
        points.append(face)
    return pictures, Track(np.stack(points), np.ones(frames, bool))


def decode(clip: bytes) -> list[np.ndarray]:
    """The pictures of a film, RGB."""
    with av.open(io.BytesIO(clip)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def encode(
    pictures: list[np.ndarray], rate: Fraction, tagged: bool = True, without: range = range(0)
) -> bytes:
    """A film as services write them: H.264, 4:2:0, by the matrix of BT.601 where nothing tells.
    Where it is without frames, the one before is shown for longer.
    """
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "14"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        if tagged:
            stream.codec_context.colorspace = 1
        for number, picture in enumerate(pictures):
            if number in without:
                continue
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, 1 / rate
            space = "ITU709" if tagged else "ITU601"
            frame = frame.reformat(format="yuv420p", dst_colorspace=space)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def redrawn(
    clip: bytes,
    rate: Fraction,
    first: int = 0,
    frames: int | None = None,
    change: Change = lambda picture: picture,
    out_rate: Fraction | None = None,
    tagged: bool = True,
    without: range = range(0),
) -> bytes:
    """A clip whose lower middle is painted, as a service would send it back."""
    pictures = []
    for picture in decode(clip):
        height, width = picture.shape[:2]
        painted = picture.copy()
        painted[int(height * 0.55) : int(height * 0.68), int(width * 0.4) : int(width * 0.6)] = (
            DRAWN
        )
        pictures.append(change(painted))
    pictures = pictures[first : None if frames is None else first + frames]
    if out_rate:  # as ffmpeg changes a rate: the frame that is due
        count = int(len(pictures) * out_rate / rate)
        numbers = [
            min(len(pictures) - 1, int(i * rate / out_rate + Fraction(1, 2))) for i in range(count)
        ]
        pictures = [pictures[number] for number in numbers]
    return encode(pictures, out_rate or rate, tagged, without)


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
