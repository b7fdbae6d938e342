"""What became of films is read from their tables, whatever is missing."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from cut_rows import row
from mouthpiece.cli.summary import show_summary, verdict_text
from mouthpiece.config.picture import PictureLimits
from mouthpiece.core.cut_table import write_rows
from mouthpiece.reports.summary import faulty_cuts, summarize


def test_a_film_is_summed_up(tmp_path: Path) -> None:
    rows = [
        row(0, gate="pass", action="lipsync"),
        row(1, gate="review", action="lipsync"),
        row(2, gate="review", action="lipsync", decision="approve"),
        row(3, gate="fail", decision="stale approve"),
        row(4, guard_reasons="two_faces=2;small=40"),
        row(5, guard_reasons="no_face=0"),
        row(6, guard_reasons="no_face=0"),
        row(7, fault="draft: Fault: disk full"),
        row(8, gate="unjudged", action="lipsync"),
    ]
    folder = tmp_path / "talk" / "de"
    (folder / "review").mkdir(parents=True)
    write_rows(rows, folder / "cuts.tsv")
    (folder / "talk.de.mp4").touch()
    (folder / "review" / "index.html").touch()
    (folder / "talk.de.dnxhr.mxf").touch()
    (folder / "stems").mkdir()
    (tmp_path / "talk" / "talk.multilingual.mp4").touch()
    found, missing = summarize(tmp_path, [("talk", "de"), ("talk", "fr")])
    assert (found.cuts, found.lipsynced, found.undecided) == (9, 4, 2)
    assert found.verdicts == {
        "fault": 1, "fail": 1, "review": 2, "unjudged": 1, "passthrough": 3, "pass": 1
    }  # fmt: skip
    assert found.reasons == {"no_face": 2, "two_faces": 1}
    assert found.faults == ("000007-000007: draft: Fault: disk full",)
    assert found.film == folder / "talk.de.mp4"
    assert found.further == {
        "stems": folder / "stems",
        "dnxhr": folder / "talk.de.dnxhr.mxf",
        "multilingual": tmp_path / "talk" / "talk.multilingual.mp4",
    }
    assert found.page == folder / "review" / "index.html"
    assert (missing.cuts, missing.film, missing.page, missing.undecided) == (0, None, None, 0)


def test_a_cut_in_sync_that_a_decision_keeps_as_the_original_is_told(tmp_path: Path) -> None:
    rows = [
        row(0, gate="pass", action="passthrough", reason="decided", decision="carried passthrough"),
        row(1, gate="pass", action="lipsync"),
        row(2, action="passthrough", reason="decided", guard_reasons="no_face=0"),
    ]
    (tmp_path / "talk" / "de").mkdir(parents=True)
    write_rows(rows, tmp_path / "talk" / "de" / "cuts.tsv")
    (found,) = summarize(tmp_path, [("talk", "de")])
    assert found.kept == 1
    assert verdict_text(found) == (
        "2 in sync, 1 passed through (1 no face); 1 kept as the original by decision"
    )


def test_a_damaged_table_is_told_and_hides_no_other_film(tmp_path: Path) -> None:
    for language in ("de", "fr"):
        (tmp_path / "talk" / language).mkdir(parents=True)
        write_rows([row(0, gate="pass")], tmp_path / "talk" / language / "cuts.tsv")
    table = tmp_path / "talk" / "de" / "cuts.tsv"
    table.write_bytes(table.read_bytes() + b"000001-000001\t1")
    films = [("talk", "de"), ("talk", "fr")]
    damaged, whole = summarize(tmp_path, films)
    assert damaged.cuts == 0 and "cuts.tsv: is damaged" in damaged.faults[0]
    assert whole.cuts == 1 and faulty_cuts(tmp_path, films) == []


def test_damaged_facts_are_told_and_hide_no_other_film(tmp_path: Path) -> None:
    for language in ("de", "fr"):
        (tmp_path / "talk" / language).mkdir(parents=True)
        write_rows([row(0, gate="pass")], tmp_path / "talk" / language / "cuts.tsv")
    (tmp_path / "talk" / "de" / "film.json").write_text('{"notes": [')
    damaged, whole = summarize(tmp_path, [("talk", "de"), ("talk", "fr")])
    (noted,) = damaged.notes
    assert noted.about == "Film" and "film.json: is damaged" in noted.sentences[0]
    assert damaged.cuts == whole.cuts == 1 and not whole.notes


def test_the_pictures_that_break_limits_are_told_with_value_and_limit(tmp_path: Path) -> None:
    rows = [
        row(0, gate="review", action="lipsync", gate_reasons="doubtful=0.150;lopsided=0.08"),
        row(1, gate="review", action="lipsync", gate_reasons="lopsided=0.11", reported="seam=3"),
        row(2, gate="pass", action="lipsync", reported="small_opening=0.3;source_late=7"),
    ]
    (tmp_path / "talk" / "de").mkdir(parents=True)
    write_rows(rows, tmp_path / "talk" / "de" / "cuts.tsv")
    out, limits = (
        StringIO(),
        PictureLimits(max_asymmetry=0.06, min_opening_ratio=0.4, max_seam=None),
    )
    found = summarize(tmp_path, [("talk", "de")])
    show_summary(Console(file=out, width=200), found, {}, "1 s", limits)
    assert (
        "pictures: 1 small opening (worst 30%, limit 40%), 2 lopsided (worst 0.11, limit 0.06), "
        "1 seam (worst 3.0 levels)" in out.getvalue()
    )


def test_in_long_silences_the_limit_is_the_one_that_was_broken(tmp_path: Path) -> None:
    columns = {"gate_reasons": "mouth_in_silence=1.5", "silence_s": "12.000"}
    (tmp_path / "talk" / "de").mkdir(parents=True)
    write_rows([row(0, gate="review", **columns)], tmp_path / "talk" / "de" / "cuts.tsv")
    out = StringIO()
    found = summarize(tmp_path, [("talk", "de")])
    show_summary(Console(file=out, width=200), found, {}, "1 s", PictureLimits())
    assert "1 mouth in silence (worst 1.50 s, limit 1.20 s)" in out.getvalue()


def test_enhancements_that_were_taken_back_are_told_with_why(tmp_path: Path) -> None:
    why = ("flicker_gained=0.2", "flicker_gained=0.1;identity_lost=0.06")
    rows = [
        row(0, action="lipsync", enhanced="restored"),
        row(1, action="lipsync", enhanced="smoothed", enhance_reasons="no_close_up=90"),
        *(
            row(n, action="lipsync", enhanced="reverted restored", enhance_reasons=codes)
            for n, codes in enumerate(why, 2)
        ),
    ]
    (tmp_path / "talk" / "de").mkdir(parents=True)
    write_rows(rows, tmp_path / "talk" / "de" / "cuts.tsv")
    out = StringIO()
    found = summarize(tmp_path, [("talk", "de")])
    show_summary(Console(file=out, width=200), found, {}, "1 s", PictureLimits())
    assert "enhancements taken back: 2 flicker gained, 1 identity lost" in out.getvalue()


def test_batches_that_memory_did_not_hold_are_told(tmp_path: Path) -> None:
    rows = [
        row(0, action="lipsync", facts='{"halved_to": {"batch_frames": 2}}'),
        row(1, action="lipsync", facts='{"enhancement": {"halved_to": {"batch_faces": 4}}}'),
        row(2, action="lipsync", facts='{"final": {"halved_to": {"vae_batch_frames": 1}}}'),
        row(3, action="lipsync", facts='{"enhancement": {"halved_to": {"batch_faces": 2}}}'),
        row(4, action="lipsync", facts='{"enhancement": {"steps": []}}'),
    ]
    (tmp_path / "talk" / "de").mkdir(parents=True)
    write_rows(rows, tmp_path / "talk" / "de" / "cuts.tsv")
    out, found = StringIO(), summarize(tmp_path, [("talk", "de")])
    show_summary(Console(file=out, width=200), found, {}, "1 s", PictureLimits())
    assert (
        "memory ran out, batches were halved: batch_frames in 1 cut, batch_faces in 2 cuts, "
        "vae_batch_frames in 1 cut" in out.getvalue()
    )


def test_what_heard_the_speech_of_preview_drafts_is_told(tmp_path: Path) -> None:
    rows = [
        row(0, gate="pass", action="lipsync", facts='{"hearing": "bands"}'),
        row(1, gate="pass", action="lipsync", facts='{"hearing": "phones"}'),
        row(2, gate="fail", facts='{"hearing": "phones"}'),
        row(3, gate="pass", action="lipsync", engine="musetalk", facts='{"face_side_px": 90}'),
        row(4, guard_reasons="no_face=0"),
    ]
    (tmp_path / "talk" / "de").mkdir(parents=True)
    write_rows(rows, tmp_path / "talk" / "de" / "cuts.tsv")
    out, found = StringIO(), summarize(tmp_path, [("talk", "de")])
    show_summary(Console(file=out, width=200), found, {}, "1 s", PictureLimits())
    assert "preview drafts heard by: phones in 2 cuts, bands in 1 cut" in out.getvalue()


def test_what_became_of_finals_and_what_was_paid_is_told(tmp_path: Path) -> None:
    fault = "draft_final: Fault: no memory"
    rows = [
        row(0, gate="pass", action="lipsync", final="hosted", price_usd="0.125"),
        row(1, gate="pass", action="lipsync", final="reverted hosted", price_usd="0.1"),
        row(2, gate="pass", action="lipsync", final="reverted hosted", final_fault=fault),
        row(3, gate="pass", action="lipsync"),
    ]
    (tmp_path / "talk" / "de").mkdir(parents=True)
    write_rows(rows, tmp_path / "talk" / "de" / "cuts.tsv")
    (found,) = summarize(tmp_path, [("talk", "de")])
    assert (found.finals.taken, found.finals.worse, found.finals.failed) == (1, 1, 1)
    assert found.faults == (), "the draft is delivered"
    out = StringIO()
    show_summary(Console(file=out, width=200), [found], {}, "1 s", PictureLimits())
    said = out.getvalue()
    assert "finals: 1 taken, 1 worse than the draft, 1 failed: the draft stands; paid " in said
    assert "paid 0.23 USD for 2 cuts" in said or "paid 0.22 USD for 2 cuts" in said
    assert f"no final: 000002-000002: {fault}" in said
