"""Picture and dub are fitted to one length, in whole frames, and what was done is said."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.dub import heard_s
from mouthpiece.audio.film_length import FilmLength, SoundLength, fit
from mouthpiece.config.delivery import Delivery
from mouthpiece.core.errors import InputError

RATE = Fraction(25)
SETTINGS = Delivery()


def fitted(
    frames: int, total_s: float, policy: str, heard_s: float | None = None, rate: Fraction = RATE
) -> FilmLength:
    heard = total_s if heard_s is None else heard_s
    return fit(frames, rate, SoundLength(Fraction(total_s), Fraction(heard)), policy, SETTINGS)


def test_a_length_is_in_whole_frames() -> None:
    rate = Fraction(30000, 1001)
    found = fitted(100, 20, "pad", rate=rate)
    assert (found.shown_frames, found.held_frames) == (100, 499)
    assert fitted(100, float(100 / rate), "error", rate=rate) == FilmLength(100, 0)
    assert fitted(599, 20, "loop", rate=rate) == FilmLength(599, 0)


@pytest.mark.parametrize(
    ("total_s", "heard_s", "policy", "shown", "held", "note"),
    [
        (4.05, 4.05, "auto", 100, 0, None),
        (3.0, 3.0, "auto", 100, 0, ("silence_added", 1.0)),
        (5.0, 4.0, "auto", 100, 0, ("silence_cut", 1.0)),
        (5.0, 4.5, "auto", 100, 13, ("picture_held", 0.52)),
        (5.0, 0.0, "auto", 100, 0, ("silence_cut", 1.0)),
        (3.0, 3.0, "pad", 100, 0, ("silence_added", 1.0)),
        (9.0, 4.0, "pad", 100, 125, ("picture_held", 5.0)),
        (3.0, 3.0, "trim", 75, 0, ("picture_cut", 1.0)),
        (9.0, 9.0, "trim", 100, 0, ("sound_cut", 5.0)),
        (0.001, 0.0, "trim", 1, 0, ("picture_cut", 3.999)),
    ],
)
def test_each_policy_says_what_it_did(
    total_s: float, heard_s: float, policy: str, shown: int, held: int, note: tuple[str, float]
) -> None:
    found = fitted(100, total_s, policy, heard_s)
    assert (found.shown_frames, found.held_frames) == (shown, held)
    assert [(n.code, n.values["s"]) for n in found.notes] == ([note] if note else [])


def test_a_dub_of_quite_another_length_is_refused_with_a_way_on() -> None:
    with pytest.raises(InputError, match=r"2\.10 s longer .* set length_policy to pad, trim"):
        fitted(100, 6.1, "auto")
    with pytest.raises(InputError, match=r"60\.00 s shorter .*\(50\.00 s\)"):
        fitted(25_000, 940, "auto")
    assert fitted(25_000, 955, "auto").frames == 25_000  # within 5 % of 1000 s


def test_without_a_policy_another_length_is_refused() -> None:
    with pytest.raises(InputError, match=r"0\.20 s longer .* set length_policy to auto, pad"):
        fitted(100, 4.2, "error")


@pytest.mark.parametrize("silence_db", [-120, -60])
def test_a_dub_is_heard_until_its_last_sound(tmp_path: Path, silence_db: float) -> None:
    rate = 8000
    sound = np.full((3 * rate, 2), 10 ** (silence_db / 20))
    sound[rate // 2, 1] = 0.1
    soundfile.write(tmp_path / "dub.flac", sound, rate, subtype="PCM_24")
    assert heard_s(tmp_path / "dub.flac") == Fraction(rate // 2 + 1, rate)


def test_a_silent_dub_is_not_heard(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "dub.flac", np.zeros(12_345), 8000)
    assert heard_s(tmp_path / "dub.flac") == 0
