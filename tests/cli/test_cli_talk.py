"""`mouthpiece talk`: which avatars it offers."""

from pathlib import Path
from unittest.mock import Mock, create_autospec

import pytest

from mouthpiece.cli.talk import Wanted, _cast, _load, _project, _sources, _talk
from mouthpiece.core.errors import InputError
from mouthpiece.core.files import write_json
from mouthpiece.engines.registry import EngineCache, create_engine
from mouthpiece.live.avatar import Avatar
from mouthpiece.live.baking import FACTS, VERSION
from mouthpiece.talk.handler import Offer
from mouthpiece.talk.page import TalkPage, page
from talkers import talking_person, write_avatar

CONFIG = "videos: videos.tsv\ndubs: dubs.tsv\n"


@pytest.mark.parametrize("rows, videos", [("", None), ("v\tv.mp4\tby letter\n", ["v"])])
def test_a_project_without_videos_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, videos: list[str] | None
) -> None:
    """As the checkout's own, in whose folder README's command is run: the demo's man is there."""
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text(CONFIG)
    Path("videos.tsv").write_text(f"video\tpath\tconsent\n{rows}")
    Path("dubs.tsv").write_text("video\tlanguage\taudio\n")
    Path("v.mp4").touch()
    settings, project = _project([Path("config.yaml")])
    assert settings is not None
    assert (list(project.videos) if project else None) == videos


@pytest.mark.parametrize(("is_demo", "sex"), [(True, "m"), (False, "f")])
def test_the_demos_man_has_a_mans_voice_though_his_film_has_a_womans(
    is_demo: bool, sex: str
) -> None:
    cast = _cast(None, {}, is_demo)
    name = cast.voice_for(200.0).removeprefix("kokoro:")
    (voice,) = (one for one in cast.speak.synthesizers.kokoro.voices("en") if one.name == name)
    assert voice.sex == sex


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Anna  at\n work.mp4", "Anna at work"),
        ("\udcff\udcfe.mp4", "avatar"),
        ("<b>&Ünal 日本.mp4", "<b>&Ünal 日本"),
        ("x" * 250 + ".mp4", "x" * 200),
    ],
)
def test_whatever_a_file_is_called_the_page_can_ask_for_its_avatar(file: str, name: str) -> None:
    ((called, path, _),) = _sources(Wanted([Path(file)], "by letter", [], "", {}, None), None)
    assert (called, path) == (name, Path(file))
    assert Offer(avatar=called, sdp="v=0").avatar == called
    assert page(TalkPage({called: "kokoro:af_heart"}, "echo", "English", hears=True))


def test_avatars_are_ready_before_the_page_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = create_autospec(Avatar, instance=True, pitch_hz=200.0)
    monkeypatch.setattr("mouthpiece.cli.talk._load", lambda *given: ada)
    monkeypatch.setattr("mouthpiece.talk.casting.Cast.check_weights", lambda cast: None)

    def served(*given: object) -> None:
        ada.get_ready.assert_called_once_with()

    monkeypatch.setattr("mouthpiece.cli.talk._serve", served)
    monkeypatch.chdir(tmp_path)
    _talk(Wanted([Path("ada.mp4")], "by letter", [], "", {}, None))
    ada.close.assert_called_once_with()


def test_an_engine_that_is_none_or_did_not_bake_the_avatar_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mouthpiece.talk.casting.Cast.check_weights", lambda cast: None)
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text(CONFIG)
    Path("ada.mp4").write_bytes(b"no film")
    facts = {"version": VERSION, "engine": "preview", "settings": {}}
    write_json(Path("baked", FACTS), facts | {"first_frame": 0, "frames": 9, "pitch_hz": 0})
    for avatar, engine, problem in (
        ("ada.mp4", "nope", "engine 'nope': is not installed"),
        ("ada.mp4", "wav2lip", "take another"),
        ("baked", "musetalk", "baked was baked by preview"),
        (".", "", "has no avatar.json; name a video"),
    ):
        with pytest.raises(InputError, match=problem):
            _talk(Wanted([Path(avatar)], "by letter", [], engine, {}, None))


def test_the_config_holds_for_an_avatar_that_is_baked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_avatar(talking_person(), tmp_path / "baked", "preview")
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text(f"{CONFIG}engines: {{preview: {{strength: 0.5}}}}\n")
    settings, _ = _project([Path("config.yaml")])
    load = Mock()
    monkeypatch.setattr("mouthpiece.live.avatar.load_avatar", load)
    _load(folder, "", settings, "", create_engine)
    load.assert_called_once_with(folder, settings={"strength": 0.5}, create=create_engine)


def test_avatars_share_what_their_engine_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each one of a GPU's holds weights of its own."""
    person = create_autospec(Avatar, instance=True, pitch_hz=0.0)
    load = Mock(return_value=person)
    monkeypatch.setattr("mouthpiece.live.avatar.load_avatar", load)
    monkeypatch.setattr("mouthpiece.cli.talk._serve", Mock())
    monkeypatch.setattr("mouthpiece.talk.casting.Cast.check_weights", lambda cast: None)
    monkeypatch.setattr("mouthpiece.talk.casting.Cast.voice_for", lambda cast, pitch_hz: "")
    monkeypatch.chdir(tmp_path)
    _talk(Wanted([Path("ada.mp4"), Path("bob.mp4")], "by letter", [], "musetalk", {}, None))
    ada, bob = (call.kwargs["create"] for call in load.call_args_list)
    assert ada is bob
    assert isinstance(ada, EngineCache)
