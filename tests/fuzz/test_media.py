"""Damaged media files end in a result or in a sentence, in bounded time.

All are probed as a source and decoded as a dub, which takes most of the time that a damaged file
can take; every fifth is normalized, too.
"""

import logging
import os
import random
from pathlib import Path

import pytest

import flashes
import makers
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.media.probe import probe
from mouthpiece.stages.dub import write_dub
from mouthpiece.stages.normalize import normalize

from .mutations import mutated

FILES = 300
FAST_FILES = 10
LONGEST_S = 120.0

CODECS = {
    "film.mp4": (*flashes.H264, "-bf", "2", *flashes.AAC, "-movflags", "+faststart"),
    "fragments.mp4": (*flashes.H264, *flashes.AAC, "-movflags", "+frag_keyframe+empty_moov"),
    "film.mkv": (*flashes.H264, *flashes.AAC),
    "film.webm": ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"),
    "film.ts": (*flashes.H264, "-bf", "2", *flashes.AAC),
    "film.mpg": ("-c:v", "mpeg2video", "-c:a", "mp2"),
    "film.flv": (*flashes.H264, *flashes.AAC),
    "film.avi": ("-c:v", "mpeg4", "-bf", "2", "-c:a", "libmp3lame"),
    "film.wmv": ("-c:v", "wmv2", "-c:a", "wmav2"),
    "film.ogv": ("-c:v", "libtheora", "-c:a", "libvorbis"),
    "film.mxf": ("-c:v", "mpeg2video", "-c:a", "pcm_s16le"),
    "film.h264": (*flashes.H264, "-an"),
    "dub.wav": ("-vn",),
    "dub.flac": ("-vn",),
    "dub.mp3": ("-vn",),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Small files of several kinds, without damage."""
    folder = tmp_path_factory.mktemp("whole")
    inputs = [*flashes.picture(1), *flashes.sound(1)]
    for name, codecs in CODECS.items():
        makers.ffmpeg(*inputs, *codecs, folder / name)
    return [folder / name for name in CODECS]


def cpu_s() -> float:
    """The CPU time of this process and of the programs that it ran."""
    return sum(os.times()[:4])


def outcome(path: Path, as_film: bool) -> None:
    """Use a file; anything but a result, an InputError or a Fault is raised."""
    folder = path.parent / "made"
    uses = [
        lambda: probe(path),
        lambda: write_dub(path, folder / "dub.flac", folder / "dub.json"),
    ]
    if as_film:
        made = (folder / "mezzanine.mp4", folder / "source.flac", folder / "source.json")
        settings = Normalize(damaged="keep", preset="ultrafast")
        uses.append(lambda: normalize(path, *made, settings))
    for use in uses:
        began = cpu_s()
        try:
            use()
        except (InputError, Fault) as error:
            assert "\n" not in str(error)
            assert "Traceback" not in str(error)
        assert cpu_s() - began < LONGEST_S


@pytest.mark.parametrize(
    "seeds",
    [
        range(FAST_FILES),
        *(
            pytest.param(range(start, start + 58), marks=pytest.mark.slow)
            for start in range(FAST_FILES, FILES, 58)
        ),
    ],
)
def test_damaged_files_end_in_a_sentence(tmp_path: Path, whole: list[Path], seeds: range) -> None:
    logging.getLogger("libav").setLevel(logging.CRITICAL)
    for seed in seeds:
        rng = random.Random(seed)
        given = whole[seed % len(whole)]
        path = tmp_path / f"{seed}-{given.name}"
        path.write_bytes(mutated(rng, given.read_bytes()))
        try:
            outcome(path, as_film=seed % 5 == 0)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {given.name}: {error!r}") from error
        path.unlink()
