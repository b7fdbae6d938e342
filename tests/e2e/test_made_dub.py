"""A film whose dub is made: script, takes, dub, mix, subtitles, film. No weights are needed.

The source's script and background are given, bergamot translates, and espeak-ng speaks.
"""

import csv
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
import soundfile

from e2e.conftest import Job, first_frame
from mouthpiece.media.ffmpeg import ffmpeg
from once import once

FIRST, SECOND = "000002-000019", "000085-000104"
"""The lines: one in each cut, both more than a second from the other cut."""
FRAMES = 120
SRT = """1
00:00:00,080 --> 00:00:00,800
Good morning.

2
00:00:03,400 --> 00:00:04,200
The cat sleeps.
"""
CONFIG = """videos: videos.tsv
dubs: dubs.tsv
speak: {use: [espeak]}
sound_gate: {hear: off}
provenance: {sign: off}
"""
EDIT = {
    *("script", "spoken", "speak", "dub", "speech", "slices", "draft", "score", "lipsync", "gate"),
    *("cut_table", "lines", "mix", "sound", "subtitles", "film", "package", "sidecar", "review"),
    *("overview", "all"),
}
"""The rules of the jobs of an edited line, one job each. Those of cuts are of the one that hears
it. With a recognizer there is `heard`, too."""
REDRAWN = {"draft", "score", "lipsync"}
"""Those of them that a cut without a face does not have."""


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="session", name="made")
def made_film(media: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A finished job. Copy it before changing it."""

    def make(folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)  # left by a test process that failed
        folder.mkdir()
        _film(media, folder)
        job = _lay_out(folder)
        done = job.run(*job.with_cache(folder))
        assert done.code == 0, done.output

    return Job(once(tmp_path_factory, "made", make))


def _lay_out(folder: Path) -> Job:
    """The tables of a film alone, in a folder with the film and its music."""
    job = Job(folder)
    job.write("job.yaml", CONFIG)
    job.write("talk.srt", SRT)
    job.write(
        "videos.tsv",
        "video\tpath\tlanguage\tscript\tbackground\tconsent",
        "v\tfilm.mp4\ten\ttalk.srt\tmusic.wav\ttest material of the project",
    )
    job.write("dubs.tsv", "video\tlanguage\taudio", "v\tpt-BR\t")
    return job


def _film(media: Path, folder: Path) -> None:
    """A man for two seconds, then a cat, with the demo's sound; and music alone."""
    good, cat = first_frame("good"), first_frame("no_face")
    shots = f"between(n\\,{good}\\,{good + 49})+between(n\\,{cat}\\,{cat + FRAMES - 51})"
    ffmpeg([
        *("-i", str(media / "film.mp4"), "-vf", f"select={shots},setpts=N/25/TB,scale=-2:320"),
        *("-af", f"atrim=end={FRAMES / 25}", "-r", "25", "-c:v", "libx264", "-crf", "10"),
        *("-preset", "ultrafast", str(folder / "film.mp4")),
    ])  # fmt: skip
    music = f"sine=frequency=220:sample_rate=48000:duration={FRAMES / 25},pan=stereo|c0=c0|c1=c0"
    ffmpeg(["-f", "lavfi", "-i", music, str(folder / "music.wav")])


def test_a_film_alone_becomes_a_film_in_another_language(made: Job, tmp_path: Path) -> None:
    results = made.folder / "results" / "v" / "pt-BR"
    lines = rows(results / "script.tsv")
    assert [line["line"] for line in lines] == [FIRST, SECOND]
    assert lines[0]["target"].startswith("Bom dia")
    assert {line["translator"] for line in lines} == {"bergamot"}
    takes = json.loads((results / "takes.json").read_text())["takes"]
    assert [take["synthesizer"] for take in takes] == ["espeak", "espeak"]
    dub, mixed = soundfile.info(results / "dub.flac"), soundfile.info(results / "mix.flac")
    assert dub.frames / dub.samplerate == mixed.frames / mixed.samplerate == FRAMES / 25
    assert mixed.channels == 2
    assert [line["line"] for line in rows(results / "lines.tsv")] == [FIRST, SECOND]
    assert "Bom dia" in (results / "subtitles" / "v.pt-BR.srt").read_text("utf-8")
    film = made.film("pt-BR")
    assert film.is_file() and (results / "review" / "index.html").is_file()
    assert made.copy(tmp_path / "job").plan().nothing_to_do


def test_another_folder_takes_the_takes_too(made: Job, tmp_path: Path) -> None:
    for name in ("film.mp4", "music.wav"):
        shutil.copy(made.folder / name, tmp_path)
    job = _lay_out(tmp_path)
    done = job.run("results/v/pt-BR/master.mp4", *job.with_cache(made.folder))
    assert done.code == 0, done.output
    taken, worked = job.from_cache()
    assert worked == {"preflight"} and {"translate", "speak", "mix", "sound", "film"} <= taken
    results = [folder / "results" / "v" / "pt-BR" for folder in (job.folder, made.folder)]
    for name in ("master.mp4", "takes.json", "draft.zip"):
        found = [sorted(path.rglob(name)) for path in results]
        assert [file.read_bytes() for file in found[0]] == [file.read_bytes() for file in found[1]]
    assert _takes(results[0]) == _takes(results[1])


def test_an_edited_line_redoes_that_line_and_what_hears_it(made: Job, tmp_path: Path) -> None:
    job = made.copy(tmp_path / "job")
    results = job.folder / "results" / "v" / "pt-BR"
    before = _takes(results)
    edits = ["video\tlanguage\tline\ttarget", f"v\tpt-BR\t{SECOND}\tO gato dorme bem."]
    job.write("edits.tsv", *edits)
    done = job.run()
    assert done.code == 0, done.output
    assert done.ran == Counter(EDIT - REDRAWN), "no face is seen in the cut that hears it"
    assert rows(results / "script.tsv")[1]["status"] == "edited"
    after = _takes(results)
    assert after[FIRST] == before[FIRST] and after[SECOND] != before[SECOND]
    assert job.plan().nothing_to_do

    # The line of the other cut, which has a face.
    job.write("edits.tsv", *edits, f"v\tpt-BR\t{FIRST}\tOlá.")
    done = job.run()
    assert done.code == 0, done.output
    assert done.ran == Counter(EDIT)

    with (job.folder / "job.yaml").open("a") as file:
        file.write("retry: {presets: [opens_too_little]}\n")
    assert job.plan().ran["draft"] == 1


def _takes(results: Path) -> dict[str, str]:
    takes = json.loads((results / "takes.json").read_text())["takes"]
    return {take["line"]: take["take"] for take in takes}


def test_an_approval_speaks_nothing(made: Job, tmp_path: Path) -> None:
    job = made.copy(tmp_path / "job")
    job.write("edits.tsv", "video\tlanguage\tline\tstatus", f"v\tpt-BR\t{FIRST}\tapproved")
    done = job.run()
    assert done.code == 0, done.output
    assert done.ran == Counter(["script", "lines", "review", "overview", "all"])
    for table in ("script", "lines"):
        assert rows(job.folder / f"results/v/pt-BR/{table}.tsv")[0]["status"] == "approved"
