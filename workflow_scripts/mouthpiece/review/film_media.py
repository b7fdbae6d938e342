"""What the tabs *Film* and *Script* play: the delivered film, and the sound of its source."""

import os
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av

from ..core.files import atomic
from ..media.open import open_media
from ..media.url import url
from .clips import PLAYABLE
from .sound import SOUND_RATE

HEIGHT = 480
"""The height to which a picture is encoded that browsers cannot play as it is, in pixels."""


def put_film(film: Path, path: Path) -> None:
    """Put a film beside the page, as browsers play it.

    It takes no room where the disk can link files, and no time where browsers play it as it is.

    Args:
        film: The delivered film.
        path: Where it goes, an mp4 file.
    """
    with open_media(film) as container:
        picture = container.streams.video[0]
        is_playable = picture.codec_context.name == "h264" and picture.pix_fmt in PLAYABLE
    if not is_playable:
        _encode_film(film, path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as temporary:
        try:
            os.link(film.resolve(), temporary)
        except OSError:  # another disk, or one without links
            shutil.copyfile(film, temporary)


def _encode_film(film: Path, path: Path) -> None:
    """Encode a film for browsers, small and fast, with the first of its sounds."""
    options = {"movflags": "+faststart"}
    with (
        atomic(path) as temporary,
        open_media(film) as source,
        av.open(url(temporary), "w", options=options) as made,
    ):
        picture, sound = source.streams.video[0], source.streams.audio[0]
        rate = picture.average_rate or Fraction(25)
        video = made.add_stream("libx264", rate=rate, options={"crf": "26", "preset": "veryfast"})
        video.height = min(HEIGHT, picture.height) // 2 * 2
        video.width = round(picture.width * video.height / picture.height / 2) * 2
        video.pix_fmt = "yuv420p"
        audio = made.add_stream("aac", rate=SOUND_RATE, layout="stereo")
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
        for frame in source.decode(picture, sound):
            if isinstance(frame, av.VideoFrame):
                made.mux(video.encode(frame.reformat(video.width, video.height, "yuv420p")))
            elif isinstance(frame, av.AudioFrame):
                for block in resampler.resample(frame):
                    made.mux(audio.encode(block))
        for stream in (video, audio):
            made.mux(stream.encode())


def write_sound(source: Path, path: Path) -> None:
    """Encode the sound of a source as AAC, streaming: memory does not grow with its length.

    Args:
        source: A sound file whose sample 0 is picture 0.
        path: The file to write, m4a.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        atomic(path) as temporary,
        open_media(source) as sound,
        av.open(url(temporary), "w", format="mp4", options={"movflags": "+faststart"}) as made,
    ):
        stream = sound.streams.audio[0]
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        encoded = made.add_stream("aac", rate=SOUND_RATE, layout=layout)
        encoded.bit_rate = 96_000
        at = 0
        for block in _blocks(sound, stream, layout):
            block.pts, at = at, at + block.samples  # else the encoder's delay is not told
            made.mux(encoded.encode(block))
        made.mux(encoded.encode())


def _blocks(
    sound: av.container.InputContainer, stream: av.AudioStream, layout: str
) -> Iterator[av.AudioFrame]:
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=SOUND_RATE)
    for frame in sound.decode(stream):
        frame.pts = None  # samples are counted
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
