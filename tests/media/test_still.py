"""A still picture as a film in which nothing moves."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mouthpiece.config.normalize import Normalize
from mouthpiece.core.errors import InputError
from mouthpiece.core.timeline import Clock
from mouthpiece.media import decode as picture
from mouthpiece.media.mezzanine import MezzanineInfo, probe_mezzanine
from mouthpiece.media.picture_kind import is_still
from mouthpiece.stages.normalize import normalize

RED, GREEN = (200, 30, 30), (30, 160, 30)


def two_halves(width: int, height: int) -> Image.Image:
    """Red above, green below."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (0, height // 2, width, height))
    return image


def film_of(source: Path, **settings: object) -> tuple[MezzanineInfo, list[np.ndarray]]:
    """A still's mezzanine: its facts, and its frames as RGB."""
    made = source.with_name("made.mp4")
    sound, facts = source.with_name("sound.flac"), source.with_name("facts.json")
    normalize(source, made, sound, facts, Normalize(**settings))
    found = probe_mezzanine(made)
    assert json.loads(facts.read_text())["frames"] == found.frames
    return found, list(picture.read_rgb(made, found.clock))


@pytest.mark.parametrize("name", ["face.png", "face.JPG", "face.webp", "face.bmp", "face.tiff"])
def test_a_picture_is_a_film_in_which_nothing_moves(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert is_still(path) and not is_still(path.with_suffix(".mp4"))
    two_halves(96, 64).save(path)
    found, frames = film_of(path, still_s=0.4, frame_rate="30")
    assert (found.width, found.height, found.rate, len(frames)) == (96, 64, Fraction(30), 12)
    assert found.pixel_format == "yuv420p"
    assert np.abs(frames[0][8, 48].astype(int) - RED).max() <= 4
    assert np.abs(frames[-1][56, 48].astype(int) - GREEN).max() <= 4


def test_a_large_picture_is_reduced_and_a_turned_one_set_upright(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned a quarter clockwise
    two_halves(400, 300).save(path, exif=exif)
    found, frames = film_of(path, still_s=0.1, still_px=200)
    assert (found.width, found.height) == (150, 200)
    assert np.abs(frames[0][100, 140].astype(int) - RED).max() <= 6  # above is at the right now


def test_an_odd_size_becomes_even(tmp_path: Path) -> None:
    two_halves(65, 63).save(tmp_path / "odd.png")
    found, frames = film_of(tmp_path / "odd.png", still_s=0.1)
    assert (found.width, found.height) == (66, 64)
    assert np.abs(frames[0][4, 65].astype(int) - RED).max() <= 4


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    path = tmp_path / "cutout.png"
    image = two_halves(64, 64).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 64, 32))
    image.save(path)
    _, frames = film_of(path, still_s=0.1)
    assert frames[0][8, 32].min() >= 250
    assert np.abs(frames[0][56, 32].astype(int) - GREEN).max() <= 4


def test_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.png"
    path.write_text("no picture")
    with pytest.raises(InputError, match=r"text\.png: cannot be read as a picture"):
        film_of(path)
    two_halves(64, 64).save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cut\.png: cannot be read as a picture"):
        film_of(tmp_path / "cut.png")


def test_a_still_takes_the_usual_rate_where_its_own_is_asked_for(tmp_path: Path) -> None:
    two_halves(64, 64).save(tmp_path / "face.png")
    found, frames = film_of(tmp_path / "face.png", still_s=0.2, frame_rate="source")
    assert found.rate == 25 and len(frames) == 5
    assert found.clock == Clock(Fraction(25), 0, 5)


def test_an_animation_is_noted_and_a_picture_that_only_ffmpeg_knows_is_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "moving.gif"
    first, second = two_halves(64, 64), Image.new("RGB", (64, 64))
    first.save(path, save_all=True, append_images=[second])
    film_of(path, still_s=0.1)
    notes = json.loads((tmp_path / "facts.json").read_text())["notes"]
    assert {"code": "first_picture", "pictures": 2} in notes
    tga = tmp_path / "a.tga"
    first.save(tga)
    with pytest.raises(InputError, match=r"a\.tga: is a picture"):
        film_of(tga)
