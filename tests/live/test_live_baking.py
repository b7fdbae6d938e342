"""A video becomes an avatar: once, with consent, and where one clear face is seen."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.files import read_json, write_json
from mouthpiece.engines.registry import read_settings
from mouthpiece.live import baking, source
from mouthpiece.live.avatar import _settings, load_avatar
from mouthpiece.live.baking import FACTS
from mouthpiece.runs.consent import ConsentMissing
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE
from talkers import FRAMES, babble, write_film

CONSENT = "the museum that keeps the portrait"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portrait that sways, 1.2 s."""
    portrait = pytest.importorskip("skimage.data").astronaut()
    pictures = [
        cv2.warpAffine(
            portrait,
            np.array([[1, 0, 6 * np.sin(i / 6)], [0, 1, 0.3 * i]]),
            (512, 512),
            borderMode=cv2.BORDER_REFLECT,
        )
        for i in range(30)
    ]
    path = tmp_path_factory.mktemp("film") / "portrait.mp4"
    write_film(pictures, path)
    return path


def test_a_video_is_baked_once(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConsentMissing, match="--consent"):
        load_avatar(film, cache_dir=tmp_path)
    assert not list(tmp_path.iterdir())
    avatar = load_avatar(film, cache_dir=tmp_path, consent=CONSENT, settings={"hearing": "bands"})
    assert (avatar.format.width_px, avatar.format.height_px, avatar.format.fps) == (512, 512, 25)
    moments = list(avatar.speak([(babble(0.4, 16000), 16000)]))
    assert len(moments) == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == [avatar.folder.name]

    monkeypatch.setattr(baking, "normalize", None)  # a second bake would need it
    again = load_avatar(film, cache_dir=tmp_path, settings={"hearing": "bands", "strength": 0.5})
    assert again.folder == avatar.folder
    assert load_avatar(avatar.folder).engine == "preview"
    with pytest.raises(InputError, match="baked with other values of size_px"):
        load_avatar(avatar.folder, settings={"size_px": 256})


def test_no_more_is_baked_than_memory_holds(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"hearing": "bands"}
    monkeypatch.setattr(source, "LEAST_S", 1)
    monkeypatch.setattr(source, "PICTURES_BYTES", 26 * 3 * 512 * 512)
    avatar = load_avatar(film, cache_dir=tmp_path, consent=CONSENT, settings=settings)
    avatar.get_ready()
    monkeypatch.setattr(avatar._source.pictures, "_read", pytest.fail)
    assert len(list(avatar.speak([(babble(1.2, 16000), 16000)]))) == 30
    assert avatar._source.frames == 26


def test_files_that_do_not_belong_together_are_a_fault(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    facts = read_json(copy / FACTS)
    write_json(copy / FACTS, {**facts, "frames": facts["frames"] - 1})
    with pytest.raises(Fault, match=f"has {FRAMES} frames, avatar.json says {FRAMES - 1}"):
        load_avatar(copy)
    write_json(copy / FACTS, {**facts, "version": 0})
    with pytest.raises(InputError, match="version 0"):
        load_avatar(copy)


def test_a_video_without_a_face_is_refused(tmp_path: Path) -> None:
    grey = [np.full((96, 128, 3), 90 + i, np.uint8) for i in range(30)]
    write_film(grey, tmp_path / "grey.mp4")
    with pytest.raises(InputError, match=r"grey\.mp4: no cut of 1 s or more shows one clear face"):
        load_avatar(tmp_path / "grey.mp4", cache_dir=tmp_path / "cache", consent=CONSENT)
    assert not list((tmp_path / "cache").iterdir())


def test_what_cannot_be_an_avatar_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.mp4"):
        load_avatar(tmp_path / "nothing.mp4", consent=CONSENT)
    with pytest.raises(InputError, match="no folder of an avatar"):
        load_avatar(tmp_path)
    (tmp_path / "film.mp4").write_bytes(b"no film")
    with pytest.raises(InputError, match="is not installed"):
        load_avatar(tmp_path / "film.mp4", engine="none", consent=CONSENT)
    with pytest.raises(InputError, match="cannot speak while the sound arrives"):
        load_avatar(tmp_path / "film.mp4", engine="wav2lip", consent=CONSENT)
    with pytest.raises(InputError, match=r"engines\.preview: strength: 9 is not allowed; wanted a"):
        load_avatar(tmp_path / "film.mp4", settings={"strength": 9}, consent=CONSENT)
    with pytest.raises(InputError, match="are for films"):
        load_avatar(tmp_path / "film.mp4", settings={"hush_pauses": True}, consent=CONSENT)
    with pytest.raises(InputError, match=r"film\.mp4"):
        load_avatar(tmp_path / "film.mp4", cache_dir=tmp_path / "cache", consent=CONSENT)


def test_missing_weights_are_told_before_the_video_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baking, "normalize", pytest.fail)
    (tmp_path / "film.mp4").write_bytes(b"a film")
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(weight_table, "MODELS", tmp_path)
    monkeypatch.delenv(TREE_VARIABLE, raising=False)

    def load(engine: str, **settings: str) -> None:
        load_avatar(
            tmp_path / "film.mp4", engine=engine, settings=settings, cache_dir=tmp_path / "cache"
        )

    with pytest.raises(InputError, match=r"face_landmark\.tflite.* fetch --for guard`") as missing:
        load("preview")
    assert "musetalk" not in str(missing.value)
    mine = {"models": str(tmp_path / "models"), "parsing": "drawn"}
    with pytest.raises(InputError, match=r"unet\.pth.* --for guard --for musetalk-drawn`"):
        load("musetalk", **mine)
    with pytest.raises(InputError, match=r"engines\.musetalk\.models: .*: there is no such folder"):
        load("musetalk", models=str(tmp_path / "nowhere"))


def test_two_cores_hear_in_time_unless_more_is_asked_for() -> None:
    drafted = read_settings("preview", {"live": True}).resolved()
    assert drafted == _settings("preview", {})
    assert drafted.model_dump()["hearing"] == "bands"
    assert _settings("preview", {"hearing": "phones"}).model_dump()["hearing"] == "phones"
