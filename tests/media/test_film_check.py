"""A finished film is measured: a fault in the mux is found, and a good film is let through."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

import makers
from mouthpiece.core.errors import Fault
from mouthpiece.media import film_check, sound_track
from mouthpiece.media import mux as mux_module
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.media.film_check import FilmMeasure, check_film
from mouthpiece.media.mux import mux
from mouthpiece.media.sound_track import encode_sound

SECONDS, RATE = 4, Fraction(25)
Change = Callable[[list[str]], list[str]]


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "picture.mp4"
    makers.ffmpeg(*makers.counting(seconds=SECONDS), *makers.X264, "-bf", "0", path)
    return path


def babble(rate: int, seconds: float = SECONDS, seed: int = 1) -> np.ndarray:
    """Noise in syllables, [N] float64."""
    random = np.random.default_rng(seed)
    times = np.arange(round(seconds * rate)) / rate
    syllables = np.maximum(0, np.sin(2 * np.pi * 3 * times + np.sin(times))) ** 2
    noise = random.standard_normal(len(times))
    return 0.2 * syllables * np.convolve(noise, np.ones(8) / 3, "same").clip(-4, 4)


def finished(
    picture: Path,
    folder: Path,
    sound: np.ndarray,
    rate: int,
    monkeypatch: pytest.MonkeyPatch | None = None,
    change: Change = list,
) -> FilmMeasure:
    """Mux a film, with changed arguments of ffmpeg, and check it."""
    dub, film = folder / "dub.flac", folder / "film.mp4"
    soundfile.write(dub, sound, rate)

    def changed(arguments: Sequence[str]) -> object:
        return ffmpeg(change(list(arguments)))

    if monkeypatch:
        monkeypatch.setattr(mux_module, "ffmpeg", changed)
        monkeypatch.setattr(sound_track, "ffmpeg", changed)
    encode_sound(dub, Fraction(SECONDS), "de", film.with_suffix(".m4a"), 128)
    mux(picture, film.with_suffix(".m4a"), "de", film)
    return check_film(film, dub, int(SECONDS * RATE), RATE, "film.mp4")


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "rate", [44100, *(pytest.param(rate, marks=SLOW) for rate in (8000, 22050, 96000, 192000))]
)
def test_the_sound_of_a_film_is_where_its_dub_is(picture: Path, tmp_path: Path, rate: int) -> None:
    """AAC begins with silence of its own, which players drop by the file's edit list."""
    found = finished(picture, tmp_path, babble(rate), rate)
    assert len(found.parts) == 6
    assert abs(found.worst_offset_s) < 0.0005
    assert min(part.offset.correlation for part in found.parts) > 0.9
    assert (found.frames, found.picture_start_s, found.picture_end_s) == (
        SECONDS * RATE,
        0,
        SECONDS,
    )


def test_sounds_are_taken_in_lengths_whose_spectrum_is_quick(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def noted(samples: np.ndarray, rate: int) -> np.ndarray:
        lengths.add(len(samples))
        return resampled(samples, rate)

    lengths: set[int] = set()
    resampled = film_check._resampled
    monkeypatch.setattr(film_check, "_resampled", noted)
    finished(picture, tmp_path, babble(44100), 44100)
    assert lengths == {44100, 97020}  # one sample more is a prime


@pytest.mark.slow
@pytest.mark.parametrize("channels", [1, 2, 4, 6, 8])
def test_every_layout_is_compared(picture: Path, tmp_path: Path, channels: int) -> None:
    sound = np.column_stack([babble(48000, seed=seed) for seed in range(channels)])
    assert abs(finished(picture, tmp_path, sound, 48000).worst_offset_s) < 0.0005


TIMES = np.arange(SECONDS * 44100) / 44100


@pytest.mark.slow
@pytest.mark.parametrize(
    "sound",
    [
        0 * TIMES,
        0.3 * np.sin(2 * np.pi * 50 * TIMES),
        0.3 * np.sin(2 * np.pi * 1000 * TIMES),
        0.5 * (TIMES % 2 < 0.001),
        0.5 + babble(44100),
        np.random.default_rng(1).uniform(-0.5, 0.5, len(TIMES)),
        babble(44100, 1.5),
        babble(44100, 5),
        np.tile(babble(44100, 0.4), 10),
    ],
    ids=["silent", "hum", "tone", "clicks", "offset", "noise", "shorter", "longer", "loop"],
)
def test_any_sound_is_let_through(picture: Path, tmp_path: Path, sound: np.ndarray) -> None:
    assert abs(finished(picture, tmp_path, sound, 44100).worst_offset_s) < 0.001


def is_encoding(arguments: list[str]) -> bool:
    """Whether ffmpeg encodes the sound; else it muxes."""
    return "-af" in arguments


def sound_filter(text: str) -> Change:
    def change(arguments: list[str]) -> list[str]:
        if not is_encoding(arguments):
            return arguments
        place = arguments.index("-af") + 1
        arguments[place] = f"{text},{arguments[place]}"
        return arguments

    return change


def option_before(text: str, *options: str) -> Change:
    def change(arguments: list[str]) -> list[str]:
        if is_encoding(arguments):
            return arguments
        place = arguments.index(text)
        return [*arguments[:place], *options, *arguments[place:]]

    return change


def late_sound(arguments: list[str]) -> list[str]:
    if is_encoding(arguments):
        return arguments
    second = len(arguments) - 1 - arguments[::-1].index("-i")
    return [*arguments[:second], "-itsoffset", "0.012", *arguments[second:]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (sound_filter("adelay=12:all=1"), r"its sound is \+1[12]\.\d ms off dub\.flac"),
        (sound_filter("atrim=start=0.012,asetpts=PTS-STARTPTS"), r"sound is -1[12]\.\d ms off"),
        (sound_filter("atempo=0.99"), r"ms off dub\.flac|is not that of dub\.flac"),
        (sound_filter("adelay=900:all=1"), r"is not that of dub\.flac"),
        (sound_filter("volume=0"), r"is not that of dub\.flac"),
        (sound_filter("atrim=end=2"), r"its sound at 2\.\d\d s is not that"),
        (late_sound, r"its sound is \+1[12]\.\d ms off dub\.flac"),
        (option_before("-i", "-itsoffset", "0.04"), "its picture begins at 0.040 s, not at 0"),
        (option_before("-movflags", "-use_editlist", "0"), "ms off|its picture (begins|ends) at"),
        (
            option_before("-movflags", "-bsf:v", "setts=ts=if(between(N\\,40\\,60)\\,TS+90\\,TS)"),
            r"its pictures are up to \d+\.\d ms off",
        ),
        (option_before("-movflags", "-frames:v", "99"), "came out with 99 frames, not 100"),
    ],
)
def test_a_fault_in_the_mux_is_found(
    picture: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Change,
    message: str,
) -> None:
    with pytest.raises(Fault, match=message):
        finished(picture, tmp_path, babble(44100), 44100, monkeypatch, change)


def test_a_damaged_dub_is_named_and_not_the_film(picture: Path, tmp_path: Path) -> None:
    finished(picture, tmp_path, babble(44100), 44100)
    dub = tmp_path / "dub.flac"
    dub.write_bytes(dub.read_bytes()[: dub.stat().st_size // 2])
    with pytest.raises(Fault, match=r"dub\.flac: cannot be read: .*; delete it and run again"):
        check_film(tmp_path / "film.mp4", dub, int(SECONDS * RATE), RATE, "film.mp4")
