"""Stage `speaker` in the whole workflow: a speaker, a listener, and two people in one picture."""

from pathlib import Path

import numpy as np
import pytest

from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.patches.patch_set import PatchReader
from mouthpiece.training.dataset import splits

from .conftest import ROOT, Job, lay_out

GRID = ROOT.parent / "shared" / "data" / "grid"
FRAMES, WIDTH = 60, 360
SPEAKER, LISTENER, PAIR = (f"{n * FRAMES:06d}-{(n + 1) * FRAMES - 1:06d}" for n in range(3))


def film_of(path: Path, left: Path, right: Path, narrator: Path) -> None:
    """Three cuts: `left` speaks; `right` listens to the narrator; both are seen, `right` speaks."""
    cut = f"fps=25,trim=end_frame={FRAMES},setpts=N/25/TB,setsar=1"
    alone = f"pad={2 * WIDTH}:288:{WIDTH // 2}:0:gray"
    seconds = FRAMES / 25
    heard = ";".join(
        f"[{n}:a]aresample=44100,aformat=channel_layouts=mono,apad,atrim=end={seconds}[s{k}]"
        for k, n in enumerate((0, 2, 1))
    )
    # Before its first word a face is at rest: these frames, forward and reversed.
    rest = "fps=25,trim=end_frame=8,split[there][back];[back]reverse[fro];[there][fro]concat,"
    rest += "loop=-1:16,setpts=N/25/TB,"
    graph = (
        f"[0:v]{cut},{alone}[a];[1:v]{rest}{cut},{alone}[b];"
        f"[0:v]{cut}[l];[1:v]{cut}[r];[l][r]hstack[c];[a][b][c]concat=n=3,setpts=N/25/TB[v];"
        f"{heard};[s0][s1][s2]concat=n=3:v=0:a=1[s]"
    )
    ffmpeg(
        [*("-i", str(left)), *("-i", str(right)), *("-i", str(narrator))]
        + ["-filter_complex", graph, "-map", "[v]", "-map", "[s]", "-c:v", "libx264", "-crf", "8"]
        + ["-preset", "ultrafast", "-c:a", "flac", str(path)]
    )


@pytest.fixture(scope="module")
def spoken(media: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The finished job."""
    if not GRID.is_dir():
        pytest.skip(f"needs the GRID clips in {GRID}: real faces with their own sound")
    folder = tmp_path_factory.mktemp("speaker")
    paths = sorted((GRID / "s1").glob("*.mpg"))
    unseen = splits([f"s1/{path.stem}" for path in paths])["test"]  # by the scorer in training
    film_of(folder / "film.mkv", *(paths[i] for i in unseen[:3]))
    job = lay_out(folder, Path("film.mkv"), {"en": media / "dub.en.wav"})
    job.write("videos.tsv", "video\tpath\tconsent\tcuts", "v\tfilm.mkv\ta public corpus\tcuts.tsv")
    job.write("cuts.tsv", "first_frame", *(str(n * FRAMES) for n in range(3)))
    job.write(
        "job.yaml",
        "videos: videos.tsv",
        "dubs: dubs.tsv",
        "delivery: {length_policy: trim}",
        "guard: {two_faces: in_sync}",
        # The clips have less than the 2 s of speech that it takes by default.
        "gate: {scorers: {embedded: {silent_speech_s: 1.0}}}",
    )
    done = job.run()
    assert done.code == 0, done.output
    return job


def drawn_at(job: Job, cut: str) -> float:
    """The horizontal position of the face whose lips are redrawn."""
    patches = PatchReader(job.folder / f"results/v/en/cuts/{cut}/draft.zip")
    middles = [
        patch.affine @ [*(np.array(patch.mask.shape[::-1]) / 2), 1]
        for patch in patches
        if patch.alpha > 0
    ]
    return float(np.mean(middles, axis=0)[0])


def test_only_speakers_are_lip_synced(spoken: Job) -> None:
    rows = {row["cut"]: row for row in spoken.cuts()}
    assert list(rows) == [SPEAKER, LISTENER, PAIR]
    assert [row["guard"] for row in rows.values()] == ["lipsync"] * 3
    assert [row["speaker"] for row in rows.values()] == ["speaks", "not_speaking", "speaks"]
    for cut in (SPEAKER, PAIR):
        assert rows[cut]["gate"] != "none" and rows[cut]["draft"]
        assert float(rows[cut]["source_confidence"]) > 0.25
        assert abs(int(rows[cut]["source_offset_frames"])) <= 1
    assert drawn_at(spoken, PAIR) > WIDTH
    assert [rows[cut]["second_face"] for cut in (SPEAKER, PAIR)] == ["", "1.0000"]

    listener = rows[LISTENER]
    assert (listener["gate"], listener["draft"], listener["action"]) == ("none", "", "passthrough")
    assert listener["reason"].startswith("not_speaking=")
    page = spoken.folder / "results/v/en/review/index.html"
    assert "The face does not speak here" in page.read_text(encoding="utf-8")


def test_overrides_choose_who_speaks(spoken: Job, tmp_path: Path) -> None:
    job = spoken.copy(tmp_path / "job")
    job.write(
        "overrides.tsv",
        "video\tlanguage\tcut\tsetting\tvalue",
        f"v\t*\t{LISTENER}\tspeaker.mode\toff",
        f"v\t*\t{PAIR}\tspeaker.mode\toff",
        f"v\t*\t{PAIR}\tguard.face\tleft",
        f"v\t*\t{SPEAKER}\tspeaker.mode\tnot_speaking",
    )
    done = job.run("results/v/en/cuts.tsv")
    assert done.code == 0, done.output
    drawn = dict.fromkeys(("bake", "draft", "score"), 2)
    assert {rule: done.ran[rule] for rule in ("guard", *drawn)} == {"guard": 3, **drawn}
    rows = {row["cut"]: row for row in job.cuts()}
    for cut in (LISTENER, PAIR):
        assert (rows[cut]["speaker"], rows[cut]["source_confidence"]) == ("unknown", "")
        assert rows[cut]["gate"] != "none" and rows[cut]["draft"]
    assert drawn_at(job, PAIR) < WIDTH
    assert rows[PAIR]["second_face"] == "1.0000", "so that the page offers the other one"
    silenced = rows[SPEAKER]
    assert (silenced["speaker"], silenced["guard_reasons"]) == (
        "not_speaking", "said_not_speaking=1",
    )  # fmt: skip
    assert (silenced["draft"], silenced["action"]) == ("", "passthrough")


def test_in_a_film_without_sound_the_speaker_is_unknown(finished: Job) -> None:
    good, cat = finished.cuts()
    assert (good["speaker"], good["source_confidence"], good["gate"]) == ("unknown", "", "pass")
    assert cat["speaker"] == "unknown"
