import json
import random
import re
import runpy
from dataclasses import asdict, replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from samples import cut_row, decoded, segment

from mouthpiece.config.guard import Guard
from mouthpiece.config.picture import PictureLimits
from mouthpiece.core.cut_table import CutRow, write_rows
from mouthpiece.core.errors import Fault
from mouthpiece.core.faces_table import write_faces
from mouthpiece.core.files import write_json
from mouthpiece.core.timeline import Clock, LoopedClock
from mouthpiece.faces.landmarks import BROW, CHIN, LIPS_OUTER, MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.project.gate import Gate
from mouthpiece.review.clips import Clips
from mouthpiece.review.page import Film, write_page
from mouthpiece.review.reasons import explain, in_brief
from mouthpiece.review.sound import Sound
from mouthpiece.review.thresholds import Thresholds
from mouthpiece.review.timecode import timecode
from mouthpiece.review.verdicts import verdict
from mouthpiece.review.wordings import REASONS
from mouthpiece.scorers import losses
from mouthpiece.scorers import verdict as gate_verdict
from mouthpiece.scorers.picture_verdict import MEASURES
from mouthpiece.scorers.settings import ScorerSettings
from mouthpiece.scorers.verdict import judge_draft
from mouthpiece.stages import enhance, final, gate, guard
from mouthpiece.stages import review as stage
from mouthpiece.stages.review import review
from mouthpiece.stages.source_clips import source_clips
from places import ROOT

FILM = Film("film", "pt-BR", Fraction(25))
THRESHOLDS = Thresholds(
    Guard(second_face_frames=0.1, min_face_px=64),
    "aperture",
    ScorerSettings(min_confidence=0.25, fail_confidence=0.12, max_offset_frames=1),
    PictureLimits(),
)


def data_of(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])


class Page(HTMLParser):
    """The text of the table's rows, and every tag and address of a page."""

    def __init__(self, folder):
        super().__init__()
        self.tags, self.addresses, self.rows, self._row = [], [], [], None
        self.feed((folder / "index.html").read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.addresses += [v for k, v in attributes if k in ("src", "href", "srcset", "data")]
        if tag == "tr" and "data-cut" in dict(attributes):
            self.rows.append("")
            self._row = True

    def handle_endtag(self, tag):
        if tag == "tr":
            self._row = None

    def handle_data(self, data):
        if self._row:
            self.rows[-1] += " ".join(data.split()) + " "


def test_gated_out_cuts_come_first_then_by_the_verdicts_order(tmp_path):
    gates = ["pass", "none", "unjudged", "review", "fail", "fail"]
    rows = [cut_row(n * 10, 10, name, reason="x") for n, name in enumerate(gates)]
    write_page(tmp_path, FILM, rows, THRESHOLDS, {})
    shown = [(cut["verdict"], cut["first_frame"]) for cut in data_of(tmp_path)["cuts"]]
    assert shown == [
        ("fail", 40), ("fail", 50), ("review", 30), ("unjudged", 20),
        ("passthrough", 10), ("pass", 0),
    ]  # fmt: skip
    assert [row.split()[0] for row in Page(tmp_path).rows][:2] == ["00:00:01:15", "00:00:02:00"]


def test_the_page_says_how_many_and_why(tmp_path):
    rows = [
        cut_row(0, 30, "pass", action="lipsync", reason="in_sync"),
        cut_row(30, 10, "fail", reason="off_sync=10", gate_reasons="off_sync=10"),
        cut_row(40, 10, guard_reasons="no_face=0", reason="no_face=0"),
        cut_row(50, 10, guard_reasons="no_face=0", reason="no_face=0"),
    ]
    write_page(tmp_path, FILM, rows, THRESHOLDS, {})
    page = re.sub("<[^>]+>", "", (tmp_path / "index.html").read_text(encoding="utf-8"))
    assert (
        "1 of 4 cuts is lip-synced, 50% of the running time; "
        "3 are delivered as the original: no face 2, off sync 1."
    ) in " ".join(page.split())


def test_a_fault_comes_first_and_is_no_judgement_of_the_picture(tmp_path):
    fault = "bake: Fault: out of memory at a batch of one frame"
    rows = [cut_row(0, 30, "fail", reason="x"), cut_row(30, 10, reason="fault", fault=fault)]
    write_page(tmp_path, FILM, rows, THRESHOLDS, {})
    first = data_of(tmp_path)["cuts"][0]
    assert (first["verdict"], first["sentences"][1]) == ("fault", fault)
    assert "the next run tries again" in first["sentences"][0]
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "1 cut is delivered as the original because the machine failed there" in text


def test_notes_on_the_files_are_shown_as_text(tmp_path):
    write_page(tmp_path, FILM, [cut_row(0, 30)], THRESHOLDS, {})
    assert 'class="notes"' not in (tmp_path / "index.html").read_text(encoding="utf-8")
    notes = [("Source", ["Its clock jumps."]), ("Film", ["<b>Not kept</b>: subtitles"])]
    write_page(tmp_path, FILM, [cut_row(0, 30)], THRESHOLDS, {}, notes=notes)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert '<details class="notes">' in text
    assert "<dt>Source</dt>" in text and "<dd>Its clock jumps.</dd>" in text
    assert "&lt;b&gt;Not kept&lt;/b&gt;" in text


def test_thresholds_in_force_are_shown(tmp_path):
    gate = Gate(picture=PictureLimits(max_seam=None))
    thresholds = Thresholds.of(Guard(min_face_px=77.5), gate)
    write_page(tmp_path, FILM, [], thresholds, {})
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "77.5" in text and "Height of the face, brow to chin, at least" in text
    named = {(limit["section"], limit["name"]) for limit in thresholds.table()}
    unshown = {"smoothing_s", "face", "two_faces"}  # no limits: no reason to refuse a cut
    assert named >= {("guard", name) for name in Guard.model_fields if name not in unshown}
    assert named >= {("gate", name) for name in type(thresholds.limits).model_fields}
    assert named >= {("picture", m.limit) for m in MEASURES}
    assert "shown only" in text, "a limit that is null"


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (
            "two_faces=0.42",
            "A second face is seen in 42% of the frames searched; the limit is 10%.",
        ),
        ("small_face=31.2", "The face is 31 px high; the guard wants 64 px."),
        ("off_sync=10", "The lips are 10 frames behind the voice (at 25 fps); the limit is 1."),
        ("off_sync=-1", "The lips are 1 frame ahead of the voice (at 25 fps); the limit is 1."),
        ("low_confidence=0.05", "The sync confidence is 0.05; under 0.12 a draft fails."),
        ("no_face=0", "No face is seen."),
        ("no_close_up=90", "The face is 90 px high: no close-up, so it is not restored."),
        (
            "sync_lost=0.4",
            "The enhancement was taken back: it cost 40% of the sync confidence.",
        ),
        (
            "flicker_gained=0.12",
            "The enhancement was taken back: with it, the face flickered by 12.0% more.",
        ),
        (
            "identity_lost=0.08",
            "The enhancement was taken back: with it, the face was further from the person's own "
            "by 0.08 (two people are 0.6 apart).",
        ),
        ("in_sync", "The lips follow the dub."),
        ("low_confidence=0.118", "The sync confidence is 0.118; under 0.120 a draft fails."),
        (
            "two_faces=0.1004",
            "A second face is seen in 10.04% of the frames searched; the limit is 10.00%.",
        ),
        ("new_code=3", "new code=3"),
        ("small_face=", "small face="),
    ],
)
def test_reasons_are_put_in_words(reason, sentence):
    assert explain(reason, THRESHOLDS) == sentence


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("off_sync=4", "4 frames late"),
        ("off_sync=-1", "1 frame early"),
        ("low_confidence=0.05", "0.05 < 0.12"),
        ("turned=41.2", "turned 41° > 35°"),
        ("in_sync", ""),
        ("new_code=3", "new code=3"),
    ],
)
def test_reasons_are_short_in_the_list(reason, words):
    assert in_brief(reason, THRESHOLDS) == words


def test_the_limit_that_stood_for_a_cut_is_named(tmp_path):
    """An override may set another one than the config's."""
    row = cut_row(0, 10, guard_reasons="turned=25", reason="turned=25")
    limits = {row["cut"]: {"turned": 20.0}}
    write_page(tmp_path, FILM, [row], THRESHOLDS, {}, limits=limits)
    (cut,) = data_of(tmp_path)["cuts"]
    assert cut["sentences"] == ["The head is turned by 25°; the limit is 20°."]
    assert cut["brief"] == "turned 25° > 20°"


@pytest.mark.parametrize(("hearing", "limit"), [("bands", "0.20"), ("phones", "0.25")])
def test_the_limit_of_who_does_not_speak_is_that_of_what_heard_it(tmp_path, hearing, limit):
    row = cut_row(0, 10, guard_reasons="not_speaking=0.1", source_hearing=hearing)
    write_page(tmp_path, FILM, [row], Thresholds.of(Guard(), Gate()), {})
    (cut,) = data_of(tmp_path)["cuts"]
    assert f"under {limit} over 2 s" in cut["sentences"][0]


def test_the_picture_is_shown_with_its_limits(tmp_path):
    limits = PictureLimits(judged=("lopsided",), max_asymmetry=0.06, min_detail=0.7, max_seam=None)
    measured = {"asymmetry": "0.110", "detail": "0.600", "seam": "1.250"}
    row = cut_row(0, 25, "review", gate_reasons="lopsided=0.11", reported="blurred=0.6", **measured)
    write_page(tmp_path, FILM, [row], replace(THRESHOLDS, picture=limits), {})
    (cut,) = data_of(tmp_path)["cuts"]
    assert cut["picture"] == [
        ["Lopsided, beyond the person's own", "0.11 (at most 0.06): doubtful"],
        ["Sharpness, of the source's", "60% (at least 70%): reported only"],
        ["Slope at the rim", "1.2 levels (no limit)"],
    ]
    assert cut["sentences"] == [
        "The two halves of the mouth are less alike than the person's own, by 0.11 (of 1); the "
        "limit is 0.06. It may be torn.",
        "Reported only, and drafted all the same: the mouth has 60% of the source's sharpness; the "
        "gate wants 70%.",
    ]
    assert cut["brief"] == "lopsided 0.11 > 0.06"


@pytest.mark.parametrize(
    ("silence_s", "told"), [("12.000", "(at most 1.20 s)"), ("2.000", "(at most 0.40 s): doubtful")]
)
def test_a_mouth_in_long_silences_is_judged_as_the_gate_does(tmp_path, silence_s, told):
    score = {"speech_s": 3, "duration_s": 20, "confidence": 1, "offset_frames": 0}
    score |= {"mouth_in_silence_s": 0.9, "silence_s": float(silence_s)}
    verdict, reasons = judge_draft(score | {"scorer": "embedded"}, Gate().draft_limits)
    columns = {"mouth_in_silence_s": "0.900", "silence_s": silence_s}
    row = cut_row(0, 500, verdict, gate_reasons=";".join(reasons), **columns)
    write_page(tmp_path, FILM, [row], THRESHOLDS, {})
    (cut,) = data_of(tmp_path)["cuts"]
    assert cut["picture"] == [["Mouth in silence", f"0.90 s {told}"]]
    assert bool(reasons) is told.endswith("doubtful")


def test_the_limit_of_a_mouth_in_long_silences_is_the_one_that_it_broke(tmp_path):
    columns = {"mouth_in_silence_s": "1.500", "silence_s": "12.000"}
    row = cut_row(0, 500, "review", gate_reasons="mouth_in_silence=1.5", **columns)
    write_page(tmp_path, FILM, [row], THRESHOLDS, {})
    (cut,) = data_of(tmp_path)["cuts"]
    assert cut["sentences"][0].endswith("up to 1.20 s are usual.")


def test_the_tier_that_is_delivered_is_told_and_why(tmp_path):
    scores = {"final_confidence": "0.3000", "replaced_confidence": "0.5000"}
    fault = "draft_final: Fault: no memory"
    rows = [
        cut_row(0, 25, "pass", final="latentsync", stands_for="a;b", draft="c", **scores),
        cut_row(25, 25, "pass", final="reverted latentsync",
                final_reasons="final_sync_lost=0.4", **scores),
        cut_row(50, 25, "pass", final="reverted latentsync", final_fault=fault),
        cut_row(75, 25, "pass"),
    ]  # fmt: skip
    write_page(tmp_path, FILM, rows, THRESHOLDS, {})
    taken, worse, failed, none = data_of(tmp_path)["cuts"]
    compared = "confidence 0.3000, the draft's 0.5000"
    assert [cut["final"] for cut in (taken, worse, failed, none)] == [
        f"latentsync: in place of the draft; {compared}",
        f"latentsync: the draft stands; {compared}",
        "latentsync: the draft stands",
        "",
    ]
    assert (taken["drawn_by"], taken["stands_for"]) == ("latentsync", ["a", "b"])
    assert worse["drawn_by"] == none["drawn_by"] == none["row"]["engine"]
    assert worse["sentences"][-1] == (
        "The final was not taken: it has 40% less sync confidence than the draft."
    )
    assert failed["sentences"][-1] == fault


def test_a_final_of_a_draft_that_could_not_be_made_says_so(tmp_path):
    fault = "draft: Fault: no memory"
    facts = json.dumps({"draft_fault": fault})
    alone = cut_row(0, 25, "pass", final="latentsync", final_reasons="final_not_compared=0",
                    facts=facts)  # fmt: skip
    write_page(tmp_path, FILM, [alone], THRESHOLDS, {})
    assert data_of(tmp_path)["cuts"][0]["sentences"][-2:] == [
        "The final was taken without a comparison: the draft could not be made, or is empty.",
        fault,
    ]


def test_batches_that_memory_did_not_hold_are_told(tmp_path):
    facts = {
        "halved_to": {"vae_batch_frames": 2},
        "enhancement": {"steps": ["restored"], "halved_to": {"batch_faces": 4}},
    }
    rows = [cut_row(0, 25, "pass", facts=json.dumps(facts)), cut_row(25, 25, "pass")]
    write_page(tmp_path, FILM, rows, THRESHOLDS, {})
    said = [cut["halved"] for cut in data_of(tmp_path)["cuts"]]
    assert said == ["vae_batch_frames: 2, batch_faces: 4", ""]


def test_every_reason_of_guard_and_gate_has_a_sentence():
    code = "".join(
        Path(module.__file__).read_text(encoding="utf-8")
        for module in (guard, gate, gate_verdict, enhance, final, losses)
    )
    codes = set(re.findall(r'Reason\("(\w+)"', code)) | set(re.findall(r'"(\w+)=\{', code))
    codes |= {measure.fault for measure in MEASURES}
    codes |= {"final_sync_lost", "final_verdict_lost", "final_fault"}
    codes |= {"in_sync", "decided", "no_draft", "fault"}
    assert len(codes) >= 22
    assert codes <= set(REASONS)
    for name in codes:
        assert "{" not in explain(f"{name}=0.5", THRESHOLDS) + in_brief(f"{name}=0.5", THRESHOLDS)


def test_html_in_any_value_is_text(tmp_path):
    evil = "</script><img src=x onerror=alert(1)>&amp;'\""
    row = cut_row(0, 10, "fail", gate_reasons=evil, reason=evil, note=evil, engine=evil)
    film = Film(evil, "<b>", Fraction(25))
    write_page(tmp_path, film, [row | {evil: evil}], THRESHOLDS, {})
    page = Page(tmp_path)
    assert not [tag for tag, _ in page.tags if tag in ("img", "b")]
    assert not [tag for tag, attributes in page.tags if any(k.startswith("on") for k in attributes)]
    cut = data_of(tmp_path)["cuts"][0]
    assert cut["row"][evil] == evil and cut["note"] == evil
    assert data_of(tmp_path)["film"]["video"] == evil


def test_nothing_is_fetched_from_elsewhere(tmp_path):
    write_page(tmp_path, FILM, [cut_row(0, 10, "pass")], THRESHOLDS, {})
    page = Page(tmp_path)
    assert page.addresses == ["data:,"], "no icon is asked for"
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r"\w+://[^\s\"'<>]+", text)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in text and "url(" not in text


def test_columns_that_the_page_does_not_know_are_shown(tmp_path):
    write_page(tmp_path, FILM, [cut_row(0, 5) | {"cost_usd": "0.12"}], THRESHOLDS, {})
    assert data_of(tmp_path)["cuts"][0]["row"]["cost_usd"] == "0.12"


def test_decisions_of_the_run_are_shown_with_their_state(tmp_path):
    rows = [
        cut_row(0, 10, "fail", decision="approve"),
        cut_row(10, 10, "fail", decision="stale passthrough"),
        cut_row(20, 10, "fail"),
    ]
    write_page(tmp_path, FILM, rows, THRESHOLDS, {})
    found = [(cut["decision"], cut["decision_state"]) for cut in data_of(tmp_path)["cuts"]]
    assert found == [("approve", ""), ("passthrough", "stale"), ("", "")]


def test_what_was_said_of_a_cut_is_in_the_page(tmp_path):
    said = {"decision": "done retry", "preset": "jaw_seam", "tier": "final", "note": "soft"}
    settings = json.dumps({"preset": "close_up", "precision": "fp32"})
    rows = [
        cut_row(0, 10, "fail", settings=settings, **said),
        cut_row(10, 10, "fail", settings="{"),
    ]
    write_page(tmp_path, FILM, rows, THRESHOLDS, {}, {"preview": ("standard",)})
    first, second = data_of(tmp_path)["cuts"]
    keys = ("decision", "decision_state", "preset", "drafted_with", "tier", "note")
    assert [first[k] for k in keys] == ["retry", "done", "jaw_seam", "close_up", "final", "soft"]
    assert [second[k] for k in keys] == [""] * 6


def test_what_heard_the_speech_of_a_preview_draft_is_in_the_page(tmp_path):
    found = ['{"hearing": "phones"}', '{"hearing": "bands"}', '{"face_side_px": 90}', ""]
    rows = [cut_row(10 * i, 10, "pass", facts=facts) for i, facts in enumerate(found)]
    write_page(tmp_path, FILM, rows, THRESHOLDS, {})
    assert [cut["hearing"] for cut in data_of(tmp_path)["cuts"]] == ["phones", "bands", "", ""]


def test_an_empty_film(tmp_path):
    write_page(tmp_path, FILM, [], THRESHOLDS, {})
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "This film has no cuts." in text and "There is nothing to review." in text
    assert data_of(tmp_path)["cuts"] == []


def test_timecode_counts_frames_at_the_nearest_whole_rate():
    assert timecode(90_061, Fraction(25)) == "01:00:02:11"
    assert timecode(30, Fraction(30000, 1001)) == "00:00:01:00"


def test_what_was_only_reported_is_told_from_what_held_a_cut_back(tmp_path):
    row = cut_row(0, 10, "pass", action="lipsync", reason="in_sync", reported="not_speaking=0.05")
    write_page(tmp_path, FILM, [row], THRESHOLDS, {})
    (cut,) = data_of(tmp_path)["cuts"]
    in_sync, reported = cut["sentences"]
    assert in_sync == "The lips follow the dub."
    assert reported.startswith("Reported only, and drafted all the same: the face does not speak")
    row = cut_row(0, 10, "pass", action="lipsync", reported="source_offset=-8", reason="in_sync")
    write_page(tmp_path, FILM, [row], THRESHOLDS, {})
    (cut,) = data_of(tmp_path)["cuts"]
    assert "in the source, the lips are 8 frames ahead of the sound (320 ms" in cut["sentences"][1]
    row = cut_row(0, 10, reported="not_speaking=0.05", reason="no_draft")
    write_page(tmp_path, FILM, [row], THRESHOLDS, {})
    (cut,) = data_of(tmp_path)["cuts"]
    assert cut["sentences"][0] == "The engine made no draft."


def test_a_cut_without_a_gates_word_is_passed_through():
    assert verdict({"gate": "none"}) == "passthrough"
    assert verdict({"gate": "none", "fault": "bake: Fault: x"}) == "fault"
    assert verdict({"gate": "review"}) == "review"


@pytest.fixture
def film_files(tmp_path):
    """A film of two cuts, one with a draft, and its sounds: the source a tone, the dub silence."""
    tone = 0.5 * np.sin(np.arange(15 * 1920) / 20)
    soundfile.write(tmp_path / "source.flac", tone, 48_000)
    soundfile.write(tmp_path / "dub.wav", np.zeros(15 * 960), 24_000)
    rows = [
        cut_row(0, 10, "pass", action="lipsync", reason="in_sync"),
        cut_row(10, 5, guard_reasons="no_face=0", reason="no_face=0"),
    ]
    typed = [
        CutRow(**{**r, "first_frame": int(r["first_frame"]), "frames": int(r["frames"])})
        for r in rows
    ]
    write_rows(typed, tmp_path / "cuts.tsv")
    write_faces({"000000-000009": True, "000010-000014": False}, tmp_path / "faces.tsv")
    write_json(tmp_path / "clear.json", {"reasons": []})
    refused = {"code": "no_face", "value": 0, "limit": 0.9}
    write_json(tmp_path / "refused.json", {"reasons": [refused]})
    write_json(tmp_path / "0.json", {"confidence": 0.3, "course": [0.1, 0.4], "speech": [[2, 9]]})
    face = np.zeros((10, MESH_POINTS, 3), np.float32)
    face[:, BROW], face[:, CHIN], face[:, LIPS_OUTER] = (32, 10, 0), (32, 34, 0), (32, 24, 0)
    Track(face, np.ones(10, bool)).save(tmp_path / "face.npz")
    Track.empty().save(tmp_path / "none.npz")
    said = {"first_frame": 1, "end_frame": 9, "lines": ["one", "two"]}
    write_json(tmp_path / "subtitles.json", {"tracks": [{"name": "pt-BR", "subtitles": [said]}]})
    clocks = [Clock(Fraction(25), 0, 10), Clock(Fraction(25), 10, 5)]
    originals = [segment(tmp_path / f"o{n}.mp4", n) for n in (10, 5)]
    shared = {"originals": originals, "source_audio": tmp_path / "source.flac"}
    source_clips(clocks=clocks, folder=tmp_path / "shared", **shared)
    return {
        "video": "film",
        "language": "pt-BR",
        "tracks": [tmp_path / "face.npz", tmp_path / "none.npz"],
        "picture_px": (64, 48),
        "delivered": segment(tmp_path / "film.mp4", 15),
        "subtitles": tmp_path / "subtitles.json",
        "clocks": clocks,
        "table": tmp_path / "cuts.tsv",
        "lipsynced": [segment(tmp_path / "l.mp4", 10)],
        "guards": [tmp_path / "clear.json", tmp_path / "refused.json"],
        "faces": tmp_path / "faces.tsv",
        "scores": [tmp_path / "0.json"],
        **shared,
        "source_clips": tmp_path / "shared",
        "dub": tmp_path / "dub.wav",
        "guard": Guard(),
        "gate": Gate(),
        "presets": {"preview": ("standard", "opens_too_little")},
        "folder": tmp_path / "review",
    }


def test_review_writes_page_and_clips(film_files):
    review(**film_files)
    folder = film_files["folder"]
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    assert names == [
        "clips/000000-000009.draft.mp4", "clips/000000-000009.jpg",
        "clips/000000-000009.original.mp4", "clips/000010-000014.jpg",
        "clips/000010-000014.original.mp4", "clips/film.mp4", "clips/source.m4a", "index.html",
    ]  # fmt: skip
    cuts = {cut["cut"]: cut for cut in data_of(folder)["cuts"]}
    assert cuts["000000-000009"]["draft_clip"] == "clips/000000-000009.draft.mp4"
    assert cuts["000010-000014"]["draft_clip"] == ""
    assert len(decoded(folder / "clips/000010-000014.original.mp4")) == 5
    assert cuts["000000-000009"]["levels"] == [0] * 10
    assert [cut["speech"] for _, cut in sorted(cuts.items())] == [[[2, 9]], []]
    assert [cut["course"] for _, cut in sorted(cuts.items())] == [[0.1, 0.4], []]
    assert data_of(folder)["presets"] == {"preview": ["standard", "opens_too_little"]}
    assert cuts["000000-000009"]["thumbnail"] == "clips/000000-000009.jpg"
    assert cuts["000000-000009"]["mouth"] == [500, 500, 500] * 2, "every fifth frame"
    assert cuts["000010-000014"]["mouth"] == []
    assert data_of(folder)["play"] == {
        "file": "clips/film.mp4",
        "source_sound": "clips/source.m4a",
        "subtitles": {"pt-BR": [[1, 9, "one\ntwo"]]},
    }
    for path in (film_files["source_clips"] / "clips").iterdir():
        assert path.samefile(folder / "clips" / path.name), "it takes no room in each language"
    with Sound(folder / "clips/000000-000009.original.mp4") as heard:
        assert heard.take(film_files_clock(10)).std() > 0.3
    with Sound(folder / "clips/000000-000009.draft.mp4") as heard:
        assert heard.take(film_files_clock(10)).std() < 1e-3


def test_a_loop_s_originals_are_heard_once(film_files):
    shown = film_files["clocks"][0]
    film_files["clocks"][1] = LoopedClock(shown.rate, 10, 5, shown, reversed=True)
    for name in ("lipsynced", "scores"):  # the same face may be redrawn in both
        film_files[name] *= 2
    film_files["tracks"][1] = film_files["tracks"][0]
    review(**film_files)
    folder = film_files["folder"]
    with Sound(folder / "clips/000000-000009.original.mp4") as heard:
        assert heard.take(film_files_clock(10)).std() > 0.3
    with Sound(folder / "clips/000010-000014.original.mp4") as heard:
        assert heard.take(film_files_clock(5)).std() < 1e-3


def film_files_clock(frames):
    return Clock(Fraction(25), 0, frames)


def test_a_review_that_fails_leaves_the_old_one(film_files, monkeypatch):
    review(**film_files)
    before = (film_files["folder"] / "index.html").read_bytes()

    def broken(*_arguments):
        raise OSError("disk full")

    monkeypatch.setattr(stage, "write_page", broken)
    with pytest.raises(Fault, match="review: cannot be written: disk full"):
        review(**film_files)
    assert (film_files["folder"] / "index.html").read_bytes() == before
    assert not [p for p in film_files["folder"].parent.iterdir() if p.name.startswith(".review")]


def test_the_benchmark_writes_a_page(tmp_path):
    benchmark = runpy.run_path(str(ROOT / "benchmarks" / "review_film.py"))
    film = tmp_path / "film" / "de"
    film.mkdir(parents=True)
    benchmark["written"](film, 7, random.Random(0))
    page = data_of(film / "review")
    assert len(page["cuts"]) == 7 and page["remedies"]["cuts"] and page["play"]["file"]
    assert all((film / "review" / cut["original_clip"]).is_file() for cut in page["cuts"])


def test_clips_are_named_relative_to_the_page(tmp_path):
    clips = {"000000-000009": Clips("clips/a#b.mp4", "", (1, 2))}
    write_page(tmp_path, FILM, [cut_row(0, 10)], THRESHOLDS, clips)
    assert data_of(tmp_path)["cuts"][0]["original_clip"] == "clips/a%23b.mp4"
    assert asdict(clips["000000-000009"])["levels"] == (1, 2)


def test_what_is_delivered_beside_the_mp4_is_named(tmp_path):
    film = Film(FILM.video, FILM.language, FILM.rate, ("subtitles", "talk.de.prores.mov"))
    write_page(tmp_path, film, [cut_row(0, 10)], THRESHOLDS, {})
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Delivered beside the MP4: subtitles, talk.de.prores.mov." in page
    write_page(tmp_path, FILM, [cut_row(0, 10)], THRESHOLDS, {})
    assert "Delivered beside" not in (tmp_path / "index.html").read_text(encoding="utf-8")
