import json
from fractions import Fraction
from pathlib import Path

import pytest

from mouthpiece.core.cuts import Cut, write_boundaries
from mouthpiece.core.source_sync import SourceSync, write_sync
from mouthpiece.stages.speakers import SpeakersRequest, read_speakers, speaker_of, write_speakers
from mouthpiece.text.transcript import Segment, Speaker, Transcript, write_transcript


def said(speaker: str, start_s: float, end_s: float) -> Segment:
    return Segment("0001", speaker, "en", start_s, end_s, "Come in.")


@pytest.mark.parametrize(
    ("segments", "speaker"),
    [
        ([said("S1", 0.0, 2.0), said("S2", 9.0, 12.0)], "S1"),
        ([said("S1", 0.0, 2.0), said("S2", 2.1, 2.3)], "S1"),
        ([said("S1", 0.0, 2.0), said("S2", 2.1, 3.5)], ""),
        ([said("S1", 3.8, 9.0)], ""),
        ([], ""),
    ],
)
def test_a_cut_is_whose_speech_is_in_it(segments: list[Segment], speaker: str) -> None:
    assert speaker_of(Cut.of(0, 100), Fraction(25), segments) == speaker


def test_speakers_are_tied_to_cuts_in_which_one_face_speaks(tmp_path: Path) -> None:
    cuts = [Cut.of(0, 100), Cut.of(100, 100), Cut.of(200, 100), Cut.of(300, 100)]
    write_boundaries(cuts, tmp_path / "boundaries.tsv")
    (tmp_path / "source.json").write_text(json.dumps({"rate": "25"}))
    segments = [said("S1", 0, 3), said("S2", 4, 7), said("S1", 8, 11), said("S1", 12, 15)]
    speakers = (Speaker("S1", 110.0, 9.0), Speaker("S2", 200.0, 3.0))
    write_transcript(
        Transcript("en", 1.0, "fake", tuple(segments), speakers), tmp_path / "transcript.json"
    )
    facts = [
        ("lipsync", False, "speaks"),
        ("lipsync", False, "unknown"),
        ("lipsync", True, "speaks"),
        ("lipsync", False, "unknown"),
    ]
    guards = []
    for at, (guard, contested, verdict) in enumerate(facts):
        guards.append(tmp_path / f"guard{at}.json")
        found = {"verdict": guard, "contested": contested, "speaker": {"verdict": verdict}}
        guards[-1].write_text(json.dumps(found))
    sync = tmp_path / "sync.json"
    write_sync(SourceSync(-7, {cuts[1].cut: {"verdict": "speaks"}}), sync)  # the film knows
    out = tmp_path / "speakers.json"
    write_speakers(
        SpeakersRequest(
            transcript=tmp_path / "transcript.json",
            source=tmp_path / "source.json",
            boundaries=tmp_path / "boundaries.tsv",
            guards=guards,
            speakers=out,
            sync=sync,
        )
    )
    assert [(one.speaker, one.cuts) for one in read_speakers(out)] == [
        ("S1", ("000000-000099",)),
        ("S2", ("000100-000199",)),
    ]
