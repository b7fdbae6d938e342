"""A film whose sound is late: a drawn talker and a real voice, through all that judges a source.

The lips do what the shipped network hears in the demo's dub. The film is cut up, each cut's speaker
is looked for as stage `guard` does it, and stage `faces` judges the film.
"""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mouthpiece.audio.phone_features import has_encoder
from mouthpiece.audio.slices import write_samples
from mouthpiece.audio.speech import SAMPLE_RATE
from mouthpiece.core.cuts import Cut, from_starts, write_boundaries
from mouthpiece.core.faces_table import read_faces
from mouthpiece.core.files import write_json
from mouthpiece.core.source_sync import SourceSync, read_sync
from mouthpiece.core.timeline import Clock
from mouthpiece.faces.track import Track
from mouthpiece.reports.note_wordings import sentence
from mouthpiece.scorers.embedded.settings import EmbeddedSettings
from mouthpiece.scorers.settings import Hearing
from mouthpiece.scorers.speaking import Scene, SpeakerCheck, choose_speaker
from mouthpiece.stages.faces import list_faces
from voiced_lips import RATE, lips_of, talker, write_late

LIMITS = EmbeddedSettings().speaking_limits
FRAMES = 500
CUTS = from_starts(range(0, FRAMES, 125), FRAMES)
"""Each has a line of the dub."""

needs_encoder = pytest.mark.skipif(not has_encoder(), reason="the recognizer's weights")
hearings = pytest.mark.parametrize(
    "hearing", ["bands", pytest.param("phones", marks=needs_encoder)]
)


@pytest.fixture(scope="module")
def face(dubs: dict[str, Path]) -> Track:
    """The talker, in the whole film."""
    return talker(lips_of(dubs["en"], FRAMES))


def write_guard(cut: Cut, face: Track, sound: Path, hearing: Hearing, path: Path) -> None:
    """Look for the speaker of a cut in which the talker is seen, and write what was found."""
    shown = slice(cut.first_frame, cut.end_frame)
    scene = Scene(path, Clock(RATE, cut.first_frame, cut.frames), sound)
    check = SpeakerCheck("passthrough", "embedded", LIMITS, hearing)
    speaker, kept = choose_speaker(scene, [Track(face.points[shown], face.seen[shown])], check)
    redrawn = bool(kept) and not speaker["reasons"]
    write_json(path, {"redrawn": redrawn, "tracked": bool(kept), "speaker": speaker})


def judged(face: Track, sound: Path, hearing: Hearing, folder: Path) -> tuple[SourceSync, set[str]]:
    """What is found of the talker with a sound, and the cuts that may be redrawn."""
    guards = [folder / f"{cut.cut}.json" for cut in CUTS]
    for cut, guard in zip(CUTS, guards, strict=True):
        write_guard(cut, face, sound, hearing, guard)
    boundaries, table, sync = (folder / n for n in ("boundaries.tsv", "faces.tsv", "sync.json"))
    write_boundaries(CUTS, boundaries)
    list_faces(boundaries, guards, table, sync, "embedded", LIMITS)
    return read_sync(sync), {cut for cut, redrawn in read_faces(table).items() if redrawn}


@hearings
@pytest.mark.parametrize(("late", "said", "sign"), [(7, "late", "raise"), (-5, "early", "lower")])
def test_a_talker_with_late_sound_speaks_and_the_user_is_told(
    face: Track, dubs: dict[str, Path], hearing: Hearing, late: int, said: str, sign: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    sound = write_late(dubs["en"], late, tmp_path / "sound.wav")
    sync, redrawn = judged(face, sound, hearing, tmp_path)
    assert sync.offset_frames == -late
    assert redrawn == set(sync.speakers) == {cut.cut for cut in CUTS}
    for found in sync.speakers.values():
        assert (found["verdict"], found["reasons"]) == ("speaks", [])
        assert found["reported"] == [{"code": "source_late", "value": late}]
        assert abs(found["score"]["offset_frames"] + late) <= 1
    (note,) = map(sentence, sync.notes)
    frames, ms = abs(late), 40 * abs(late)
    assert note.startswith(f"The source's sound is {frames} frames {said} ({ms} ms, at 25 fps)")
    assert f"{sign} normalize.sound_late_ms by {ms}" in note


@hearings
def test_nothing_is_said_of_a_talker_in_sync(
    face: Track, dubs: dict[str, Path], hearing: Hearing, tmp_path: Path
) -> None:
    sync, redrawn = judged(face, dubs["en"], hearing, tmp_path)
    assert (sync.offset_frames, sync.notes) == (0, ())
    assert redrawn == set(sync.speakers) == {cut.cut for cut in CUTS}
    for found in sync.speakers.values():
        assert (found["verdict"], found["reasons"], found["reported"]) == ("speaks", [], [])


@hearings
def test_another_voice_tells_no_offset(
    face: Track, dubs: dict[str, Path], hearing: Hearing, tmp_path: Path
) -> None:
    """Its lines do not start where those of the talker do."""
    samples, _ = soundfile.read(dubs["en-GB"], dtype="int16")
    write_samples(np.roll(samples, 3 * SAMPLE_RATE), tmp_path / "sound.wav")
    sync, redrawn = judged(face, tmp_path / "sound.wav", hearing, tmp_path)
    assert (sync.offset_frames, sync.notes) == (None, ())
    assert len(sync.speakers) >= 3, "there is speech to judge by"
    verdicts = {found["verdict"] for found in sync.speakers.values()}
    assert "speaks" not in verdicts and "not_speaking" in verdicts
    assert len(redrawn) < len(CUTS)
    told = [one["code"] for found in sync.speakers.values() for one in found["reported"]]
    assert "source_late" not in told
