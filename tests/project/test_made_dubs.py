"""A dub that cannot be made is named with the ways on; a given one is not looked at."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mouthpiece.core.errors import InputError
from mouthpiece.project import made_dubs
from mouthpiece.project.made_dubs import is_recognized, sound_problem
from mouthpiece.project.project import Project
from mouthpiece.project.tables import Video
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE

FILMS = ("pt-BR", "de", "tlh", "fr_given")


def opened(
    folder: Path, language: str = "en", tables: dict[str, str] | None = None, **config: Any
) -> Project:
    (folder / "a.mp4").touch()
    (folder / "fr.wav").touch()
    config = {"videos": "videos.tsv", "dubs": "dubs.tsv", **config}
    texts = {
        "videos.tsv": f"video\tpath\tconsent\tlanguage\na\ta.mp4\tby letter\t{language}\n",
        "dubs.tsv": "video\tlanguage\tdub\taudio\na\tpt-BR\t\t\na\tde\t\t\na\ttlh\t\t\n"
        "a\tfr\tgiven\tfr.wav\n",
        "job.yaml": yaml.safe_dump(config),
        **(tables or {}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Project.open(config, [folder / "job.yaml"])


@pytest.fixture(autouse=True)
def all_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_dubs, "missing_for_sound", lambda *_: "")


def problems(project: Project) -> dict[str, str]:
    return {key: sound_problem(project, [], dub) for (_, key), dub in project.dubs.items()}


def test_a_pair_that_nobody_translates_is_named_with_the_ways_on(tmp_path: Path) -> None:
    found = problems(opened(tmp_path))
    assert found["pt-BR"] == found["fr_given"] == ""
    for way in ("a, de: no translator", "(bergamot) translates from en to de", "openai", "script"):
        assert way in found["de"]
    assert "\n" not in found["de"]


def test_a_language_that_nobody_speaks_is_named(tmp_path: Path) -> None:
    found = problems(opened(tmp_path))["tlh"]
    assert "; also: a, tlh: no synthesizer of speak.use (kokoro" in found
    assert "speak.use (" in found and "speaks tlh" in found


def test_a_source_of_unknown_language_is_served_by_whoever_may(tmp_path: Path) -> None:
    found = problems(opened(tmp_path, language=""))
    assert found["pt-BR"] == ""
    assert "name the language in videos.tsv if de is spoken" in found["de"]


def test_a_text_in_the_language_of_the_dub_or_a_given_one_needs_no_translator(
    tmp_path: Path,
) -> None:
    assert "translates" not in problems(opened(tmp_path, language="de-CH"))["de"]
    chinese = "video\tlanguage\taudio\na\tcmn\t\n"
    found = problems(opened(tmp_path, language="zh", tables={"dubs.tsv": chinese}))
    assert "translates" not in found["cmn"]
    (tmp_path / "de.srt").touch()
    rows = "video\tlanguage\taudio\tscript\na\tde\t\tde.srt\na\tfr\t\tnone.srt\n"
    found = problems(opened(tmp_path, tables={"dubs.tsv": rows}))
    assert "translates" not in found["de"]
    assert "dubs.tsv, row 3, column script" in found["fr"]


def test_a_service_lacks_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    service = {"base_url": "https://example.com/v1", "model": "m"}
    translate = {"use": ["bergamot", "openai"], "translators": {"openai": service}}
    found = problems(opened(tmp_path, translate=translate))
    assert found["pt-BR"] == ""
    assert found["de"].startswith("translate.translators: openai: the environment variable OPENAI_")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert "translate" not in problems(opened(tmp_path, translate=translate))["de"]


def test_a_service_that_is_not_set_up_serves_nothing(tmp_path: Path) -> None:
    found = problems(opened(tmp_path, translate={"use": ["openai"]}))
    assert "openai (its base_url is not set in the config)" in found["pt-BR"]


def test_a_voice_that_does_not_exist_is_named_with_its_row(tmp_path: Path) -> None:
    voices = (
        "video\tspeaker\tlanguage\tvoice\n"
        "a\tS1\tpt-BR\tkokoro:pf_dora\na\tS2\tpt-BR\tkokoro:pf_dara\na\tS3\t*\tnobody:x\n"
    )
    edits = "video\tlanguage\tline\tvoice\na\tpt-BR\t000000-000049\tkokoro:xx\n"
    found = problems(opened(tmp_path, tables={"voices.tsv": voices, "edits.tsv": edits}))
    assert "voices.tsv, row 3, column voice: kokoro: it has no voice 'pf_dara'" in found["pt-BR"]
    assert "did you mean pf_dora" in found["pt-BR"]
    assert "row 4, column voice: there is no synthesizer 'nobody'; there are " in found["pt-BR"]
    assert "edits.tsv, row 2, column voice: kokoro: it has no voice 'xx'" in found["pt-BR"]
    assert "row 2" not in found["pt-BR"].replace("edits.tsv, row 2", "")
    assert found["fr_given"] == ""


def test_missing_weights_are_a_problem_of_the_films_that_need_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "models")
    monkeypatch.delenv(TREE_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    found = problems(opened(tmp_path))
    assert "are missing: kokoro/kokoro.onnx" in found["pt-BR"]
    assert "more. Download them: `mouthpiece models fetch`" in found["pt-BR"]
    assert found["fr_given"] == ""


def test_a_key_in_the_config_is_refused_and_not_shown(tmp_path: Path) -> None:
    for service in ({"key_variable": "sk-very-secret"}, {"base_url": "https://a:secret@b.example"}):
        with pytest.raises(InputError) as raised:
            opened(tmp_path, translate={"translators": {"openai": service}})
        assert "job.yaml: translate.translators.openai: " in str(raised.value)
        assert "secret" not in str(raised.value)


def test_a_recognizer_whose_package_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "whisper", None)
    found = problems(opened(tmp_path, transcribe={"recognizer": "openai_whisper"}))
    assert found["pt-BR"].startswith("transcribe.recognizer: openai_whisper: the package")
    assert found["fr_given"] == ""


@pytest.mark.parametrize(
    ("language", "script", "is_heard"),
    [
        ("en", None, True),
        ("en", "a.srt", False),
        ("", "a.srt", True),
        ("en", "a.TXT", True),
    ],
)
def test_a_recognizer_is_for_what_is_not_known(
    language: str, script: str | None, is_heard: bool
) -> None:
    file = Path(script) if script else None
    video = Video("a", Path("a.mp4"), "by letter", None, language=language, script=file)
    assert is_recognized(video) == is_heard


def test_a_term_of_a_language_is_one_of_its_regions(tmp_path: Path) -> None:
    terms = "language\tsource\ttarget\n*\ta\t1\npt\ta\t2\npt\tb\t3\npt-BR\tb\t4\npt-PT\tc\t5\n"
    project = opened(tmp_path, tables={"glossary.tsv": terms})
    assert project.glossary_for("pt-BR") == {"a": "2", "b": "4"}
    assert project.glossary_for("pt") == {"a": "2", "b": "3"}
    assert project.glossary_for("ptx") == {"a": "1"}
