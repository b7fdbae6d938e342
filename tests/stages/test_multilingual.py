"""One file with the sound and the subtitles of all films of a video."""

from dataclasses import replace
from pathlib import Path

import av
import pytest

from makers import AAC, X264, beep, ffmpeg, pattern
from mouthpiece.config.delivery import Keep
from mouthpiece.core.files import read_json, write_json
from mouthpiece.media.packing import SourceFiles
from mouthpiece.stages.multilingual import DubbedFilm, OriginalFilm, multilingual
from mouthpiece.text.subtitles import Subtitle, SubtitleTrack, write_tracks

FRAMES = 30


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> OriginalFilm:
    folder = tmp_path_factory.mktemp("original")
    file, sound, facts = folder / "talk.mp4", folder / "source.flac", folder / "source.json"
    ffmpeg(*pattern(seconds=1.2), *beep(0.3, 1.2), *X264, "-g", "1", *AAC, file)
    ffmpeg("-i", file, "-t", "1.2", sound)
    write_json(facts, {"zero_s": "0", "rate": "25", "audio_track": 0})
    return OriginalFilm(SourceFiles(file, facts, sound), "en", file, [file])


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[DubbedFilm]:
    folder = tmp_path_factory.mktemp("films")
    return [film(folder, "de", 0.5), film(folder, "pt-BR", 0.7), film(folder, "de_anna", 0.9)]


def film(folder: Path, key: str, beep_s: float, frames: int = FRAMES) -> DubbedFilm:
    master, sound, facts, subtitles = (
        folder / f"{key}.{end}" for end in ("mp4", "flac", "film.json", "subtitles.json")
    )
    tag = key.partition("_")[0]
    ffmpeg(*beep(beep_s, frames / 25, 48000), sound)
    ffmpeg(*pattern(seconds=frames / 25), "-i", sound, *X264, *AAC, "-shortest", master)
    write_json(facts, {"frames": frames})
    texts = SubtitleTrack(key, tag, (Subtitle(5, 28, (key,)),))
    source = SubtitleTrack("source", "en", (Subtitle(5, 28, ("Hello",)),))
    write_tracks([texts, source], subtitles)
    return DubbedFilm(key, tag, facts, master, sound, subtitles)


def delivered(
    original: OriginalFilm, films: list[DubbedFilm], folder: Path, picture: str = "original"
) -> tuple[Path, dict[str, object]]:
    path, facts = folder / "talk.multilingual.mp4", folder / "multilingual.json"
    multilingual(
        original=original, films=films, picture=picture, keep=Keep(), bitrate_kbps=128,
        path=path, facts=facts,
    )  # fmt: skip
    return path, read_json(facts)


def tracks(path: Path, kind: str) -> list[tuple[str, str, bool]]:
    """The language and the name of each track of a kind, and whether it is chosen unasked."""
    with av.open(str(path)) as found:
        return [
            (s.language, s.metadata.get("handler_name", ""), bool(s.disposition))
            for s in getattr(found.streams, kind)
        ]


def test_it_has_the_original_picture_and_all_sound_and_subtitles(
    original: OriginalFilm, films: list[DubbedFilm], tmp_path: Path
) -> None:
    path, facts = delivered(replace(original, language=""), films, tmp_path)
    assert tracks(path, "audio") == [  # the language of the source is that of its transcript
        ("eng", "SoundHandler", True), ("deu", "de", False), ("por", "pt-BR", False),
        ("deu", "de_anna", False),
    ]  # fmt: skip
    assert tracks(path, "subtitles") == [
        ("deu", "SubtitleHandler", False), ("por", "pt-BR", False), ("deu", "de_anna", False),
        ("eng", "SubtitleHandler", False),
    ]  # fmt: skip
    assert facts["sounds"] == ["original", "de", "pt-BR", "de_anna"] and facts["notes"] == []


def test_the_picture_of_a_dub_comes_with_its_sound(
    original: OriginalFilm, films: list[DubbedFilm], tmp_path: Path
) -> None:
    path, facts = delivered(original, films, tmp_path, "pt-BR")
    assert facts["sounds"] == ["pt-BR", "de", "de_anna", "original"]
    assert [default for _, _, default in tracks(path, "audio")] == [True, False, False, False]


def test_a_film_of_another_length_is_left_out_and_told(
    original: OriginalFilm, films: list[DubbedFilm], tmp_path: Path
) -> None:
    longer = film(tmp_path, "fr", 0.4, FRAMES + 10)
    _, facts = delivered(original, [films[0], longer], tmp_path)
    assert facts["sounds"] == ["original", "de"]
    assert facts["notes"] == [
        {"code": "multilingual_left_out", "language": "fr", "frames": 40, "picture_frames": 30}
    ]


def test_a_picture_of_no_dub_is_the_source_s_and_told(
    original: OriginalFilm, films: list[DubbedFilm], tmp_path: Path
) -> None:
    _, facts = delivered(original, films[:1], tmp_path, "it")
    assert facts["picture"] == "original" and facts["sounds"] == ["original", "de"]
    assert facts["notes"] == [{"code": "multilingual_no_dub", "dub": "it", "known": "de"}]
