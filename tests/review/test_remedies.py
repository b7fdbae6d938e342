"""Settings of single cuts that reviewers change: what is offered, and the rows that they become."""

import json
from pathlib import Path

import pytest

from mouthpiece.engines.dials import dials_of
from mouthpiece.engines.registry import read_settings
from mouthpiece.project.overrides import read_overrides
from mouthpiece.project.tables import Dub
from mouthpiece.review.override_table import OverrideTable
from mouthpiece.review.remedies import (
    CutSettings,
    PageRemedies,
    in_force,
    language_of,
    problem,
    set_elsewhere,
)
from mouthpiece.review.remedy_store import RemedyStore
from mouthpiece.review.request_error import ConflictError, RequestError

FILM = ("talk", "de")
CUT = "000000-000049"
TIMING = "engines.preview.lip_offset_frames"


def store(folder: Path, *rows: str) -> RemedyStore:
    table = folder / "overrides.tsv"
    if rows:
        lines = ["# by hand", "video\tlanguage\tcut\tsetting\tvalue", *rows]
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return RemedyStore(table)


def save(found: RemedyStore, settings: dict[str, str], seen: str = "") -> CutSettings | None:
    values = {"settings": json.dumps(settings), "reviewer": "Anna"}
    return found.save(FILM, CUT, ["preview"], values, seen)


def test_an_engine_says_what_may_be_turned() -> None:
    timing, opening, hush = dials_of("preview")
    usual = {"usual": 0, "least": -50, "most": 50}
    assert timing == {"kind": "timing", "setting": TIMING, "step": 1, "shared": False, **usual}
    assert opening["setting"] == "engines.preview.strength" and opening["most"] == 2
    assert hush["setting"] == "engines.preview.hush_pauses"
    assert (hush["usual"], hush["least"], hush["most"]) == (0, 0, 1)
    for engine in ("musetalk", "latentsync", "wav2lip", "hosted"):
        kinds = {dial["kind"]: dial["setting"] for dial in dials_of(engine)}
        assert kinds["timing"] == f"engines.{engine}.lip_offset_frames"
        assert "hush" in kinds, "every engine hears the dub"
    assert dials_of("none such") == []


def test_a_dial_says_what_a_cut_has_without_a_row_of_its_own() -> None:
    film = read_settings("preview", {"lip_offset_frames": "-2", "hush_pauses": "true"})
    unset = {dial["kind"]: dial["unset"] for dial in dials_of("preview", film)}
    assert unset == {"timing": -2, "opening": film.strength, "hush": 1}


def test_settings_that_other_rows_give_a_cut_are_known() -> None:
    rows = [
        ("talk", "*", CUT, TIMING, "10"),
        ("talk", "de", CUT, TIMING, "5"),
        ("talk", "de", CUT, "guard.min_face_px", "9"),
        ("talk", "*", CUT, "guard.face", "left"),
        ("talk", "*", "*", TIMING, "1"),
        ("other", "*", CUT, TIMING, "1"),
    ]
    assert set_elsewhere(rows, "talk", "de") == {CUT: [TIMING]}


def test_what_languages_share_is_a_row_for_all_of_them(tmp_path: Path) -> None:
    """A run refuses a row of one language on what all languages share, such as a bake."""
    shift = "engines.musetalk.bbox_shift_px"
    assert [dial["shared"] for dial in dials_of("musetalk")] == [False, True, False]
    assert language_of(shift, "de") == "*" and language_of(TIMING, "de") == "de"
    found = store(tmp_path)
    values = {"settings": json.dumps({shift: "3"}), "reviewer": ""}
    saved = found.save(FILM, CUT, ["musetalk"], values, "")
    assert saved is not None and dict(saved.settings) == {shift: "3"}
    assert list(OverrideTable(found.table).entries) == [("talk", "*", CUT, shift)]


def test_what_is_saved_is_what_a_run_reads(tmp_path: Path) -> None:
    found = store(tmp_path, f"talk\t*\t{CUT}\tguard.min_face_px\t50")
    saved = save(found, {TIMING: "-10", "guard.face": "left"})
    assert saved is not None and dict(saved.settings) == {TIMING: "-10", "guard.face": "left"}
    dubs = {FILM: Dub("talk", "de", "", tmp_path, None)}
    rows = {(o.language, o.cut, o.setting): o.value for o in read_overrides(found.table, dubs)}
    assert rows == {
        ("*", CUT, "guard.min_face_px"): "50",
        ("de", CUT, TIMING): "-10",
        ("*", CUT, "guard.face"): "left",
    }
    assert save(found, {}, saved.sent["revision"]) is None
    text = found.table.read_text(encoding="utf-8")
    assert text.startswith("# by hand") and "min_face_px" in text and TIMING not in text


def test_a_final_is_chosen_for_a_cut_of_one_language(tmp_path: Path) -> None:
    found = store(tmp_path)
    save(found, {"final.of": "all"})
    dubs = {FILM: Dub("talk", "de", "", tmp_path, None)}
    rows = [(o.language, o.setting, o.value) for o in read_overrides(found.table, dubs)]
    assert rows == [("de", "final.of", "all")]
    assert "not allowed" in problem(["preview"], "final.of", "approved")
    assert PageRemedies(final_engine="latentsync").data["final_engine"] == "latentsync"


def test_the_dials_of_draft_and_final_may_both_be_turned(tmp_path: Path) -> None:
    other = "engines.latentsync.lip_offset_frames"
    assert "not one that" in problem(["preview"], other, "3")
    assert problem(["preview", "latentsync"], other, "3") == ""
    assert "less than or equal" in problem(["preview", "latentsync"], other, "51")
    found = store(tmp_path)
    values = {"settings": json.dumps({TIMING: "1", other: "3"}), "reviewer": ""}
    saved = found.save(FILM, CUT, ["preview", "latentsync"], values, "")
    assert saved is not None and dict(saved.settings) == {TIMING: "1", other: "3"}


def test_two_who_turn_one_cut_are_in_conflict(tmp_path: Path) -> None:
    found = store(tmp_path)
    save(found, {TIMING: "-10"})
    with pytest.raises(ConflictError) as error:
        save(found, {TIMING: "-3"})
    assert error.value.now is not None
    assert json.loads(error.value.now.sent["settings"]) == {TIMING: "-10"}
    assert save(found, {TIMING: "-10"}) is not None, "who wants the same is not"


@pytest.mark.parametrize(
    ("setting", "value", "wrong"),
    [
        (TIMING, "51", "less than or equal to 50"),
        (TIMING, "late", "valid integer"),
        ("engines.preview.hush_pauses", "perhaps", "valid boolean"),
        ("guard.face", "the one with the hat", "not allowed"),
        ("speaker.mode", "passthrough", "not allowed"),
        ("guard.min_face_px", "1", "not one that a page changes"),
        ("engines.musetalk.bbox_shift_px", "3", "not one that a page changes"),
        ("engines.preview.preset", "standard", "not one that a page changes"),
    ],
)
def test_a_page_changes_only_what_is_offered(
    tmp_path: Path, setting: str, value: str, wrong: str
) -> None:
    assert wrong in problem(["preview"], setting, value)
    with pytest.raises(RequestError, match=wrong.split()[0]):
        save(store(tmp_path), {setting: value})
    assert not (tmp_path / "overrides.tsv").exists()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', json.dumps({"a": "b" * 50})])
def test_a_request_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RequestError, match="wanted an object of settings"):
        store(tmp_path).save(FILM, CUT, "preview", {"settings": text, "reviewer": ""}, "")


def test_rows_on_single_cuts_of_a_film_are_in_force() -> None:
    rows = [
        ("talk", "de", CUT, TIMING, "4"),
        ("talk", "*", CUT, "guard.face", "left"),
        ("talk", "*", CUT, TIMING, "9"),  # of all languages: not this film's alone
        ("talk", "fr", CUT, TIMING, "9"),
        ("talk", "de", "*", TIMING, "9"),
        ("talk", "de", CUT, "enhance.mode", "off"),
    ]
    found = in_force(rows, *FILM)
    assert found == {CUT: {TIMING: "4", "guard.face": "left"}}
    assert PageRemedies({}, found, [CUT]).data["in_force"] == found


def test_rows_that_a_page_does_not_change_hold_no_remedy_back(tmp_path: Path) -> None:
    """Of a preset that was written by hand, and of an engine that drew the cut before."""
    hand = "engines.preview.preset"
    before = "engines.musetalk.lip_offset_frames"
    rows = [f"talk\tde\t{CUT}\t{hand}\tstandard", f"talk\tde\t{CUT}\t{before}\t2"]
    found = store(tmp_path, *rows)
    known = found.settings(*FILM)[CUT]
    assert dict(known.settings) == {before: "2"}
    saved = save(found, {before: "2", TIMING: "1"}, known.sent["revision"])
    assert saved is not None and dict(saved.settings) == {before: "2", TIMING: "1"}
    values = {
        key[3]: row.values["value"] for key, row in OverrideTable(found.table).entries.items()
    }
    assert values == {hand: "standard", before: "2", TIMING: "1"}
    with pytest.raises(RequestError, match="not one that a page changes"):
        save(found, {before: "3", TIMING: "1"}, saved.sent["revision"])


def test_the_key_of_an_override_has_its_setting(tmp_path: Path) -> None:
    found = store(tmp_path, f"talk\tde\t{CUT}\t{TIMING}\t1", f"talk\tde\t{CUT}\tenhance.mode\toff")
    table = OverrideTable(found.table)
    assert list(table.entries) == [(*FILM, CUT, TIMING), (*FILM, CUT, "enhance.mode")]
    entry = table.get((*FILM, CUT, TIMING))
    assert entry is not None and entry.values == {"value": "1", "reviewer": "", "time": ""}


def test_a_row_says_who_set_it_and_when(tmp_path: Path) -> None:
    found = store(tmp_path, f"talk\tde\t{CUT}\t{TIMING}\t1")
    seen = found.settings(*FILM)[CUT].sent["revision"]
    saved = save(found, {TIMING: "1", "guard.face": "left"}, seen)
    assert saved is not None and saved.reviewer == "Anna" and saved.time.endswith("Z")
    said = {key[3]: entry.values for key, entry in OverrideTable(found.table).entries.items()}
    assert said[TIMING] == {"value": "1", "reviewer": "", "time": ""}, "it stays whose it is"
    assert said["guard.face"] == {"value": "left", "reviewer": "Anna", "time": saved.time}
    dubs = {FILM: Dub("talk", "de", "", tmp_path, None)}
    assert {o.value for o in read_overrides(found.table, dubs)} == {"1", "left"}
