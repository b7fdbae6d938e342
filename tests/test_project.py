from pathlib import Path

import pytest
import yaml

from mouthpiece.errors import InputError
from mouthpiece.project import Project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.mp4").touch()
    (tmp_path / "de.wav").touch()
    write(tmp_path, "videos.tsv", "video\tpath\tconsent\na\tmedia/a.mp4\tthe speaker, by letter\n")
    write(tmp_path, "dubs.tsv", "video\tlanguage\taudio\na\tde\tde.wav\n")
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def opened(folder: Path, **config: object) -> Project:
    config = {"videos": "videos.tsv", "dubs": "dubs.tsv", **config}
    return Project.open(config, [write(folder, "job.yaml", yaml.safe_dump(config))])


def test_tables_lie_beside_the_config_that_names_them(folder: Path) -> None:
    project = opened(folder)
    assert project.videos["a"].path == folder / "media" / "a.mp4"
    assert project.decisions == {}


def test_a_later_config_that_names_no_tables_keeps_the_first_ones(folder: Path) -> None:
    first = write(folder, "job.yaml", "videos: videos.tsv\ndubs: dubs.tsv\n")
    other = folder / "other"
    other.mkdir()
    second = write(other, "tweak.yaml", "gate: {}\n")
    config = {"videos": "videos.tsv", "dubs": "dubs.tsv", "gate": {}}
    assert list(Project.open(config, [first, second]).videos) == ["a"]


def test_overrides_reach_their_cut_only(folder: Path) -> None:
    write(
        folder,
        "overrides.tsv",
        "video\tlanguage\tcut\tsetting\tvalue\n"
        "a\t*\t000000-000049\tengines.preview.lip_offset_frames\t10\n",
    )
    project = opened(folder)
    there = project.settings_for("a", "de", "000000-000049").engines.preview
    elsewhere = project.settings_for("a", "de", "000050-000099").engines.preview
    assert (there.lip_offset_frames, elsewhere.lip_offset_frames) == (10, 0)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        (
            "engines.preview.no_such",
            "1",
            "row 2, column setting: 'engines.preview.no_such' is no key",
        ),
        ("engines.preview", "1", "is no key of the config"),
        ("engines.preview.strength", "much", "row 2, column value: not allowed: engines.preview"),
        ("engine", "hologram", "column value"),
    ],
)
def test_a_wrong_override(folder: Path, setting: str, value: str, message: str) -> None:
    write(
        folder,
        "overrides.tsv",
        f"video\tlanguage\tcut\tsetting\tvalue\na\t*\t*\t{setting}\t{value}\n",
    )
    with pytest.raises(InputError) as error:
        opened(folder)
    assert message in str(error.value)


def test_what_is_baked_serves_all_languages(folder: Path) -> None:
    write(
        folder,
        "overrides.tsv",
        "video\tlanguage\tcut\tsetting\tvalue\na\tde\t*\tengines.preview.size_px\t512\n",
    )
    with pytest.raises(
        InputError, match=r"column language: .* is baked for all languages: write \*"
    ):
        opened(folder)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"gaurd": {}}, "unknown key 'gaurd'"),
        (
            {"guard": {"max_yaw_deg": 200}},
            "guard.max_yaw_deg: .*less than or equal to 90.* found 200",
        ),
        ({"normalize": {"frame_rate": "often"}}, "normalize.frame_rate"),
        ({"engine": "hologram"}, "engine: "),
    ],
)
def test_a_wrong_config(folder: Path, config: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        opened(folder, **config)
