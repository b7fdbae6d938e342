"""What tables and files can tell is checked first: a bad dub stops its film, a bad source all."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

import makers
from mouthpiece.config.delivery import Delivery
from mouthpiece.config.normalize import Normalize
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.core.files import read_json
from mouthpiece.stages import preflight as stage
from mouthpiece.stages.preflight import (
    Footage,
    GivenDub,
    check_decoded,
    preflight,
    read_preflight,
)

RATE = 8000
FRAMES = 50


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    makers.plain(path)
    return path


def sound(path: Path, seconds: float = 2.0, level: float = 0.3) -> Path:
    soundfile.write(path, np.full(round(seconds * RATE), level), RATE)
    return path


def dub(key: str, audio: Path, policy: str = "auto", problem: str = "") -> GivenDub:
    return GivenDub(key, str(audio), problem, policy)


def checked(
    folder: Path,
    source: Path,
    *dubs: GivenDub,
    problem: str = "",
    cuts: Path | None = None,
    weights: str = "",
    delivery: Delivery | None = None,
    **normalize: Any,
) -> dict[str, Any]:
    preflight(
        footage=Footage(str(source), problem, str(cuts or ""), ""),
        dubs=dubs,
        weights_problem=weights,
        facts=folder / "preflight.json",
        normalize=Normalize(**normalize),
        delivery=delivery or Delivery(),
    )
    return dict(read_json(folder / "preflight.json"))


def refused(folder: Path, source: Path, *dubs: GivenDub, **given: Any) -> list[str]:
    """The problems, one a line, of a video of which no film can be made."""
    with pytest.raises(InputError) as error:
        checked(folder, source, *dubs, **given)
    assert not (folder / "preflight.json").exists()
    return str(error.value).split("\n")


def test_a_good_film_s_length_is_known_beforehand(tmp_path: Path, film: Path) -> None:
    found = checked(
        tmp_path,
        film,
        dub("de", sound(tmp_path / "de.wav")),
        dub("fr", sound(tmp_path / "fr.wav", 2.8)),
        dub("es", sound(tmp_path / "es.wav", 9.0), "loop"),
    )
    assert found["source"]["frames"] == FRAMES
    assert found["films"]["de"] == {"dub_s": 2.0, "most_frames": FRAMES}
    assert found["films"]["fr"]["most_frames"] == 70
    assert found["films"]["es"]["most_frames"] == 225
    assert [path.name for path in tmp_path.glob(".*")] == []


def bad_dubs(folder: Path) -> dict[str, tuple[GivenDub, str]]:
    (folder / "text.wav").write_text("no sound\n" * 99)
    (folder / "empty.wav").touch()
    none = folder / "none.wav"
    return {
        "long": (dub("long", sound(folder / "l.wav", 9)), "l.wav: the dub is 7.00 s longer"),
        "short": (dub("short", sound(folder / "s.wav", 1.5), "error"), "0.50 s shorter"),
        "silent": (dub("silent", sound(folder / "q.wav", level=0.001)), "the dub is silent"),
        "text": (dub("text", folder / "text.wav"), "text.wav: cannot be read as sound"),
        "empty": (dub("empty", folder / "empty.wav"), "empty.wav: the file is empty"),
        "cell": (dub("cell", none, problem="dubs.tsv, row 9: no file"), "dubs.tsv, row 9: no file"),
        "gone": (dub("gone", none), "none.wav: cannot be read as sound: there is no such file"),
    }


def test_a_bad_dub_is_a_problem_of_its_film_alone(tmp_path: Path, film: Path) -> None:
    bad = bad_dubs(tmp_path)
    good = dub("de", sound(tmp_path / "de.wav"))
    films = checked(tmp_path, film, good, *(given for given, _ in bad.values()))["films"]
    assert "problem" not in films["de"]
    for key, (_, problem) in bad.items():
        assert problem in films[key]["problem"]
        assert "\n" not in films[key]["problem"]


def test_a_dub_that_came_later_is_checked_by_its_own_job(tmp_path: Path, film: Path) -> None:
    checked(tmp_path, film, dub("de", sound(tmp_path / "de.wav")))
    facts, flac = tmp_path / "preflight.json", tmp_path / "dub.flac"
    check_decoded(dub("fr", tmp_path / "fr.wav"), sound(flac, 3.0), facts, Delivery())
    for seconds, level, problem in ((9.0, 0.3, "fr.wav: the dub is 7.00 s"), (2.0, 0.0, "silent")):
        with pytest.raises(InputError, match=problem):
            given = dub("fr", tmp_path / "fr.wav")
            check_decoded(given, sound(flac, seconds, level), facts, Delivery())


def test_a_video_without_one_good_dub_is_refused_with_each_reason(
    tmp_path: Path, film: Path
) -> None:
    bad = bad_dubs(tmp_path)
    found = refused(tmp_path, film, *(given for given, _ in bad.values()))
    assert len(found) == len(bad)
    for line, (_, problem) in zip(found, bad.values(), strict=True):
        assert problem in line


def test_a_bad_source_is_refused_with_the_problems_of_its_dubs(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("no film\n" * 99)
    good, bad = sound(tmp_path / "de.wav"), dub("fr", tmp_path / "no.wav", problem="row 3: no file")
    found = refused(tmp_path, tmp_path / "film.mp4", dub("de", good), bad)
    assert len(found) == 2 and "film.mp4: cannot be read as a video" in found[0]
    assert found[1] == "row 3: no file"
    named = refused(tmp_path, tmp_path / "film.mp4", dub("de", good), problem="row 2: no file")
    assert named == ["row 2: no file"]


def test_what_normalize_would_refuse_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "film.mkv"
    makers.hdr(source, "smpte2084")
    good = dub("de", sound(tmp_path / "de.wav"))
    assert "normalize.hdr: refuse" in refused(tmp_path, source, good, hdr="refuse")[0]
    checked(tmp_path, source, good)


def test_a_disk_that_is_clearly_too_small_is_a_reason(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = dub("de", sound(tmp_path / "de.wav"))
    monkeypatch.setattr(stage.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1000))
    assert "0.0 GB are free on this disk" in refused(tmp_path, film, good)[0]
    (tmp_path / "mezzanine.mp4").touch()
    checked(tmp_path, film, good)


def test_the_disk_needs_room_for_all_profiles(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = dub("de", sound(tmp_path / "de.wav"))
    monkeypatch.setattr(stage.shutil, "disk_usage", lambda folder: SimpleNamespace(free=100_000))
    checked(tmp_path, film, good)
    (tmp_path / "preflight.json").unlink()
    stems = Delivery(profiles=("web", "stems"))
    assert "are free on this disk" in refused(tmp_path, film, good, delivery=stems)[0]


def test_a_picture_that_a_profile_cannot_hold_is_a_reason(tmp_path: Path, film: Path) -> None:
    good, dnxhr = dub("de", sound(tmp_path / "de.wav")), Delivery(profiles=("web", "dnxhr"))
    assert "too small for DNxHR" in refused(tmp_path, film, good, delivery=dnxhr)[0]


def test_the_script_of_a_given_dub_is_read(tmp_path: Path, film: Path) -> None:
    good = dub("de", sound(tmp_path / "de.wav"))
    script = tmp_path / "de.srt"
    with_script = dataclasses.replace(good, script=str(script))
    script.write_text("1\n00:00:00,500 --> 00:00:01,000\nHallo\n", encoding="utf-8")
    checked(tmp_path, film, with_script)
    (tmp_path / "preflight.json").unlink()
    script.write_text("1\n01:00:00,000 --> 01:00:01,000\nHallo\n", encoding="utf-8")
    assert "is it the right file?" in refused(tmp_path, film, with_script)[0]


def test_missing_weights_are_a_reason(tmp_path: Path, film: Path) -> None:
    good = dub("de", sound(tmp_path / "de.wav"))
    assert refused(tmp_path, film, good, weights="weights are missing") == ["weights are missing"]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("0\n20\n", ""),
        ("0\n60\n", "row 2, column first_frame: the cut would end before frame 60"),
        ("5\n20\n", "row 2, column first_frame: 5 leaves a gap"),
        ("x\n", "row 2, column first_frame"),
    ],
)
def test_the_cuts_of_the_user_are_checked(
    tmp_path: Path, film: Path, rows: str, problem: str
) -> None:
    cuts = tmp_path / "cuts.tsv"
    cuts.write_text("first_frame\n" + rows)
    good = dub("de", sound(tmp_path / "de.wav"))
    if problem:
        assert problem in refused(tmp_path, film, good, cuts=cuts)[0]
    else:
        checked(tmp_path, film, good, cuts=cuts)


@pytest.mark.parametrize("frames", [49, 50, 51])
def test_cuts_may_end_where_the_mezzanine_may_end(tmp_path: Path, film: Path, frames: int) -> None:
    cuts = tmp_path / "cuts.tsv"
    cuts.write_text(f"first_frame\tframes\n0\t{frames}\n")
    checked(tmp_path, film, dub("de", sound(tmp_path / "de.wav")), cuts=cuts)


def test_a_still_picture_loops_for_as_long_as_its_dub(tmp_path: Path) -> None:
    picture = tmp_path / "face.png"
    makers.ffmpeg(*makers.pattern(), "-frames:v", 1, picture)
    found = checked(tmp_path, picture, dub("de", sound(tmp_path / "de.wav", 3.0), "loop"))
    assert found["films"]["de"]["most_frames"] == 75
    (tmp_path / "preflight.json").unlink()
    picture.write_text("no picture")
    good = dub("de", sound(tmp_path / "de.wav"), "loop")
    assert "face.png: cannot be read as a picture" in refused(tmp_path, picture, good)[0]


def test_what_is_unexpected_in_one_dub_is_left_to_its_film(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(audio: Path) -> None:
        raise UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "no text")

    monkeypatch.setattr(stage, "measure_dub", broken)
    assert checked(tmp_path, film, dub("de", tmp_path / "de.wav"))["films"] == {"de": {}}


def test_a_broken_preflight_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "preflight.json").write_text('{"films": ')
    with pytest.raises(Fault, match="delete it and run again"):
        read_preflight(tmp_path / "preflight.json")


def made(key: str = "de", script: Path | str = "") -> GivenDub:
    return GivenDub(key, "", "", "auto", "made", str(script))


def quiet(path: Path) -> None:
    """A film whose sound track is silent."""
    silence = ["-f", "lavfi", "-i", "anullsrc=r=44100:d=2"]
    makers.ffmpeg(*makers.counting(), *silence, *makers.X264, *makers.AAC, path)


@pytest.mark.parametrize(
    ("maker", "problem"),
    [(makers.silent, "the film has no sound track"), (quiet, "the film is silent")],
)
def test_a_film_without_sound_cannot_be_dubbed_from_itself(
    tmp_path: Path, maker: Any, problem: str
) -> None:
    source = tmp_path / "film.mp4"
    maker(source)
    good = dub("fr", sound(tmp_path / "fr.wav"))
    films = checked(tmp_path, source, made(), good)["films"]
    assert f"film.mp4: {problem}" in films["de"]["problem"]
    assert "column audio of dubs.tsv" in films["de"]["problem"]
    assert "problem" not in films["fr"]
    (tmp_path / "said.srt").write_text("1\n00:00:00,100 --> 00:00:01,000\nHello.\n")
    preflight(
        footage=Footage(str(source), "", "", "", script=str(tmp_path / "said.srt")),
        dubs=[made()],
        weights_problem="",
        facts=tmp_path / "preflight.json",
        normalize=Normalize(),
        delivery=Delivery(),
    )


def test_a_made_dub_is_as_long_as_the_picture(tmp_path: Path, film: Path) -> None:
    assert checked(tmp_path, film, made())["films"] == {"de": {"most_frames": FRAMES}}


def test_a_looped_made_dub_is_as_long_as_its_script(tmp_path: Path, film: Path) -> None:
    script = tmp_path / "de.tsv"
    script.write_text(f"target\tstart_frame\tend_frame\nSpät.\t{FRAMES + 5}\t{FRAMES + 9}\n")
    own = made(script=script)
    assert "after the end of the film" in refused(tmp_path, film, own)[0]
    looped = dataclasses.replace(own, policy="loop")
    assert checked(tmp_path, film, looped)["films"] == {"de": {}}


def test_a_still_picture_has_nothing_to_dub(tmp_path: Path) -> None:
    picture = tmp_path / "face.png"
    makers.ffmpeg(*makers.pattern(), "-frames:v", 1, picture)
    assert "a still picture has no speech" in refused(tmp_path, picture, made())[0]
    said = tmp_path / "said.srt"
    said.write_text("1\n00:00:00,000 --> 00:00:01,000\n…\n")
    footage = Footage(str(picture), "", "", "", script=str(said))
    preflight(
        footage=footage,
        dubs=[made(script=said)],
        weights_problem="",
        facts=tmp_path / "preflight.json",
        normalize=Normalize(),
        delivery=Delivery(),
    )


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("de.srt", "no subtitles", "de.srt"),
        ("de.srt", "1\n00:00:09,000 --> 00:00:10,000\nSpät.\n", "after the end of the film"),
        ("de.srt", "1\n00:00:01,000 --> 00:00:09,000\nLang.\n", ""),
        ("de.srt", "1\n00:00:00,000 --> 00:00:01,000\nA.\n\n"
         "2\n00:00:00,500 --> 00:00:01,500\nB.\n", ""),
        ("de.tsv", "line\ttarget\n000000-000010\t\n", "no row has a text"),
        ("de.doc", "x", "convert it to one"),
    ],
)  # fmt: skip
def test_a_given_script_is_read_before_any_work(
    tmp_path: Path, film: Path, name: str, text: str, problem: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    good = dub("fr", sound(tmp_path / "fr.wav"))
    films = checked(tmp_path, film, made(script=tmp_path / name), good)["films"]
    assert problem in films["de"].get("problem", "")
    assert bool(problem) == ("problem" in films["de"])


@pytest.mark.parametrize("kind", ["made", "mix", "of the source"])
def test_what_is_odd_in_a_script_is_told_before_any_work(
    tmp_path: Path, film: Path, kind: str
) -> None:
    script = tmp_path / "de.srt"
    times = ("00:00:00,000 --> 00:00:01,000", "00:00:00,500 --> 00:00:09,000")
    script.write_text("".join(f"{n}\n{time}\nA.\n\n" for n, time in enumerate(times, 1)))
    given = dataclasses.replace(dub("de", sound(tmp_path / "de.wav")), script=str(script))
    preflight(
        footage=Footage(str(film), "", "", "", script=str(script) if "source" in kind else ""),
        dubs=[{"made": made(script=script), "mix": given}.get(kind, made())],
        weights_problem="",
        facts=tmp_path / "preflight.json",
        normalize=Normalize(),
        delivery=Delivery(),
    )
    ((name, notes),) = read_preflight(tmp_path / "preflight.json")["films"]["de"]["notes"].items()
    assert name == str(script)
    assert [one["code"] for one in notes] == ["script_cues_overlap", "script_cut_at_end"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"script": "said.tsv"}, "said.tsv: scripts are of the kinds"),
        ({"script": "late.srt"}, "late.srt: all of its cues begin after the end"),
        ({"background": "said.tsv"}, "said.tsv: cannot be read as sound"),
    ],
)
def test_what_is_given_of_a_source_is_read_for_made_dubs_alone(
    tmp_path: Path, film: Path, given: dict[str, str], problem: str
) -> None:
    (tmp_path / "said.tsv").write_text("line\ttarget\n000000-000010\tHello.\n")
    (tmp_path / "late.srt").write_text("1\n00:00:09,000 --> 00:00:10,000\nLate.\n")
    files = {name: str(tmp_path / file) for name, file in given.items()}
    preflight(
        footage=Footage(str(film), "", "", "", **files),
        dubs=[made(), dub("fr", sound(tmp_path / "fr.wav"))],
        weights_problem="",
        facts=tmp_path / "preflight.json",
        normalize=Normalize(),
        delivery=Delivery(),
    )
    films = read_json(tmp_path / "preflight.json")["films"]
    assert problem in films["de"]["problem"]
    assert "problem" not in films["fr"]
