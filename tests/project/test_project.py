import re
from pathlib import Path

import pytest
import yaml

from mouthpiece.core.errors import InputError
from mouthpiece.project.config_file import read_config
from mouthpiece.project.project import Project


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


def test_table_paths_are_relative_to_the_config_file(folder: Path) -> None:
    project = opened(folder)
    assert project.videos["a"].path == folder / "media" / "a.mp4"
    assert project.decisions == {}


def test_a_later_config_without_tables_keeps_those_of_the_first(folder: Path) -> None:
    first = write(folder, "job.yaml", "videos: videos.tsv\ndubs: dubs.tsv\n")
    other = folder / "other"
    other.mkdir()
    second = write(other, "tweak.yaml", "gate: {}\n")
    config = {"videos": "videos.tsv", "dubs": "dubs.tsv", "gate": {}}
    assert list(Project.open(config, [first, second]).videos) == ["a"]


def test_an_override_changes_only_its_cut(folder: Path) -> None:
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
            "row 2, column setting: 'engines.preview.no_such' is not a key",
        ),
        ("engines.preview", "1", "is not a key of the config"),
        ("engines.preview.strength", "much", "row 2, column value: not allowed: engines.preview"),
        ("engine", "hologram", "column value"),
        (
            "engines.preview.preset",
            "louder",
            "column value: the engine preview has no 'louder'; its presets: standard, ",
        ),
        ("guard.face", "middle", "row 2, column value: not allowed: guard.face"),
        (
            "guard.min_face_px",
            "nan",
            "guard.min_face_px: 'nan' is not allowed; wanted a number above 0 and at most 10000",
        ),
        ("enhance.max_drop", "inf", "'inf' is not allowed; wanted a number from 0 to 1"),
        ("guard.min_face", "9", "of the config; did you mean 'guard.min_face_px'?"),
        ("engines.preview.preset", "opens_to_much", "; did you mean 'opens_too_much'?"),
        ("speaker.mode", "perhaps", "row 2, column value: not allowed: speaker.mode"),
    ],
)
def test_an_invalid_override_is_refused(
    folder: Path, setting: str, value: str, message: str
) -> None:
    write(
        folder,
        "overrides.tsv",
        f"video\tlanguage\tcut\tsetting\tvalue\na\t*\t*\t{setting}\t{value}\n",
    )
    with pytest.raises(InputError) as error:
        opened(folder)
    assert message in str(error.value)


def override(folder: Path, *rows: str) -> None:
    write(folder, "overrides.tsv", "\n".join(("video\tlanguage\tcut\tsetting\tvalue", *rows, "")))


@pytest.mark.parametrize(
    ("engine", "preset", "key", "value"),
    [
        ("musetalk", "opens_too_much", "bbox_shift_px", -5),
        ("musetalk", "jaw_seam", "extra_margin_px", 18),
        ("preview", "opens_too_little", "strength", 1.35),
    ],
)
def test_a_preset_in_an_override_sets_all_its_keys(
    folder: Path, engine: str, preset: str, key: str, value: float
) -> None:
    override(folder, f"a\t*\t000000-000049\tengines.{engine}.preset\t{preset}")
    project = opened(folder)
    here, there = (
        getattr(project.settings_for("a", "de", cut).engines, engine)
        for cut in ("000000-000049", "*")
    )
    assert (here.preset, getattr(here, key)) == (preset, value)
    assert getattr(there, key) != value


def test_a_key_in_an_override_wins_over_a_preset(folder: Path) -> None:
    override(
        folder,
        "a\t*\t*\tengines.preview.strength\t0.9",
        "a\t*\t*\tengines.preview.preset\topens_too_little",
    )
    assert opened(folder).settings_for("a", "de", "*").engines.preview.strength == 0.9


def test_a_preset_with_baked_keys_must_be_set_for_all_languages(folder: Path) -> None:
    override(folder, "a\tde\t*\tengines.musetalk.preset\topens_too_much")
    with pytest.raises(InputError, match=r"column language: .* all languages share: write \*"):
        opened(folder)


def test_overrides_of_guard_and_speaker_in_a_cut(folder: Path) -> None:
    write(
        folder,
        "overrides.tsv",
        "video\tlanguage\tcut\tsetting\tvalue\n"
        "a\t*\t000050-000099\tspeaker.mode\toff\n"
        "a\t*\t000050-000099\tguard.face\tright\n",
    )
    project = opened(folder)
    here, there = (project.settings_for("a", "*", cut) for cut in ("000050-000099", "*"))
    assert (here.speaker.mode, here.guard.face) == ("off", "right")
    assert (there.speaker.mode, there.guard.face) == ("passthrough", "")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("engines.preview.size_px", "512"), ("engine", "musetalk"), ("final.engine", "musetalk")],
)
def test_a_baked_key_must_be_set_for_all_languages(folder: Path, setting: str, value: str) -> None:
    write(
        folder,
        "overrides.tsv",
        f"video\tlanguage\tcut\tsetting\tvalue\na\tde\t*\t{setting}\t{value}\n",
    )
    with pytest.raises(
        InputError,
        match=r"column language: .* part of the bake.*: write \*",
    ):
        opened(folder)


def test_the_decisions_table_is_beside_the_dubs_table(folder: Path) -> None:
    assert opened(folder).decisions_table == folder / "decisions.tsv"
    named = opened(folder, decisions="elsewhere/mine.tsv")
    assert named.decisions_table == folder / "elsewhere" / "mine.tsv"


def test_a_decision_applies_only_to_its_cut(folder: Path) -> None:
    write(
        folder,
        "decisions.tsv",
        "video\tlanguage\tcut\tdecision\tdraft\tpreset\ttier\tnote\n"
        "a\tde\t000050-000099\tretry\t\tjaw_seam\tfinal\ta note\n"
        "a\tde\t000000-000049\tapprove\t0123456789ab\n",
    )
    project = opened(folder, engine="musetalk")
    for cut, chosen in {"000050": "jaw_seam", "000000": "standard", "000100": "standard"}.items():
        cut = f"{cut}-{int(cut) + 49:06}"
        assert project.drafting_engine("a", "de", cut, cut).preset == chosen
    keys = ("decision", "draft", "preset", "tier", "note")
    approved = dict(zip(keys, ("approve", "0123456789ab", "", "", ""), strict=True))
    again = dict(zip(keys, ("retry", "", "jaw_seam", "final", "a note"), strict=True))
    assert project.decisions_for("a", "de") == {
        "000000-000049": approved,
        "000050-000099": again,
    }
    assert project.decisions_for("a", "fr") == {}


def test_an_unknown_preset_in_a_decision_is_refused(folder: Path) -> None:
    write(
        folder,
        "decisions.tsv",
        "video\tlanguage\tcut\tpreset\na\tde\t000050-000099\tno_such\n",
    )
    with pytest.raises(
        InputError,
        match=r"decisions.tsv, row 2, column preset: the engine musetalk has no 'no_such'; "
        "its presets: standard, opens_too_little",
    ):
        opened(folder, engine="musetalk")
    write(
        folder,
        "overrides.tsv",
        "video\tlanguage\tcut\tsetting\tvalue\na\t*\t000050-000099\tengine\tpreview\n",
    )
    with pytest.raises(InputError, match="the engine preview has no 'no_such'"):
        opened(folder, engine="musetalk")


def test_config_files_are_merged_key_by_key(folder: Path) -> None:
    first = write(
        folder, "a.yaml", "gate: {scorer: aperture, deliver: {fail: lipsync}}\nvideos: v\n"
    )
    second = write(folder, "b.yaml", "gate: {scorer: embedded}\n")
    assert read_config([first, second]) == {
        "gate": {"scorer": "embedded", "deliver": {"fail": "lipsync"}},
        "videos": "v",
    }
    with pytest.raises(InputError, match="has no keys"):
        read_config([write(folder, "c.yaml", "- 1\n")])


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"gaurd": {}}, "unknown key 'gaurd'; did you mean 'guard'?"),
        (
            {"guard": {"max_yaw_deg": 200}},
            "guard.max_yaw_deg: 200 is not allowed; wanted a number above 0 and at most 90",
        ),
        ({"normalize": {"frame_rate": "often"}}, "normalize.frame_rate"),
        ({"engine": "hologram"}, "engine: "),
    ],
)
def test_an_invalid_config_is_refused(
    folder: Path, config: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        opened(folder, **config)


def test_finals_follow_decisions_close_ups_and_overrides(folder: Path) -> None:
    write(
        folder,
        "decisions.tsv",
        "video\tlanguage\tcut\tdecision\tdraft\ttier\n"
        "a\tde\t000000-000049\tapprove\t0123456789ab\t\n"
        "a\tde\t000050-000099\t\t\tfinal\n"
        "a\tde\t000100-000149\tpassthrough\t\t\n",
    )
    write(
        folder,
        "overrides.tsv",
        "video\tlanguage\tcut\tsetting\tvalue\na\t*\t000150-000199\tengine\tmusetalk\n"
        "a\t*\t000200-000249\tfinal.of\toff\n",
    )
    cuts = [f"{first:06d}-{first + 49:06d}" for first in range(0, 250, 50)]
    shares = dict(zip(cuts, (0.1, 0.2, 0.5, 0.6, 0.7), strict=True))

    def finals(**final: str) -> list[int]:
        project = opened(folder, final=final)
        found = [
            project.has_final("a", "de", cut, cut, lambda cut=cut: shares[cut]) for cut in cuts
        ]
        return [number for number, has_final in enumerate(found) if has_final]

    assert finals() == finals(engine="musetalk", of="off") == []
    assert finals(engine="musetalk") == [0, 1]
    assert finals(engine="musetalk", of="marked") == [1]
    assert finals(engine="musetalk", of="close_ups", close_up_share="0.4") == [1, 2]
    assert finals(engine="musetalk", of="all") == [0, 1, 2], "not where it drafts, nor where off"
    assert finals(engine="preview", of="all") == [3], "the same"


@pytest.mark.parametrize("of", ["approved", "marked", "close_ups", "all"])
def test_finals_that_no_engine_draws_are_refused(folder: Path, of: str) -> None:
    wanted = f"job.yaml: final: finals are asked for (of: {of}), but no engine draws them; name"
    with pytest.raises(InputError, match=re.escape(wanted)):
        opened(folder, final={"of": of})
    assert not opened(folder, final={"of": "off"}).settings.has_finals
    row = "video\tlanguage\tcut\tsetting\tvalue\na\t*\t000150-000199\t"
    write(folder, "overrides.tsv", f"{row}final.max_drop\t0.2\n")
    assert not opened(folder).settings.has_finals
    if of != "approved":  # that is what the config says without any word
        write(folder, "overrides.tsv", f"{row}final.of\t{of}\n")
        with pytest.raises(InputError, match=r"overrides.tsv, row 2, .*no engine draws"):
            opened(folder)


def test_a_final_engine_that_is_the_drafts_is_refused(folder: Path) -> None:
    final = {"engine": "preview", "of": "all"}
    with pytest.raises(InputError, match=r"job.yaml: final.engine: preview drafts these cuts"):
        opened(folder, final=final)
    assert not opened(folder, final=final | {"of": "off"}).settings.has_finals
    row = "video\tlanguage\tcut\tsetting\tvalue\na\t*\t000150-000199\t"
    write(folder, "overrides.tsv", f"{row}engine\tmusetalk\n")
    opened(folder, final=final)  # this one cut can have one
    write(folder, "overrides.tsv", f"{row}final.engine\tpreview\n")
    with pytest.raises(InputError, match=r"overrides.tsv, row 2, column value: preview dra"):
        opened(folder, final={"engine": "musetalk"})


def test_enhanced_drafts_follow_mode_and_tier(folder: Path) -> None:
    write(
        folder,
        "decisions.tsv",
        "video\tlanguage\tcut\ttier\na\tde\t000000-000049\tfinal\n",
    )
    write(
        folder,
        "overrides.tsv",
        "video\tlanguage\tcut\tsetting\tvalue\na\t*\t000050-000099\tenhance.mode\tall\n",
    )
    final, overridden, other = (("a", "de", f"0000{n}") for n in ("00-000049", "50-000099", "99"))
    project = opened(folder)
    assert project.is_final(*final) and not project.is_final(*other)
    assert [project.is_enhanced(*cut, cut[-1]) for cut in (final, overridden, other)] == [
        False,
        True,
        False,
    ]
    project = opened(folder, enhance={"mode": "final"})
    assert [project.is_enhanced(*cut, cut[-1]) for cut in (final, overridden, other)] == [
        True,
        True,
        False,
    ]


def test_a_config_that_is_no_yaml_is_told_on_one_line_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text("videos: v.tsv\ngate: [1\n")
    with pytest.raises(InputError) as error:
        read_config([tmp_path / "job.yaml"])
    assert "job.yaml: is not readable YAML (line 3: " in str(error.value)
    assert "\n" not in str(error.value)


def test_a_source_is_looked_at_once_for_the_length_policies_of_its_films(folder: Path) -> None:
    write(folder, "videos.tsv", "video\tpath\tconsent\na\tmedia/a.png\tby letter\n")
    (folder / "media" / "a.png").touch()
    project = opened(folder)
    assert project.length_policy("a", "de") == "loop"
    (folder / "media" / "a.png").unlink()
    (folder / "media" / "a.png").write_bytes(b"\0\0\0\x18ftypisom")  # a film
    assert project.length_policy("a", "de") == "loop"
    assert opened(folder).length_policy("a", "de") == "auto"
