"""MuseTalk's task files become a project: its tables, its ids, what is refused and told."""

from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.project.config_file import read_config
from mouthpiece.project.project import Project
from mouthpiece.runs.consent import ConsentMissing
from mouthpiece.runs.musetalk_tasks import FILES, NAMED, Imported, TaskFile, lay_out

CONSENT = "the speaker, by letter"

TASKS = """
first:
 video_path: "data/talk.mp4"
 audio_path: "data/a.wav"

second:
 video_path: data/talk.mp4
 audio_path: data/b.wav
 result_name: Über uns.mp4

third:
 video_path: data/talk.mp4
 audio_path: data/b.wav
 bbox_shift: -7
"""

AVATARS = """
avator_1:
 preparation: True
 bbox_shift: 5
 video_path: data/talk.mp4
 audio_clips:
  audio_0: data/a.wav
  audio/0: data/b.wav
  AUDIO-0: data/b.wav
avator-1:
 preparation: False
 video_path: data/talk.mp4
 audio_clips: {audio_0: data/a.wav}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("talk.mp4", "a.wav", "b.wav"):
        (tmp_path / "data" / name).touch()
    return tmp_path


def task_file(root: Path, text: str, **options: str) -> TaskFile:
    path = root / "tasks.yaml"
    path.write_text(text, encoding="utf-8")
    return TaskFile(path, root, **({"consent": CONSENT} | options))


def imported(root: Path, text: str, **options: str) -> tuple[Imported, Project]:
    made = lay_out(root / "job", task_file(root, text, **options))
    config = [root / "job" / "config.yaml"]
    return made, Project.open(read_config(config), config)


def refusal(root: Path, text: str, **options: str) -> str:
    with pytest.raises(InputError) as error:
        lay_out(root / "job", task_file(root, text, **options))
    assert not (root / "job").exists()
    return str(error.value)


def test_tasks_on_one_video_share_it_unless_their_shift_differs(root: Path) -> None:
    made, project = imported(root, TASKS)
    assert made.films == [
        ("first, audio_path", "talk", "und_first"),
        ("second, audio_path", "talk", "und_Uber-uns"),
        ("third, audio_path", "talk-2", "und_third"),
    ]
    assert {video.path for video in project.videos.values()} == {root / "data" / "talk.mp4"}
    assert {video.consent for video in project.videos.values()} == {CONSENT}
    assert project.dubs["talk", "und_first"].audio == root / "data" / "a.wav"
    shifts = {
        film: project.settings_for(*film, "*").engines.musetalk.bbox_shift_px
        for film in project.dubs
    }
    assert sorted(shifts.values()) == [-7, 0, 0] and shifts["talk-2", "und_third"] == -7
    assert {project.settings_for(*film, "*").engine for film in project.dubs} == {"musetalk"}


def test_an_avatar_is_a_video_that_loops_under_each_of_its_sounds(root: Path) -> None:
    made, project = imported(root, AVATARS, language="pt-BR")
    assert [(video, dub) for _, video, dub in made.films] == [
        ("avator-1", "pt-BR_audio-0"),
        ("avator-1", "pt-BR_audio-0-2"),
        ("avator-1", "pt-BR_AUDIO-0-3"),
        ("avator-1-2", "pt-BR_audio-0"),
    ]
    assert made.films[1][0] == "avator_1, audio_clips.audio/0"
    assert {dub.length_policy for dub in project.dubs.values()} == {"loop"}
    assert [o.value for o in project.overrides] == ["5"]


def test_it_says_what_differs_from_upstream_and_what_it_did_not_read(root: Path) -> None:
    made, _ = imported(root, TASKS.replace("bbox_shift: -7", "bbox_shift: 0\n fps: 25\n x: {}"))
    (unknown,) = made.notes
    assert unknown.endswith("tasks.yaml, third: not imported, as it means nothing here: 'fps', 'x'")
    made = lay_out(root / "other", task_file(root, TASKS))
    assert len(made.notes) == 1 and "shift_1_5" in made.notes[0]


def test_files_that_are_not_there_are_one_error(root: Path) -> None:
    text = TASKS.replace("a.wav", "c.wav").replace("second:\n video_path: data/talk.mp4",
                                                   "second:\n video_path: data")  # fmt: skip
    lines = refusal(root, text).splitlines()
    missing = f"there is no file 'data/c.wav' ({root}/data/c.wav; relative paths begin at --root)"
    assert lines == [
        f"{root}/tasks.yaml, first, audio_path: {missing}",
        f"{root}/tasks.yaml, second, video_path: 'data' is a folder; join its pictures to a film "
        "first",
    ]


def test_no_more_problems_are_named_than_are_read(root: Path) -> None:
    clips = "".join(f"  a{n}: none.wav\n" for n in range(50))
    text = f"a:\n video_path: data/talk.mp4\n audio_clips:\n{clips}"
    lines = refusal(root, text).splitlines()
    assert len(lines) == NAMED + 1 and lines[-1] == "and 38 more"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("null", "t: has no keys"),
        ("[]", "t: has no keys"),
        ("{video_path: data/talk.mp4}", "t: audio_path: is missing"),
        ("{audio_path: data/a.wav}", "t: video_path: is missing"),
        ("{video_path: data/talk.mp4, audio_clips: {}}", "t: audio_clips: is empty"),
        ("{video_path: '', audio_path: data/a.wav}", "t: video_path: is empty"),
        (
            "{video_path: data/talk.mp4, preparation: 'yes', audio_clips: {a: data/a.wav}}",
            "t: preparation: 'yes' is not allowed; wanted true or false",
        ),
        ("{video_path: data/talk.mp4, audio_clips: [data/a.wav]}", "t: audio_clips: "),
        ("{video_path: [a], audio_path: data/a.wav}", "t: video_path: "),
        ("{video_path: data/talk.mp4, audio_path: data/a.wav, bbox_shift: 51}", "from -50 to 50"),
        ("{video_path: data/talk.mp4, audio_path: data/a.wav, bbox_shift: yes}", "bbox_shift: "),
        ("{video_path: data/talk.mp4, audio_path: data/a.wav, bbox_shift: 1.5}", "bbox_shift: "),
        ('{video_path: "a\\0b", audio_path: data/a.wav}', "a character that no path can have"),
        ("!!python/object:os.system x", "is not readable YAML"),
        ("{a: 1, a: 2}", "there twice"),
        ("'" + "x" * 300_000 + "'", "is larger than"),
    ],
)
def test_what_no_task_can_be_is_refused_by_its_key(root: Path, values: str, said: str) -> None:
    assert said in refusal(root, f"t: {values}\n")


def test_ids_are_closed_whatever_the_file_calls_its_tasks(root: Path) -> None:
    one = "{video_path: data/talk.mp4, audio_path: data/a.wav"
    long = "abcdefghijkl" * 10
    names = ("../../etc", "日本語", "-rf", "{cut}", "a\\tb", long, "x" * 200)
    text = "".join(f'"{name}": {one}, result_name: "{name}"}}\n' for name in names)
    made, project = imported(root, text)
    assert [dub for _, _, dub in made.films] == [
        *("und_etc", "und_film", "und_rf", "und_cut", "und_a-b"),
        f"und_{long[:64]}",
        "und_x",  # Snakemake takes no id that ends with the same 20 times
    ]
    assert len(project.dubs) == len(names)


def test_nobody_said_who_consented(root: Path) -> None:
    with pytest.raises(ConsentMissing):
        lay_out(root / "job", task_file(root, TASKS, consent=" "))
    assert not (root / "job").exists()


def test_a_language_is_a_tag(root: Path) -> None:
    assert "write 'pt_br' as 'pt-BR'" in refusal(root, TASKS, language="pt_br")


def test_what_is_there_is_replaced_only_where_that_is_asked(root: Path) -> None:
    imported(root, TASKS)
    before = {name: (root / "job" / name).read_bytes() for name in FILES}
    with pytest.raises(InputError, match="--overwrite"):
        lay_out(root / "job", task_file(root, AVATARS))
    assert {name: (root / "job" / name).read_bytes() for name in FILES} == before
    lay_out(root / "job", task_file(root, AVATARS), overwrite=True)
    assert "avator-1" in (root / "job" / "dubs.tsv").read_text()
    assert "-7" not in (root / "job" / "overrides.tsv").read_text()


def test_where_the_new_project_is_wrong_the_old_one_stays(root: Path) -> None:
    imported(root, TASKS)
    before = {name: (root / "job" / name).read_bytes() for name in FILES}
    header = "video\tlanguage\tcut\tdecision\n"
    decisions = root / "job" / "decisions.tsv"
    decisions.write_text(f"{header}talk\tund_first\t000000-000009\tapprove\n")
    with pytest.raises(InputError, match=r"decisions\.tsv, row 2, column video"):
        lay_out(root / "job", task_file(root, AVATARS), overwrite=True)
    assert {name: (root / "job" / name).read_bytes() for name in FILES} == before


def test_a_config_that_a_run_would_read_instead_is_refused(root: Path) -> None:
    (root / "job" / "config").mkdir(parents=True)
    (root / "job" / "config" / "config.yaml").touch()
    with pytest.raises(InputError, match="name another folder by --to"):
        lay_out(root / "job", task_file(root, TASKS), overwrite=True)
