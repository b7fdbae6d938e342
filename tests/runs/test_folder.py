"""The folder that `localize` writes: made, added to, and never changed where a user wrote."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.runs.folder import Localization, check_weights, lay_out
from mouthpiece.runs.safe_ids import video_id
from mouthpiece.weights import table as weight_table
from mouthpiece.weights.find import TREE_VARIABLE

CONSENT = "the speaker, by letter"


@pytest.fixture
def wanted(tmp_path: Path) -> Localization:
    for name in ("talk.mp4", "other.mp4", "de.wav", "fr.wav"):
        (tmp_path / name).touch()
    return Localization(tmp_path / "talk.mp4", {"de": tmp_path / "de.wav"}, CONSENT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "job"


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("talk.mp4", "talk"),
        ("My Talk (final).v2.mov", "My-Talk-final-v2"),
        ("Übergrößenträger.mp4", "Ubergroentrager"),
        ("../../etc/passwd", "passwd"),
        ("日本語.mp4", "film"),
        ("-_-.mp4", "film"),
        ("{wildcard}$(rm -rf).mp4", "wildcard-rm-rf"),
        ("xyz" * 6 + "x" * 90 + ".mp4", "xyz" * 6 + "x"),  # Snakemake takes no more
        ("x-y" * 40 + ".mp4", "x-yx"),  # the 64th character is an x
        ("talk " * 30 + ".mp4", "talk-" * 12 + "talk"),
        ("a talk of " + "x" * 19 + ".mp4", "a-talk-of-" + "x" * 19),
        ("talk of " + "x" * 53 + "abc-y.mp4", "talk-of-" + "x" * 53 + "abc"),
    ],
)
def test_any_name_gives_an_id_of_the_closed_pattern(name: str, expected: str) -> None:
    assert video_id(Path(name)) == expected


def test_a_new_folder(folder: Path, wanted: Localization, tmp_path: Path) -> None:
    project = lay_out(folder, replace(wanted, engine="preview", length_policy="pad"))
    assert set(content(folder)) == {"config.yaml", "videos.tsv", "dubs.tsv"}
    assert project.videos["talk"].consent == CONSENT
    dub = project.dubs["talk", "de"]
    assert (dub.audio, dub.length_policy) == (tmp_path / "de.wav", "pad")
    assert project.settings.engine == "preview"
    assert "engine" not in (
        lay_out(tmp_path / "b", wanted) and (tmp_path / "b/config.yaml").read_text()
    )


def test_a_likeness_may_leave_where_that_is_said(
    folder: Path, wanted: Localization, tmp_path: Path
) -> None:
    assert not lay_out(tmp_path / "b", wanted).videos["talk"].may_leave
    assert lay_out(folder, replace(wanted, may_leave=True)).videos["talk"].may_leave
    before = content(folder)
    lay_out(folder, wanted)
    lay_out(folder, replace(wanted, may_leave=True))
    assert content(folder) == before


def test_the_same_again_changes_nothing(folder: Path, wanted: Localization) -> None:
    lay_out(folder, wanted)
    before = content(folder)
    lay_out(folder, wanted)
    lay_out(folder, replace(wanted, consent="", engine="preview"))
    assert content(folder) == before


def test_a_language_is_added_and_what_was_written_stays(
    folder: Path, wanted: Localization, tmp_path: Path
) -> None:
    lay_out(folder, wanted)
    dubs = folder / "dubs.tsv"
    dubs.write_bytes(dubs.read_bytes().replace(b"\n", b"\r\n") + b"# a note of mine")
    (folder / "config.yaml").write_text("dubs: dubs.tsv\nvideos: videos.tsv # mine\nguard: {}\n")
    before = content(folder)
    more = {"fr": tmp_path / "fr.wav", "de_anna": tmp_path / "fr.wav"}
    project = lay_out(folder, replace(wanted, dubs=more, consent="", length_policy="trim"))
    assert set(project.dubs) == {("talk", "de"), ("talk", "fr"), ("talk", "de_anna")}
    assert project.dubs["talk", "fr"].length_policy == "trim"
    after = content(folder)
    assert after.pop("dubs.tsv").startswith(before.pop("dubs.tsv") + b"\r\ntalk\tfr\t")
    assert after == before


def test_a_dub_that_is_made(folder: Path, wanted: Localization, tmp_path: Path) -> None:
    (tmp_path / "talk.srt").touch()
    film = replace(wanted, dubs={"pt-BR": None, "de": tmp_path / "de.wav"}, length_policy="pad")
    film = replace(
        film, language="en", script=tmp_path / "talk.srt", background=tmp_path / "fr.wav"
    )
    project = lay_out(folder, film)
    made, given = project.dubs["talk", "pt-BR"], project.dubs["talk", "de"]
    assert (made.kind, made.audio, made.length_policy) == ("made", None, None)
    assert (given.kind, given.length_policy) == ("mix", "pad")
    video = project.videos["talk"]
    assert (video.language, video.script, video.background) == (
        "en",
        tmp_path / "talk.srt",
        tmp_path / "fr.wav",
    )
    before = content(folder)
    lay_out(folder, film)
    assert content(folder) == before
    with pytest.raises(InputError, match=r"column language: is 'en', not 'fr'; edit it"):
        lay_out(folder, replace(film, language="fr"))
    with pytest.raises(InputError, match=r"column audio: is ''; edit it .* --dub pt-BR_new="):
        lay_out(folder, replace(wanted, dubs={"pt-BR": tmp_path / "de.wav"}))
    with pytest.raises(InputError, match=r"column audio: is .*de\.wav'; edit .* --to de_new"):
        lay_out(folder, replace(wanted, dubs={"de": None}))


def test_another_film_gets_an_id_of_its_own(
    folder: Path, wanted: Localization, tmp_path: Path
) -> None:
    lay_out(folder, wanted)
    (tmp_path / "sub").mkdir()
    namesake = tmp_path / "sub" / "Talk.mp4"
    namesake.touch()
    project = lay_out(folder, replace(wanted, film=namesake))
    assert {key: video.path for key, video in project.videos.items()} == {
        "talk": tmp_path / "talk.mp4",
        "Talk-2": namesake,
    }


def test_files_below_the_folder_are_named_relative_to_it(
    wanted: Localization, tmp_path: Path
) -> None:
    lay_out(tmp_path, wanted)
    assert "talk\ttalk.mp4\t" in (tmp_path / "videos.tsv").read_text()


def test_tables_that_the_config_names_elsewhere_are_added_to(
    folder: Path, wanted: Localization, tmp_path: Path
) -> None:
    (folder / "config").mkdir(parents=True)
    (folder / "tables").mkdir()
    (folder / "config" / "config.yaml").write_text(
        "videos: ../tables/v.tsv\ndubs: ../tables/d.tsv\n"
    )
    (folder / "tables" / "v.tsv").write_text("path\tconsent\tvideo\n")
    (folder / "tables" / "d.tsv").write_text("video\taudio\tlanguage")
    project = lay_out(folder, wanted)
    assert set(project.dubs) == {("talk", "de")}
    assert set(content(folder)) == {"config.yaml", "v.tsv", "d.tsv"}
    with pytest.raises(InputError, match=r"d\.tsv: has no column dub, length_policy; add it"):
        dubs = {"de_anna": tmp_path / "fr.wav"}
        lay_out(folder, replace(wanted, dubs=dubs, length_policy="pad"))


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.mp4")
    return folder / "pipe.mp4"


def loop(folder: Path) -> Path:
    (folder / "loop").symlink_to("loop")
    return folder / "loop"


REFUSED = {
    "no such film": (lambda w, p: replace(w, film=p / "no.mp4"), "no.mp4: there is no such film"),
    "no dub": (lambda w, p: replace(w, dubs={}), "no dub: name one with --dub"),
    "no such dub": (lambda w, p: replace(w, dubs={"de": p / "no.wav"}), "no.wav'"),
    "no language": (
        lambda w, p: replace(w, dubs={"klingonish": p / "de.wav"}),
        "wanted a language",
    ),
    "unknown language": (lambda w, p: replace(w, dubs={"xx": p / "de.wav"}), "'xx' is not"),
    "another spelling": (lambda w, p: replace(w, dubs={"iw": p / "de.wav"}), "write 'iw' as 'he'"),
    "a path": (lambda w, p: replace(w, dubs={"../x": p / "de.wav"}), "dub '../x': wanted"),
    "no consent": (lambda w, p: replace(w, consent=" "), "no consent: say with --consent"),
    "a region as a name": (
        lambda w, p: replace(w, dubs={"en_UK": w.film}),
        "dub 'en_UK': write 'en-GB' for a region",
    ),
    "a folder as film": (lambda w, p: replace(w, film=p), "is a folder, not a file"),
    "a pipe as film": (lambda w, p: replace(w, film=pipe(p)), "is a named pipe, not a file"),
    "a device as a dub": (
        lambda w, p: replace(w, dubs={"de": Path("/dev/zero")}),
        "dub 'de': is a device, not a file",
    ),
    "a loop of links as film": (lambda w, p: replace(w, film=loop(p)), "leads back to itself"),
    "a loop of links as a dub": (
        lambda w, p: replace(w, dubs={"de": loop(p)}),
        "dub 'de': it is a link that leads back to itself",
    ),
    "a name that is too long": (
        lambda w, p: replace(w, film=p / ("x" * 300)),
        "the name is too long",
    ),
    "a user who is not": (
        lambda w, p: replace(w, film=Path("~nouser/x.mp4")),
        "~nouser/x.mp4: there is no such file, and no user nouser",
    ),
    "no such script": (lambda w, p: replace(w, script=p / "no.srt"), "script: there is no file"),
    "no such background": (lambda w, p: replace(w, background=p), "background: is a folder"),
    "no spoken language": (lambda w, p: replace(w, language="english"), "language 'english': "),
    "a short consent": (lambda w, p: replace(w, consent="me"), "consent 'me': say with --consent"),
    "no engine": (lambda w, p: replace(w, engine="x"), "no engine 'x'; known: preview, musetalk"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_named_and_nothing_is_written(
    folder: Path, wanted: Localization, tmp_path: Path, case: str
) -> None:
    spoil, message = REFUSED[case]
    with pytest.raises(InputError) as error:
        lay_out(folder, spoil(wanted, tmp_path))
    assert message in str(error.value) and "\n" not in str(error.value)
    assert not folder.exists()


@pytest.mark.parametrize("name", ["a\tb.mp4", "a\nb.mp4", "a.mp4 ", "a\u2028b.mp4"])
def test_a_path_that_a_table_cannot_hold_is_refused(
    folder: Path, wanted: Localization, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).touch()
    with pytest.raises(InputError, match="a table cannot hold this path; rename the file"):
        lay_out(folder, replace(wanted, film=tmp_path / name))
    assert not folder.exists()


@pytest.mark.parametrize("name", ['"a.mp4', "#a.mp4", "~a.mp4", " a 'b' é.mp4", "{x}.mp4", "$HOME"])
def test_other_difficult_paths_are_held(wanted: Localization, tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    for folder in (tmp_path / "job", tmp_path):
        try:
            project = lay_out(folder, replace(wanted, film=tmp_path / name))
        except InputError:
            assert name[0] == " " and folder == tmp_path  # at the start of a relative path
        else:
            assert tmp_path / name in [video.path for video in project.videos.values()]


CHANGED = {
    "dub": (
        lambda w, p: replace(w, dubs={"de": p / "fr.wav"}),
        r"dubs\.tsv, row 2, column audio: is '.*de\.wav'; edit it to change the dub",
    ),
    "policy": (
        lambda w, p: replace(w, length_policy="pad"),
        "row 2, column length_policy: is '', not 'pad'",
    ),
    "consent": (lambda w, p: replace(w, consent="somebody else"), "row 2, column consent: is 'the"),
    "may leave": (lambda w, p: replace(w, may_leave=True), "row 2, column may_leave: is '', not"),
    "engine": (
        lambda w, p: replace(w, engine="musetalk"),
        r"config\.yaml: the engine is 'preview'",
    ),
}


@pytest.mark.parametrize("case", CHANGED)
def test_what_a_user_wrote_is_never_changed(
    folder: Path, wanted: Localization, tmp_path: Path, case: str
) -> None:
    lay_out(folder, wanted)
    before = content(folder)
    change, message = CHANGED[case]
    with pytest.raises(InputError, match=message):
        lay_out(folder, change(wanted, tmp_path))
    assert content(folder) == before


def test_missing_weights_are_refused_unless_the_films_are_made(
    folder: Path, wanted: Localization, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(weight_table, "MODELS", tmp_path / "models")
    monkeypatch.delenv(TREE_VARIABLE, raising=False)
    project = lay_out(folder, wanted)
    with pytest.raises(InputError, match=r"face_landmark.*models fetch --config .*config\.yaml"):
        check_weights(folder, project)
    (folder / "results" / "talk" / "de").mkdir(parents=True)
    (folder / "results" / "talk" / "de" / "talk.de.mp4").touch()
    check_weights(folder, project)


def test_an_error_in_the_folder_undoes_what_was_written(
    folder: Path, wanted: Localization, tmp_path: Path
) -> None:
    lay_out(folder, wanted)
    (folder / "overrides.tsv").write_text("video\tlanguage\tcut\tsetting\tvalue\nno\t*\t*\tx\t1\n")
    before = content(folder)
    with pytest.raises(InputError, match=r"overrides\.tsv, row 2"):
        lay_out(folder, replace(wanted, dubs={"fr": tmp_path / "fr.wav"}))
    assert content(folder) == before


@pytest.mark.parametrize("out", ["x" * 300, "loop", "file/below", "pipe"])
def test_a_folder_that_cannot_be_is_a_sentence(
    wanted: Localization, tmp_path: Path, out: str
) -> None:
    (tmp_path / "file").touch()
    loop(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError) as error:
        lay_out(tmp_path / out, wanted)
    assert "\n" not in str(error.value)


def test_a_film_that_is_a_loop_of_links_in_a_table_does_not_stop_another(
    folder: Path, wanted: Localization, tmp_path: Path
) -> None:
    lay_out(folder, wanted)
    with (folder / "videos.tsv").open("a") as file:
        file.write(f"other\t{loop(tmp_path)}\tthe speaker, by letter\n")
    problem = lay_out(folder, wanted).videos["other"].path_problem
    assert "row 3, column path: " in problem and "leads back to itself" in problem
