"""Dubs as editors and recorders write them: what is heard in the film is where it belongs."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

import makers
from mouthpiece.core.files import read_json
from mouthpiece.media.film_check import check_film
from mouthpiece.media.mux import mux
from mouthpiece.media.sound_track import encode_sound
from mouthpiece.stages.dub import write_dub
from mouthpiece.stages.speech import write_speech

SECONDS, RATE = 4, 48000


def beeps(late_s: float = 0) -> list[str]:
    """Input arguments: beeps at 1 and 3 s of a sound that begins so late."""
    wave = f"if(between(mod(t+{late_s}\\,2)\\,1\\,1.05)\\,0.8*sin(2*PI*1000*t)\\,0)"
    source = f"aevalsrc={wave}:s={RATE}:d={SECONDS - late_s}"
    return ["-itsoffset", str(late_s), "-f", "lavfi", "-i", source]


def late(path: Path, film: Path) -> None:
    tracks = ("-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "pcm_s16le")
    makers.ffmpeg("-i", film, *beeps(0.5), *tracks, path)


def gap(path: Path, film: Path) -> None:
    makers.ffmpeg(*beeps(), "-af", "aselect=not(between(t\\,1.5\\,2.4))", "-c:a", "libopus", path)


def sixteen(path: Path, film: Path) -> None:
    makers.ffmpeg(*beeps(), "-af", "pan=16c|c3=c0", path)


def cancelling(path: Path, film: Path) -> None:
    makers.ffmpeg(*beeps(), "-af", "pan=stereo|c0=c0|c1=-1*c0", path)


DUBS = {
    "late": ("late.mov", late, "dub_starts_late"),
    "gap": ("gap.webm", gap, None),
    "sixteen": ("sixteen.wav", sixteen, "sound_channels"),
    "cancelling": ("cancelling.wav", cancelling, None),
}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    makers.ffmpeg(*makers.counting(seconds=SECONDS), *beeps(), *makers.X264, *makers.AAC, path)
    return path


def heard_s(path: Path) -> list[float]:
    """When beeps begin, in a film or a sound file, as players time them."""
    with av.open(str(path)) as container:
        samples = np.concatenate(
            [
                np.abs(frame.to_ndarray().reshape(-1, frame.samples)).max(0)
                if frame.format.is_planar
                else np.abs(frame.to_ndarray().reshape(frame.samples, -1)).max(1)
                for frame in container.decode(audio=0)
            ]
        )
        rate = container.streams.audio[0].sample_rate
    loud = np.flatnonzero(samples > 0.2 * samples.max()) / rate
    return [float(t) for t, last in zip(loud, [-9.0, *loud], strict=False) if t - last > 0.3]


@pytest.mark.parametrize("name", DUBS)
def test_the_film_beeps_when_its_lips_do(film: Path, tmp_path: Path, name: str) -> None:
    file, make, note = DUBS[name]
    make(tmp_path / file, film)
    dub, speech, made = (tmp_path / n for n in ("dub.flac", "speech.wav", "made.mp4"))
    write_dub(tmp_path / file, dub, tmp_path / "dub.json")
    write_speech(dub, speech)
    encode_sound(dub, Fraction(SECONDS), "en", tmp_path / "made.m4a", 192)
    mux(film, tmp_path / "made.m4a", "en", made)
    for path in (made, dub, speech):
        assert heard_s(path) == pytest.approx([1, 3], abs=0.005), path.name
    found = check_film(made, dub, SECONDS * 25, Fraction(25), made.name)
    assert abs(found.worst_offset_s) < 0.001
    told = [row["code"] for row in read_json(tmp_path / "dub.json")["notes"]]
    assert told == [code for code in (note,) if code]
    assert soundfile.info(speech).frames == pytest.approx(SECONDS * 16000, abs=400)
