"""The sound track of a film: encoded before its picture is there, and copied into it."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from mouthpiece.config.delivery import Delivery
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import read_json, write_json
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.media.mux import mux
from mouthpiece.stages.sound import sound

RATE, FRAMES = 25, 50


def tracked(folder: Path, seconds: float, policy: str = "auto", channels: int = 2) -> Path:
    """The sound track of a film of `FRAMES` pictures, whose dub is noise."""
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (round(seconds * 48000), channels))
    soundfile.write(folder / "dub.flac", noise, 48000)
    write_json(folder / "source.json", {"rate": str(RATE), "frames": FRAMES})
    track = folder / "sound.m4a"
    sound(
        dub=folder / "dub.flac",
        source=folder / "source.json",
        policy=policy,
        language="pt-BR",
        track=track,
        facts=folder / "sound.json",
        settings=Delivery(),
    )
    return track


def packets(file: Path) -> list[tuple[int | None, int | None, bytes]]:
    """The packets of sound of a file: when they are heard, how long, and what they hold."""
    with av.open(str(file)) as container:
        return [(p.pts, p.duration, bytes(p)) for p in container.demux(audio=0) if p.size]


@pytest.mark.parametrize(
    ("seconds", "policy", "shown", "held", "note"),
    [
        (2.0, "auto", 50, 0, ""),
        (1.5, "auto", 50, 0, "silence_added"),
        (1.2, "trim", 30, 0, "picture_cut"),
        (3.0, "pad", 50, 25, "picture_held"),
        (3.0, "loop", 75, 0, ""),
    ],
)
def test_the_track_is_as_long_as_the_film_will_be(
    tmp_path: Path, seconds: float, policy: str, shown: int, held: int, note: str
) -> None:
    track = tracked(tmp_path, seconds, policy)
    found = read_json(tmp_path / "sound.json")
    assert (found["shown_frames"], found["held_frames"]) == (shown, held)
    assert [one["code"] for one in found["notes"]] == [note] * bool(note)
    with av.open(str(track)) as container:
        stream = container.streams.audio[0]
        assert stream.metadata["language"] == "por"
        assert stream.duration * stream.time_base == pytest.approx((shown + held) / RATE, abs=0.022)


def test_a_dub_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the dub is 1\.00 s longer than the picture"):
        tracked(tmp_path, 3.0, "error")
    assert not (tmp_path / "sound.m4a").exists()


@pytest.mark.parametrize("channels", [2, 6])
def test_a_film_has_the_packets_that_encoding_it_at_once_gives(
    tmp_path: Path, channels: int
) -> None:
    track, picture = tracked(tmp_path, 1.9, channels=channels), tmp_path / "picture.mp4"
    ffmpeg(
        ["-f", "lavfi", "-i", f"testsrc2=size=64x48:rate={RATE}", "-frames:v", str(FRAMES)]
        + ["-c:v", "libx264", str(picture)]
    )
    mux(picture, track, "pt-BR", tmp_path / "copied.mp4")
    samples = round(Fraction(FRAMES, RATE) * 48000)
    ffmpeg(
        ["-i", str(picture), "-i", str(tmp_path / "dub.flac"), "-map", "0:v:0", "-map", "1:a:0"]
        + ["-af", f"apad=whole_len={samples},atrim=end_sample={samples}", "-c:v", "copy"]
        + ["-c:a", "aac", "-b:a", "192k", "-fflags", "+bitexact", str(tmp_path / "at_once.mp4")]
    )
    assert packets(tmp_path / "copied.mp4") == packets(tmp_path / "at_once.mp4")
    with av.open(str(tmp_path / "copied.mp4")) as container:
        assert container.streams.audio[0].metadata["language"] == "por"
