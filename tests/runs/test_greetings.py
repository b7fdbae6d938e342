"""The project that `greet` writes: tables as a larger project has them, a script a film."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mouthpiece.core.errors import InputError
from mouthpiece.runs.greetings import Greetings, lay_out_greetings


@pytest.fixture
def wanted(tmp_path: Path) -> Greetings:
    """A picture, which becomes a film of 4 s."""
    Image.new("RGB", (64, 64)).save(tmp_path / "face.png")
    names = tmp_path / "names.csv"
    names.write_text("name,id\nAnna,a1\nBob,b2\n")
    text = "Hello {name}. Hi!"
    return Greetings(tmp_path / "face.png", names, text, "en", "the speaker, by letter")


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_new_folder(tmp_path: Path, wanted: Greetings) -> None:
    folder = tmp_path / "job"
    project = lay_out_greetings(folder, wanted)
    assert list(project.dubs) == [("face", "en_00001"), ("face", "en_00002")]
    dub = project.dubs["face", "en_00002"]
    assert (dub.kind, dub.script) == ("made", folder / "greetings/face/en_00002.tsv")
    assert not dub.script_problem
    assert project.length_policy("face", "en_00002") == "loop", "as long as what is said"
    head, first, second = dub.script.read_text().splitlines()
    assert head == "target\tstart_frame\tend_frame"
    (text, start, end), (_, start_2, end_2) = first.split("\t"), second.split("\t")
    assert text == "Hello Bob." and 0 < int(start) < int(end) <= int(start_2) < int(end_2) <= 100
    video = project.videos["face"]
    assert video.script and video.background and not (video.script_problem)
    assert project.settings.speak.fit.slowest == 1


def test_the_same_again_changes_nothing_and_more_people_are_added(
    tmp_path: Path, wanted: Greetings
) -> None:
    folder = tmp_path / "job"
    lay_out_greetings(folder, wanted)
    before = content(folder)
    lay_out_greetings(folder, wanted)
    assert content(folder) == before
    with wanted.names.open("a") as table:
        table.write("Cleo,c3\n")
    assert len(lay_out_greetings(folder, wanted).dubs) == 3
    after = content(folder)
    assert {name for name in after if after[name] != before.get(name)} == {
        "dubs.tsv",
        "greetings/face/en_00003.tsv",
    }


def test_another_language_is_in_the_same_folder(tmp_path: Path, wanted: Greetings) -> None:
    folder = tmp_path / "job"
    lay_out_greetings(folder, wanted)
    more = replace(wanted, language="pt-BR", text="Olá {name}.", id_column="id", consent="")
    assert ("face", "pt-BR_a1") in lay_out_greetings(folder, more).dubs


def test_a_voice_is_written(tmp_path: Path, wanted: Greetings) -> None:
    folder = tmp_path / "job"
    project = lay_out_greetings(folder, replace(wanted, voice="espeak:m1"))
    assert project.settings.speak.use == ("espeak",)
    assert project.voices_for("face", "en_00001") == {"*": "espeak:m1"}
    lay_out_greetings(folder, replace(wanted, voice="espeak"))
    for voice, problem in (("espeak:f1", "other voices"), ("kokoro", "uses espeak")):
        with pytest.raises(InputError, match=problem):
            lay_out_greetings(folder, replace(wanted, voice=voice))


def test_a_cache_is_written_for_projects_that_share_it(tmp_path: Path, wanted: Greetings) -> None:
    cache = tmp_path / 'my "cache"'
    shared = replace(wanted, cache=cache)
    for name in ("one", "two"):
        assert Path(lay_out_greetings(tmp_path / name, shared).settings.cache.dir) == cache
    lay_out_greetings(tmp_path / "one", shared)
    lay_out_greetings(tmp_path / "one", wanted)
    with pytest.raises(InputError, match=r"edit cache\.dir"):
        lay_out_greetings(tmp_path / "one", replace(wanted, cache=tmp_path / "other"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"voice": "espek"}, "wanted SYNTHESIZER"),
        ({"voice": "../x:y"}, "wanted SYNTHESIZER"),
        ({"language": "english"}, "language 'english'"),
        ({"language": "tlh"}, "--language tlh: kokoro does not speak tlh"),
        ({"language": "tlh", "voice": "kokoro"}, "--voice kokoro: kokoro does not speak tlh"),
        ({"voice": "kokoro:af_hart"}, "did you mean af_heart"),
        ({"text": " "}, "--text: is empty"),
        ({"text": "Hello."}, "names no column"),
        ({"text": "Hello {city}."}, "has no column 'city'"),
        ({"text": "{name}" * 330, "names": "long.csv"}, "row 2: its words take about"),
        ({"avatar": Path("nothing.mp4")}, "nothing.mp4"),
        ({"consent": ""}, "no consent"),
        ({"engine": "musetolk"}, "there is no engine"),
    ],
)
def test_what_is_wrong_writes_nothing(
    tmp_path: Path, wanted: Greetings, change: dict[str, object], problem: str
) -> None:
    (tmp_path / "long.csv").write_text(f"name\n{'Anna' * 50}\n")
    if "names" in change:
        change |= {"names": tmp_path / str(change["names"])}
    with pytest.raises(InputError) as error:
        lay_out_greetings(tmp_path / "job", replace(wanted, **change))
    assert problem in str(error.value) and "Anna" not in str(error.value)
    assert not (tmp_path / "job").exists()


def test_a_file_is_no_folder_of_a_project(tmp_path: Path, wanted: Greetings) -> None:
    (tmp_path / "taken.csv").write_text("mine\n")
    for folder in (tmp_path / "taken.csv", tmp_path / "x" / ".." / "taken.csv"):
        with pytest.raises(InputError, match=r"taken\.csv: cannot be a project's folder: it is a"):
            lay_out_greetings(folder, wanted)
    assert (tmp_path / "taken.csv").read_text() == "mine\n" and not (tmp_path / "x").exists()
