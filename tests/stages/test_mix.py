"""A dub over a background: form, length, loudness; and the loudness of a film."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from mouthpiece.audio.film_loudness import measure_loudness
from mouthpiece.config.delivery import Delivery
from mouthpiece.config.mix import Mix
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import read_json, write_json
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.stages.mix import Sounds, mix

SECONDS = 4


def tone(seconds: float, rate: int, hz: float, level: float, channels: int = 1) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, 1)


def made(
    folder: Path,
    settings: dict[str, Any],
    channels: int = 2,
    rate: int = 44_100,
    dub_s: float = SECONDS,
    policy: str = "auto",
    voice: float = 0.0,
    holds_voice: bool = False,
    level: float = 0.1,
) -> dict[str, Any]:
    """Mix speech at 1.5 to 3 s with a tone; what was done."""
    dub = tone(dub_s, 24_000, 300, level)
    dub[: round(1.5 * 24_000)] = 0
    dub[3 * 24_000 : round((dub_s - 0.5) * 24_000)] = 0
    soundfile.write(folder / "dub.flac", dub, 24_000)
    background = tone(SECONDS, rate, 1000, 0.5 * level, channels)
    soundfile.write(folder / "background.flac", background, rate, subtype="PCM_24")
    soundfile.write(folder / "voice.flac", tone(SECONDS, rate, 300, voice, channels), rate)
    write_json(folder / "separation.json", {"background_holds_voice": holds_voice})
    write_json(folder / "source.json", {"rate": "25", "frames": 25 * SECONDS})
    mix(
        sounds=Sounds(
            folder / "dub.flac",
            folder / "background.flac",
            folder / "voice.flac" if voice else None,
            folder / "separation.json",
        ),
        source=folder / "source.json",
        policy=policy,
        delivery=Delivery(),
        settings=Mix(**settings),
        mixed=folder / "mix.flac",
        facts=folder / "mix.json",
    )
    return dict(read_json(folder / "mix.json"))


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_rate_channels_and_length_are_those_of_the_film(tmp_path: Path, channels: int) -> None:
    facts = made(tmp_path, {"loudness": "ebu_r128"}, channels)
    found = soundfile.info(tmp_path / "mix.flac")
    assert (found.samplerate, found.channels) == (44_100, channels)
    assert found.frames == SECONDS * 44_100 == facts["samples"]
    assert found.subtype == "PCM_24"
    with (
        av.open(str(tmp_path / "background.flac")) as given,
        av.open(str(tmp_path / "mix.flac")) as written,
    ):
        layouts = [c.streams.audio[0].codec_context.layout.name for c in (given, written)]
    assert layouts[0] == layouts[1] == facts["layout"]
    assert facts["lufs"] == pytest.approx(-23, abs=0.2)


def test_dialogue_of_a_surround_film_is_in_its_centre_alone(tmp_path: Path) -> None:
    made(tmp_path, {"loudness": "off", "duck_db": 0}, 6)
    mixed, rate = soundfile.read(tmp_path / "mix.flac")
    speaking = mixed[2 * rate : round(2.9 * rate)]
    silent = mixed[:rate]
    more = np.sqrt(np.square(speaking).mean(0)) / np.sqrt(np.square(silent).mean(0))
    assert more[2] > 2
    assert more[[0, 1, 3, 4, 5]] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("holds_voice", "depth_db"), [(False, 4), (True, 18)])
def test_a_background_that_holds_the_voice_is_lowered_further(
    tmp_path: Path, holds_voice: bool, depth_db: float
) -> None:
    facts = made(tmp_path, {"loudness": "off"}, holds_voice=holds_voice)
    assert facts["ducked_db"] == depth_db
    assert facts["speech_s"] == [pytest.approx([1.5, 3], abs=0.05), [3.5, 4.0]]


@pytest.mark.parametrize("level", [2e-4, 0.0])
def test_near_silence_is_not_made_louder(tmp_path: Path, level: float) -> None:
    facts = made(tmp_path, {"loudness": "streaming"}, level=level)
    assert facts["gain_db"] == 0
    assert [note["code"] for note in facts["notes"]] == ["mix_quiet"]
    assert np.abs(soundfile.read(tmp_path / "mix.flac")[0]).max() < 1e-3


def test_a_dub_is_as_loud_as_the_voice_was(tmp_path: Path) -> None:
    facts = made(tmp_path, {"loudness": "off"}, channels=1, voice=0.2)
    assert facts["dub_gain_db"] == pytest.approx(6, abs=1)  # gated blocks at the edges


def test_the_mix_is_as_long_as_a_film_whose_last_picture_is_held(tmp_path: Path) -> None:
    facts = made(tmp_path, {"loudness": "off"}, dub_s=SECONDS + 1)
    assert facts["samples"] == 44_100 * (SECONDS + 1)
    assert made(tmp_path, {"loudness": "off"}, dub_s=SECONDS + 1, policy="trim")["samples"] == (
        44_100 * SECONDS
    )
    with pytest.raises(InputError, match="longer than the picture"):
        made(tmp_path, {}, dub_s=SECONDS + 1, policy="error")


def test_a_dub_of_a_silent_film_keeps_its_own_form(tmp_path: Path) -> None:
    made(tmp_path, {"loudness": "off"})
    write_json(tmp_path / "source.json", {"rate": "25", "frames": 25 * SECONDS, "has_audio": False})
    dub = tone(SECONDS, 32_000, 300, 0.1, 2) * [1, 0.5]
    soundfile.write(tmp_path / "dub.flac", dub, 32_000)
    names = ("dub.flac", "background.flac")
    mix(
        sounds=Sounds(*(tmp_path / n for n in names), None, tmp_path / "separation.json"),
        source=tmp_path / "source.json",
        policy="auto",
        delivery=Delivery(),
        settings=Mix(loudness="off"),
        mixed=tmp_path / "mix.flac",
        facts=tmp_path / "mix.json",
    )
    mixed, rate = soundfile.read(tmp_path / "mix.flac")
    assert rate == 32_000
    np.testing.assert_allclose(mixed, dub, atol=1e-3)


def test_the_same_sounds_give_the_same_bytes(tmp_path: Path) -> None:
    made(tmp_path, {})
    first = (tmp_path / "mix.flac").read_bytes()
    made(tmp_path, {})
    assert (tmp_path / "mix.flac").read_bytes() == first


@pytest.mark.parametrize("target", ["streaming", "netflix"])
def test_an_encoded_film_keeps_target_and_limit(tmp_path: Path, target: str) -> None:
    facts = made(tmp_path, {"loudness": target})
    assert facts["by_dialogue"] == (target == "netflix") or facts["target"] == target
    film = tmp_path / "film.m4a"
    ffmpeg(["-i", str(tmp_path / "mix.flac"), "-c:a", "aac", "-b:a", "128k", str(film)])
    measured = measure_loudness(film, tmp_path / "mix.json")
    assert not measured.notes
    write_json(tmp_path / "mix.json", {**facts, "target": "ebu_r128", "by_dialogue": False})
    missed = measure_loudness(film, tmp_path / "mix.json")
    assert [note.code for note in missed.notes] == ["loudness_missed"]
