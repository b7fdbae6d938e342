import re
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

import makers
from mouthpiece.core.errors import InputError
from mouthpiece.media.open import open_media
from mouthpiece.media.probe import probe
from mouthpiece.media.user_media import user_media
from mouthpiece.stages.dub import write_dub

LIBRARY = Path(__file__).resolve().parents[2] / "workflow_scripts"


def test_there_is_one_door() -> None:
    """Only media/open.py reads with av.open, so that no file is opened without its options."""
    doors = [
        path.name
        for path in LIBRARY.rglob("*.py")
        if re.search(r'\bav\.open\((?![^"]*"w")', path.read_text(encoding="utf-8"))
    ]
    assert doors == ["open.py"]


@pytest.mark.parametrize("name", ["film.mp4", "film.avi", "film.mov", "film.mkv", "film.flv"])
def test_latin_1_tags_of_a_film(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    makers.latin_1_tags(path, picture=True)
    with open_media(path) as container:
        assert container.metadata["title"] == "Caf\ufffd"
    assert probe(path).chosen_audio is not None
    write_dub(path, tmp_path / "dub.flac", tmp_path / "dub.json")


@pytest.mark.parametrize("name", ["dub.wav", "dub.mp3", "dub.m4a"])
def test_latin_1_tags_of_a_dub(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    makers.latin_1_tags(path, picture=False)
    write_dub(path, tmp_path / "dub.flac", tmp_path / "dub.json")
    assert soundfile.info(tmp_path / "dub.flac").frames > 40_000


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, r"cannot be read as sound: there is no such file; check the path"),
        (folder, r"cannot be read as sound: is a folder, not a file; check the path"),
        (Path.touch, r"the file is empty; replace it by sound"),
        (makers.text_as_video, r"cannot be read as sound: Invalid data.*not sound at all"),
    ],
)
def test_what_cannot_be_opened_is_one_message(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "dub.wav"
    make(path)
    with pytest.raises(InputError, match=reason) as caught, user_media(path, "sound"):
        pass
    assert str(caught.value).startswith(f"{path}: ")
